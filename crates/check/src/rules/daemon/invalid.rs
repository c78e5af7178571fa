use crate::rules::prelude::*;

rule! {
    /// daemon.json is not strict JSON.
    ///
    /// dockerd takes no comments and no comma behind the last entry. It does not start, and with it no container.
    ///
    /// ```json daemon.json bad
    /// {
    ///   "live-restore": true, // keep containers running
    ///   "log-driver": "local"
    /// }
    /// ```
    ///
    /// ```json daemon.json good
    /// {
    ///   "live-restore": true,
    ///   "log-driver": "local"
    /// }
    /// ```
    ///
    /// Source: moby `daemon/config/config.go` ("the following directives don't match any configuration option");
    /// read 2026-11-27.
    RULE = "daemon-json-invalid", Error, High, Look::File(&[Kind::DaemonJson], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if !document.templated.is_empty() || document.faults.iter().any(|fault| fault.kind == FaultKind::Syntax) {
        return;
    }
    if let Some(comment) = document.comments().into_iter().next() {
        report.at((document, comment), "dockerd takes no comments, and does not start");
    }
    let bytes = document.text.as_bytes();
    for value in document.maps() {
        let range = value.range();
        let end = range.end.saturating_sub(1);
        let before = document.text.get(range.start..end).unwrap_or_default().trim_end();
        if before.ends_with(',') && bytes.get(end) == Some(&b'}') {
            let at = range.start + before.len() - 1;
            report
                .at((document, at..at + 1), "a comma behind the last entry: dockerd does not start")
                .safe_fix("take the comma out", vec![Edit::at(document, at..at + 1, "")]);
        }
    }
}
