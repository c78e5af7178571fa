use crate::rules::prelude::*;

rule! {
    /// A home folder in memory belongs to root.
    ///
    /// Docker mounts a tmpfs as root unless it is told a uid: the user cannot write to its own home, and tools that want to
    /// keep a file there fail at their start.
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local" }, agents: { defaults: { sandbox: { docker: { tmpfs: ["/tmp", "/home/node"] } } } } }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local" }, agents: { defaults: { sandbox: { docker: { tmpfs: ["/tmp", "/home/node:uid=1000,gid=1000"] } } } } }
    /// ```
    ///
    /// Source: runc `libcontainer/rootfs_linux.go` (the mount gets the mode of the folder below it, and stays root's);
    /// read 2026-11-27; one production incident.
    RULE = "openclaw-sandbox-tmpfs-uid", Error, High, Look::File(&[Kind::OpenClaw], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let defaults = super::section(document, "agents.defaults.sandbox.docker.tmpfs");
    let list = super::section(document, "agents.list").into_iter().flat_map(Value::items);
    let own = list.filter_map(|agent| agent.path("sandbox.docker.tmpfs"));
    // Another user than the image's has another number.
    let has_user = document.maps().filter_map(|map| map.get("docker")).any(|docker| docker.get("user").is_some());
    let mounts = defaults.into_iter().chain(own).flat_map(Value::items);
    for mount in mounts.filter(|mount| {
        mount
            .text()
            .is_some_and(|text| text.starts_with("/home/") && !text.contains("uid=") && !text.contains("mode=1777"))
    }) {
        let text = mount.text().unwrap_or_default();
        let sign = if text.contains(':') { "," } else { ":" };
        let finding = report.at(mount, "this home belongs to root, and its user cannot write to it");
        finding.help("uid=1000,gid=1000, or whoever the sandbox runs as");
        if !has_user && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\".contains(&byte)) {
            let new = format!("\"{text}{sign}uid=1000,gid=1000\"");
            finding.safe_fix("say whose it is", vec![Edit::replace(mount, new)]);
        }
    }
}
