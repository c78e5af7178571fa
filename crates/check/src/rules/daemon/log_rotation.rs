use crate::rules::prelude::*;

rule! {
    /// Docker's logs grow until the disk is full.
    ///
    /// `json-file`, the default, keeps everything a container ever said. Fifty megabytes, five times, is plenty; the `local`
    /// driver rotates by itself.
    ///
    /// ```json daemon.json bad
    /// { "live-restore": true, "log-driver": "json-file" }
    /// ```
    ///
    /// ```json daemon.json good
    /// { "live-restore": true, "log-driver": "json-file", "log-opts": { "max-size": "50m", "max-file": "5" } }
    /// ```
    ///
    /// Source: <https://docs.docker.com/engine/logging/configure/>
    /// ("By default, no log-rotation is performed"; the `local` driver rotates); read 2026-11-27.
    RULE = "daemon-log-rotation-missing", Warning, High, Look::File(&[Kind::DaemonJson], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let root = document.root();
    let driver = root.get("log-driver");
    let is_json = driver.is_none_or(|driver| driver.text() == Some("json-file"));
    if root.is_map()
        && is_json
        && root.get("log-opts").and_then(|options| options.get("max-size")).is_none()
        && document.templated.is_empty()
    {
        let place =
            driver.map_or((document, root.range().start..root.range().start + 1), |driver| (document, driver.range()));
        report
            .at(place, "what containers say is kept until the disk is full")
            .help("\"log-opts\": { \"max-size\": \"50m\", \"max-file\": \"5\" }");
    }
}
