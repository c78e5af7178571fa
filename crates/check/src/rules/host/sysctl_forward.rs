use crate::rules::prelude::*;

rule! {
    /// Forwarding is off on a host that forwards.
    ///
    /// Docker switches it on, and the next `sysctl --system` switches it off again: containers lose the internet, peers of the mesh
    /// each other.
    ///
    /// ```conf host/sysctl.d/99-server.conf bad
    /// net.ipv4.ip_forward = 0
    /// ```
    ///
    /// ```json host/docker/daemon.json bad
    /// { "log-driver": "local" }
    /// ```
    ///
    /// ```conf host/sysctl.d/99-server.conf good
    /// net.ipv4.ip_forward = 1
    /// ```
    ///
    /// ```json host/docker/daemon.json good
    /// { "log-driver": "local" }
    /// ```
    ///
    /// Told where the same folder's tree runs Docker, LXD or a WireGuard hub. Source: Docker documentation, "packet
    /// filtering", IP forwarding.
    /// A warning: Docker switches it on again when it starts (its documentation, "Docker on a router"; read 2026-11-27),
    /// and off it goes with the next `sysctl --system`.
    RULE = "sysctl-ip-forward-off", Warning, Medium, Look::File(&[Kind::Sysctl], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let off = super::settings(document).find(|(key, value)| {
        key.text().is_some_and(|name| name.trim_end_matches('=').replace('/', ".") == "net.ipv4.ip_forward")
            && value.text() == Some("0")
    });
    let Some((_, value)) = off else { return };
    let top = document.folder().trim_end_matches("/sysctl.d").trim_end_matches("sysctl.d").trim_end_matches("/etc");
    let forwards = [Kind::DaemonJson, Kind::Compose, Kind::LxdProfile]
        .iter()
        .flat_map(|kind| project.of_kind(*kind))
        .find(|file| !top.is_empty() && file.path.starts_with(&format!("{top}/")));
    if let Some(other) = forwards {
        report
            .at(value, "loaded after Docker was started, this takes the containers their way out")
            .related((other, 0..0), "containers run here");
    }
}
