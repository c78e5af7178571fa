use crate::meant;
use crate::purpose;
use crate::rules::prelude::*;

rule! {
    /// A container gets a capability that is nearly root on the host.
    ///
    /// SYS_ADMIN mounts and unmounts, and has been the way out of a container more than once; SYS_MODULE loads code into
    /// the host's kernel; DAC_READ_SEARCH opens every file of the host; SYS_RAWIO writes to its memory and disks; ALL is everything
    /// that `privileged` gives but for the devices.
    ///
    /// ```yaml compose.yaml bad
    /// services: { app: { image: "ghcr.io/acme/app:1.0.0", cap_add: [SYS_ADMIN] } }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services: { app: { image: "ghcr.io/acme/app:1.0.0", cap_add: [NET_BIND_SERVICE] } }
    /// ```
    ///
    /// ```yaml compose.yaml bad 2
    /// services: { vpn: { image: "ghcr.io/acme/vpn:1.0.0", cap_add: [NET_ADMIN, SYS_MODULE] } }
    /// ```
    ///
    /// An information where the program's own documentation asks for it. The idea is KICS's "Container Capabilities Unrestricted". Source: capabilities(7), CAP_SYS_ADMIN ("the new root"), CAP_SYS_MODULE and CAP_DAC_READ_SEARCH;
    /// read 2026-11-27.
    RULE = "compose-cap-add-dangerous", Warning, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    for value in service.all("cap_add") {
        let name = value.literal().unwrap_or_default().to_ascii_uppercase();
        let what = match name.trim_start_matches("CAP_") {
            "ALL" | "SYS_ADMIN" => "is nearly root on the host",
            "SYS_MODULE" => "loads modules into the host's kernel, which is root on the host",
            "DAC_READ_SEARCH" => "can open every file of the host",
            "SYS_RAWIO" => "can write past the host's kernel, to its memory and disks",
            _ => continue,
        };
        let finding = report.at(value, format!("with this `{}` {what}", service.name));
        let needed =
            (name.ends_with("SYS_ADMIN") || name.ends_with("DAC_READ_SEARCH")) && purpose::needs_capabilities(service);
        // Such tools read the counters of disks, and say that they need it.
        let disks =
            name.ends_with("SYS_RAWIO") && ["scrutiny", "smart", "disk"].iter().any(|word| service.name.contains(word));
        // Their own documentation lists it, for hosts that have not loaded WireGuard's module.
        let tunnel = name.ends_with("SYS_MODULE") && purpose::is_tunnel(service);
        // Whoever copies everything has to read it, and may do nothing else where all other capabilities are taken.
        let copies = name.ends_with("DAC_READ_SEARCH")
            && purpose::keeps_files(service)
            && service.all("cap_drop").iter().any(|value| value.text() == Some("ALL"));
        let why = service.all("cap_add").first().is_some_and(|first| explained(*first)) || meant::is_explained(value);
        if needed || disks || tunnel || copies || why {
            finding.severity(Severity::Info);
        }
    }
}

/// Whether a comment above `cap_add:` gives a reason.
fn explained(first: Value) -> bool {
    let Some(key) = meant::line_above(first, "cap_add:") else { return false };
    meant::is_explained_at(first.document(), key)
}
