use crate::rules::prelude::*;

rule! {
    /// Containers may gain privileges by set-uid programs.
    ///
    /// A hole in a service becomes root in its container by way of sudo or su. One line in daemon.json takes that from all
    /// of them at once.
    ///
    /// ```json daemon.json bad
    /// { "log-driver": "local" }
    /// ```
    ///
    /// ```json daemon.json good
    /// { "log-driver": "local", "no-new-privileges": true }
    /// ```
    ///
    /// Source: docker/cli `docs/reference/dockerd.md`, `--no-new-privileges` ("by default for new containers"); read
    /// 2026-11-28. The idea is the CIS Docker benchmark's.
    RULE = "daemon-no-new-privileges-missing", Info, High, Look::File(&[Kind::DaemonJson], check), strict
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let root = document.root();
    if root.is_map() && !root.get("no-new-privileges").is_some_and(Value::is_true) {
        report
            .at(
                (document, root.range().start..root.range().start + 1),
                "containers may gain privileges by set-uid programs",
            )
            .help("\"no-new-privileges\": true");
    }
}
