use crate::rules::prelude::*;

rule! {
    /// Published ports go through a process of their own.
    ///
    /// One is started for each port. What comes over it (from the host itself, and over IPv6 to a container that has IPv4 only)
    /// seems to come from the bridge's address; other visitors are led past it by the firewall and keep their own.
    ///
    /// ```json daemon.json bad
    /// { "log-driver": "local" }
    /// ```
    ///
    /// ```json daemon.json good
    /// { "log-driver": "local", "userland-proxy": false }
    /// ```
    ///
    /// Without it IPv6 does not reach a container that has IPv4 only. Source: docker/cli `docs/reference/dockerd.md` ("for
    /// loopback traffic"), moby `bridge/port_mapping_linux.go`, Docker's "Port publishing and mapping"; CIS Docker benchmark
    /// 2.16; read 2026-11-28.
    RULE = "daemon-userland-proxy", Info, Medium, Look::File(&[Kind::DaemonJson], check), strict
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let root = document.root();
    if root.is_map() && root.get("userland-proxy").and_then(Value::truth) != Some(false) {
        report
            .at((document, root.range().start..root.range().start + 1), "each published port has a process of its own")
            .help("\"userland-proxy\": false");
    }
}
