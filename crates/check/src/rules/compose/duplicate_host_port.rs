use crate::compose::Port;
use crate::rules::prelude::*;
use std::collections::HashMap;

rule! {
    /// Two services want the same port of the host.
    ///
    /// The second one does not start: "port is already allocated", or on the host's network "address already in use".
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   one: { image: "ghcr.io/acme/one:1.0.0", ports: ["127.0.0.1:8081:80"] }
    ///   two: { image: "ghcr.io/acme/two:1.0.0", ports: ["127.0.0.1:8081:80"] }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   one: { image: "ghcr.io/acme/one:1.0.0", ports: ["127.0.0.1:8081:80"] }
    ///   two: { image: "ghcr.io/acme/two:1.0.0", ports: ["127.0.0.1:8082:80", "10.0.0.1:8081:80"] }
    /// ```
    ///
    /// Services that are never up together (`profiles`) are not compared. `docker compose config` does not see it (tried
    /// with 2.26.1 and 2.40.3, 2026-11-28). Source: moby `libnetwork/portallocator/portallocator.go`; read 2026-11-28.
    RULE = "compose-duplicate-host-port", Error, High, Look::File(&[Kind::Compose], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    // By port and protocol: who has it already. More than a few on one port are not compared.
    let mut taken: HashMap<(u16, bool), Vec<(&str, &Port)>> = HashMap::new();
    for service in project.services_of(document).iter().filter(|service| counts(service)) {
        for port in service.ports.iter().filter(|port| !port.is_open && !port.is_cut_off) {
            let Some(host) = port.host.clone() else { continue };
            let others = taken.get(&(*host.start(), port.is_udp)).map_or(&[][..], Vec::as_slice);
            if let Some((other, theirs)) = others
                .iter()
                .find(|(other, theirs)| *other != service.name && meet(port, theirs) && !waits_for_end(service, other))
            {
                report
                    .at(port.value, format!("port {} of the host is taken by `{other}` already", host.start()))
                    .related(theirs.value, "taken here");
            }
            for number in host.take(MOST) {
                let holders = taken.entry((number, port.is_udp)).or_default();
                if holders.len() < MOST {
                    holders.push((service.name, port));
                }
            }
        }
    }
}

const MOST: usize = 64;

/// Whether a service starts only when another one has ended, and has given its ports back.
fn waits_for_end(service: &Service, other: &str) -> bool {
    let condition = service.depends_on().and_then(|needed| needed.get(other)?.get("condition")?.text());
    condition == Some("service_completed_successfully")
}

/// Whether both want the port on one address.
fn meet(left: &Port, right: &Port) -> bool {
    let everywhere = |port: &Port| port.address.as_deref().is_none_or(|address| address == "0.0.0.0");
    left.address == right.address || everywhere(left) || everywhere(right)
}

/// Whether a service surely takes its ports. What names neither image nor build is a piece for others to extend.
fn counts(service: &Service) -> bool {
    let runs = service.has("image") || service.has("build");
    runs && !service.has("profiles") && !service.may_be_in_the_open()
}
