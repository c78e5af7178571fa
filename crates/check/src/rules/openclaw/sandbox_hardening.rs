use crate::rules::prelude::*;

rule! {
    /// OpenClaw's sandbox keeps the capabilities that Docker gives.
    ///
    /// The sandbox is where the model's commands run. OpenClaw drops all capabilities unless the file says otherwise; a
    /// list of its own without `ALL` gives the rest back.
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local" }, agents: { defaults: { sandbox: { mode: "all", docker: { image: "sandbox:1", capDrop: [] } } } } }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local" }, agents: { defaults: { sandbox: { mode: "all", docker: { image: "sandbox:1" } } } } }
    /// ```
    ///
    /// Told where it is written. Source: OpenClaw 2026.2.17 and 2026.9.6, resolveSandboxDockerConfig (`capDrop ??
    /// ["ALL"]`); read 2026-11-28.
    CAPABILITIES = "openclaw-sandbox-cap-drop", Info, Medium, Look::File(&[Kind::OpenClaw], capabilities), strict
}

rule! {
    /// OpenClaw's sandbox may change its own image.
    ///
    /// OpenClaw makes the sandbox's root read-only unless the file says otherwise: then what a command leaves behind is in
    /// the workspace and in tmpfs, and nowhere else.
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local" }, agents: { defaults: { sandbox: { mode: "all", docker: { image: "sandbox:1", readOnlyRoot: false } } } } }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local" }, agents: { defaults: { sandbox: { mode: "all", docker: { image: "sandbox:1" } } } } }
    /// ```
    ///
    /// Told where it is written; a `setupCommand` that installs something needs it. Source: OpenClaw 2026.2.17 and
    /// 2026.9.6, resolveSandboxDockerConfig (`readOnlyRoot ?? true`); read 2026-11-28.
    ROOT = "openclaw-sandbox-root-rw", Info, Medium, Look::File(&[Kind::OpenClaw], root), strict
}

rule! {
    /// OpenClaw's sandbox has no limits.
    ///
    /// A command that forks without end, or a page that eats memory, takes the host with it and everything else on it.
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local" }, agents: { defaults: { sandbox: { mode: "all", docker: { image: "sandbox:1" } } } } }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local" }, agents: { defaults: { sandbox: { mode: "all", docker: { image: "sandbox:1", capDrop: ["ALL"], readOnlyRoot: true, pidsLimit: 256 } } } } }
    /// ```
    ///
    /// Source: OpenClaw 2026.2.17 and 2026.9.6, resolveSandboxDockerConfig (these three have no default); read 2026-11-28.
    LIMITS = "openclaw-sandbox-limits", Info, Medium, Look::File(&[Kind::OpenClaw], limits), strict
}

fn docker(document: &Document) -> Option<Value<'_>> {
    super::section(document, "agents.defaults.sandbox.docker").filter(|docker| docker.is_map())
}

fn capabilities(_: &Project, document: &Document, report: &mut Report) {
    let drops_all = |drop: &Value| drop.items().any(|item| item.text() == Some("ALL"));
    if let Some(drop) = docker(document).and_then(|docker| docker.get("capDrop")).filter(|drop| !drops_all(drop)) {
        report.at(drop, "the sandbox keeps capabilities that it has no use for").help("capDrop: [\"ALL\"]");
    }
}

fn root(_: &Project, document: &Document, report: &mut Report) {
    let written = docker(document).and_then(|docker| docker.get("readOnlyRoot"));
    if let Some(value) = written.filter(|value| value.truth() == Some(false)) {
        report.at(value, "commands may change the sandbox's own image").help("readOnlyRoot: true");
    }
}

fn limits(_: &Project, document: &Document, report: &mut Report) {
    if let Some(docker) =
        docker(document).filter(|docker| ["pidsLimit", "memory", "cpus"].iter().all(|key| docker.get(key).is_none()))
    {
        report
            .at((document, docker.range().start..docker.range().start + 1), "a command may take the whole host")
            .help("pidsLimit: 256, memory: \"1g\", cpus: 1");
    }
}
