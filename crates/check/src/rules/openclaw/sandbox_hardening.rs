use crate::rules::prelude::*;

rule! {
    /// OpenClaw's sandbox keeps the capabilities that Docker gives.
    ///
    /// The sandbox is where the model's commands run: drop what they do not need.
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local" }, agents: { defaults: { sandbox: { mode: "all", docker: { image: "sandbox:1" } } } } }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local" }, agents: { defaults: { sandbox: { mode: "all", docker: { image: "sandbox:1", capDrop: ["ALL"], readOnlyRoot: true, pidsLimit: 256 } } } } }
    /// ```
    ///
    /// Source: <https://docs.openclaw.ai/gateway/sandboxing>.
    CAPABILITIES = "openclaw-sandbox-cap-drop", Info, Medium, Look::File(&[Kind::OpenClaw], capabilities), strict
}

rule! {
    /// OpenClaw's sandbox may change its own image.
    ///
    /// With a read-only root what a command leaves behind is in the workspace and in tmpfs, and nowhere else.
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local" }, agents: { defaults: { sandbox: { mode: "all", docker: { image: "sandbox:1" } } } } }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local" }, agents: { defaults: { sandbox: { mode: "all", docker: { image: "sandbox:1", capDrop: ["ALL"], readOnlyRoot: true, pidsLimit: 256 } } } } }
    /// ```
    ///
    /// Source: <https://docs.openclaw.ai/gateway/sandboxing>.
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
    /// Source: <https://docs.openclaw.ai/gateway/sandboxing>.
    LIMITS = "openclaw-sandbox-limits", Info, Medium, Look::File(&[Kind::OpenClaw], limits), strict
}

fn docker(document: &Document) -> Option<Value<'_>> {
    super::section(document, "agents.defaults.sandbox.docker").filter(|docker| docker.is_map())
}

fn capabilities(_: &Project, document: &Document, report: &mut Report) {
    if let Some(docker) = docker(document)
        .filter(|docker| !docker.get("capDrop").is_some_and(|drop| drop.items().any(|item| item.text() == Some("ALL"))))
    {
        report
            .at(
                (document, docker.range().start..docker.range().start + 1),
                "the sandbox keeps capabilities that it has no use for",
            )
            .help("capDrop: [\"ALL\"]");
    }
}

fn root(_: &Project, document: &Document, report: &mut Report) {
    if let Some(docker) = docker(document).filter(|docker| !docker.get("readOnlyRoot").is_some_and(Value::is_true)) {
        report
            .at(
                (document, docker.range().start..docker.range().start + 1),
                "commands may change the sandbox's own image",
            )
            .help("readOnlyRoot: true");
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
