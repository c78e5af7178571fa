use crate::rules::prelude::*;

rule! {
    /// Containers stop when Docker is restarted.
    ///
    /// A restart of the daemon takes every service down. With `live-restore` they go on, through a crash and through patch
    /// releases, not through major ones; swarm's services do not have it.
    ///
    /// ```json daemon.json bad
    /// { "log-driver": "local" }
    /// ```
    ///
    /// ```json daemon.json good
    /// { "log-driver": "local", "live-restore": true }
    /// ```
    ///
    /// Source: Docker's documentation, "Live restore" ("only supported when installing patch releases", "not to Swarm
    /// services"); read 2026-11-28.
    RULE = "daemon-live-restore-missing", Info, High, Look::File(&[Kind::DaemonJson], check), strict
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let root = document.root();
    if root.is_map() && root.get("live-restore").is_none() {
        report
            .at((document, root.range().start..root.range().start + 1), "a restart of the daemon stops every container")
            .help("\"live-restore\": true");
    }
}
