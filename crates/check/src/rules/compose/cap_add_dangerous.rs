use crate::rules::prelude::*;

rule! {
    /// A container gets a capability that is nearly root on the host.
    ///
    /// SYS_ADMIN mounts and unmounts, and has been the way out of a container more than once; ALL is everything that
    /// `privileged` gives but for the devices.
    ///
    /// ```yaml compose.yaml bad
    /// services: { app: { image: "ghcr.io/acme/app:1.0.0", cap_add: [SYS_ADMIN] } }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services: { app: { image: "ghcr.io/acme/app:1.0.0", cap_add: [NET_BIND_SERVICE] } }
    /// ```
    ///
    /// The idea is KICS's "Container Capabilities Unrestricted". Source: capabilities(7), CAP_SYS_ADMIN ("the new root").
    RULE = "compose-cap-add-dangerous", Warning, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    for value in service.all("cap_add") {
        let name = value.literal().unwrap_or_default().to_ascii_uppercase();
        if matches!(name.trim_start_matches("CAP_"), "ALL" | "SYS_ADMIN") {
            report.at(value, format!("with this `{}` is nearly root on the host", service.name));
        }
    }
}
