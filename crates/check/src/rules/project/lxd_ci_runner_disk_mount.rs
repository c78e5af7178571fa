use crate::rules::prelude::*;

rule! {
    /// A CI runner has a folder of another container mounted.
    ///
    /// What builds strangers' code writes into what serves. And each snapshot of the runner keeps the other one's data: the pool
    /// fills, and taking the mount out frees nothing. Deploy over ssh instead.
    ///
    /// ```yaml ci-runner.yaml bad
    /// name: alm-ci
    /// config: {}
    /// devices:
    ///   root: { path: /, pool: default, type: disk }
    ///   bin: { path: /opt/bin, source: /opt/system/bin, type: disk }
    /// ```
    ///
    /// ```yaml ci-runner.yaml good
    /// name: alm-ci
    /// config: {}
    /// devices:
    ///   root: { path: /, pool: default, type: disk }
    /// ```
    ///
    /// Source: LXD `doc/reference/devices_disk.md` (a host path as `source` is a bind mount), read 2026-11-28; one
    /// production incident. What snapshots keep was not tried by piton.
    RULE = "lxd-ci-runner-disk-mount", Warning, Medium, Look::File(&[Kind::LxdProfile], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let root = document.root();
    let name = root.get("name").and_then(Value::text).unwrap_or(document.file_name()).to_ascii_lowercase();
    let runs_ci = name.split(['-', '_', '.', '/']).any(|part| matches!(part, "ci" | "runner" | "runners"));
    if !runs_ci {
        return;
    }
    for (_, device) in root.get("devices").map(Value::entries).unwrap_or_default() {
        let is_disk = device.get("type").and_then(Value::text) == Some("disk") && device.get("pool").is_none();
        if let Some(source) =
            device.get("source").filter(|source| is_disk && source.text().is_some_and(|text| text.starts_with('/')))
        {
            report.at(
                source,
                "what is built here can write into a folder outside, and its snapshots keep that folder's data",
            );
        }
    }
}
