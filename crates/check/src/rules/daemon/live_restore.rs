use crate::rules::prelude::*;

rule! {
    /// Containers stop when Docker is restarted.
    ///
    /// An upgrade of the daemon takes every service down. With `live-restore` they go on; swarm does not have it.
    ///
    /// ```json daemon.json bad
    /// { "log-driver": "local" }
    /// ```
    ///
    /// ```json daemon.json good
    /// { "log-driver": "local", "live-restore": true }
    /// ```
    ///
    /// Source: docker/cli `docs/reference/dockerd.md`, `--live-restore` ("when containers are still running"; off by default);
    /// read 2026-11-28. Not verified: that swarm does not have it.
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
