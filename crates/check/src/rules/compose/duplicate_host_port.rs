use crate::rules::prelude::*;

rule! {
    /// Two services want the same port of the host.
    ///
    /// The second one does not start: "bind: address already in use".
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
    /// Services that are never up together (`profiles`) are not compared.
    /// Evidence: the files themselves contradict each other; nothing else has to be known.
    RULE = "compose-duplicate-host-port", Error, High, Look::File(&[Kind::Compose], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let services = project.services_of(document);
    for (position, service) in services.iter().enumerate() {
        for port in &service.ports {
            let Some(host) = port.host.clone().filter(|_| !port.is_open && !service.has("profiles")) else { continue };
            let clash = services[..position].iter().filter(|other| !other.has("profiles")).find_map(|other| {
                let same = |theirs: &&crate::compose::Port| {
                    let everywhere =
                        |address: &Option<String>| address.as_deref().is_none_or(|address| address == "0.0.0.0");
                    let meet =
                        theirs.address == port.address || everywhere(&theirs.address) || everywhere(&port.address);
                    theirs.host.as_ref().is_some_and(|range| range.contains(host.start()))
                        && theirs.is_udp == port.is_udp
                        && meet
                        && !theirs.is_open
                };
                other.ports.iter().find(same).map(|port| (other, port))
            });
            if let Some((other, theirs)) = clash {
                report
                    .at(port.value, format!("port {} of the host is taken by `{}` already", host.start(), other.name))
                    .related(theirs.value, "taken here");
            }
        }
    }
}
