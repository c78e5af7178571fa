use crate::rules::prelude::*;

rule! {
    /// Docker writes no filter rules.
    ///
    /// With `"iptables": false` containers have no way out and published ports no way in, unless somebody writes every rule by
    /// hand and keeps them with each network that comes and goes.
    ///
    /// ```json daemon.json bad
    /// { "iptables": false, "log-driver": "local" }
    /// ```
    ///
    /// ```json daemon.json good
    /// { "ip": "127.0.0.1", "default-network-opts": { "bridge": { "com.docker.network.bridge.host_binding_ipv4": "127.0.0.1" } } }
    /// ```
    ///
    /// To keep ports from the world, publish them on 127.0.0.1 or use DOCKER-USER. `"ip"` makes it the default on the bridge
    /// called `bridge` alone; for the networks of Compose it is `default-network-opts`. Source: Docker's documentation, "Packet
    /// filtering and firewalls" ("likely to break container networking"), "Port publishing and mapping"; read 2026-11-28.
    RULE = "daemon-iptables-false", Warning, High, Look::File(&[Kind::DaemonJson], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if let Some(value) = document.root().get("iptables").filter(|value| value.truth() == Some(false)) {
        report
            .at(value, "containers have no network but by rules that you write yourself")
            .help("\"default-network-opts\" with host_binding_ipv4 127.0.0.1 publishes locally by default");
    }
}
