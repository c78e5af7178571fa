use crate::rules::prelude::*;

rule! {
    /// Default limits in daemon.json have the wrong shape.
    ///
    /// Each is an object with `Name`, `Hard` and `Soft`. A bare number stops dockerd: "cannot unmarshal number".
    ///
    /// ```json daemon.json bad
    /// { "default-ulimits": { "nofile": 65536 } }
    /// ```
    ///
    /// ```json daemon.json good
    /// { "default-ulimits": { "nofile": { "Name": "nofile", "Hard": 65536, "Soft": 65536 } } }
    /// ```
    ///
    /// Source: docker/go-units `ulimit.go` (Name, Hard and Soft, which a number cannot fill); read 2026-11-27.
    RULE = "daemon-ulimits", Error, High, Look::File(&[Kind::DaemonJson], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for (_, limit) in find(document, "default-ulimits").map(Value::entries).unwrap_or_default() {
        if limit.text().is_some() {
            report
                .at(limit, "dockerd wants an object here, and does not start")
                .help("{ \"Name\": \"nofile\", \"Hard\": 65536, \"Soft\": 65536 }");
        }
    }
}
