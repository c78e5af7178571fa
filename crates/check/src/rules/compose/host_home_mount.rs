use crate::purpose;
use crate::rules::prelude::*;

rule! {
    /// An agent's container sees a whole home folder of the host.
    ///
    /// `~/.ssh`, cloud credentials and shell history lie there. Mount the one folder that the agent works in.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   openclaw:
    ///     image: ghcr.io/openclaw/openclaw:2026.9.6
    ///     volumes: ["~:/host"]
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   openclaw:
    ///     image: ghcr.io/openclaw/openclaw:2026.9.6
    ///     volumes: ["./work:/home/node/work", "./state:/home/node/.openclaw"]
    /// ```
    RULE = "compose-host-home-mount", Warning, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    for mount in &service.mounts {
        let home = mount.is_host_path(&["~", "$HOME", "${HOME}", "/root", "/home"]);
        if home {
            let finding = report
                .at(mount.value, format!("`{}` sees a whole home folder, with its keys and credentials", service.name));
            if purpose::shares_files(service) || purpose::keeps_files(service) {
                finding.severity(Severity::Info);
            }
        }
    }
}
