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
    /// { "ip": "127.0.0.1", "log-driver": "local" }
    /// ```
    ///
    /// To keep ports from the world, publish them on 127.0.0.1 (`"ip"` makes it the default) or use DOCKER-USER.
    /// Source: <https://docs.docker.com/engine/network/packet-filtering-firewalls/>, "not recommended".
    RULE = "daemon-iptables-false", Warning, High, Look::File(&[Kind::DaemonJson], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if let Some(value) = document.root().get("iptables").filter(|value| value.truth() == Some(false)) {
        report
            .at(value, "containers have no network but by rules that you write yourself")
            .help("\"ip\": \"127.0.0.1\" publishes locally by default");
    }
}
