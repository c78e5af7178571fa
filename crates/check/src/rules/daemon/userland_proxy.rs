use crate::rules::prelude::*;

rule! {
    /// Published ports go through a process of their own.
    ///
    /// The userland proxy hides who is calling (each visitor is the bridge's address) and takes memory for each port.
    ///
    /// ```json daemon.json bad
    /// { "log-driver": "local" }
    /// ```
    ///
    /// ```json daemon.json good
    /// { "log-driver": "local", "userland-proxy": false }
    /// ```
    ///
    /// Source: CIS Docker benchmark 2.16.
    RULE = "daemon-userland-proxy", Info, Medium, Look::File(&[Kind::DaemonJson], check), strict
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let root = document.root();
    if root.is_map() && root.get("userland-proxy").and_then(Value::truth) != Some(false) {
        report
            .at(
                (document, root.range().start..root.range().start + 1),
                "each published port has a process that hides who is calling",
            )
            .help("\"userland-proxy\": false");
    }
}
