use crate::rules::prelude::*;

rule! {
    /// Sandboxes run from an image that nothing here builds.
    ///
    /// The name is neither one of OpenClaw's own nor that of a registry. On a host where nobody has built it by hand the first
    /// command fails.
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local" }, agents: { defaults: { sandbox: { mode: "all", docker: { image: "acme-sandbox:1" } } } } }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local" }, agents: { defaults: { sandbox: { mode: "all", docker: { image: "acme-sandbox:1" } } } } }
    /// ```
    ///
    /// ```sh build.sh good
    /// #!/bin/sh
    /// docker build -t acme-sandbox:1 sandbox
    /// ```
    ///
    /// Source: OpenClaw 2026.2.17 `docs/gateway/sandboxing.md`, "Images + setup" (the default image is built by
    /// `scripts/sandbox-setup.sh`); read 2026-11-28.
    RULE = "openclaw-sandbox-image-missing", Info, Low, Look::File(&[Kind::OpenClaw], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let Some(image) = super::section(document, "agents.defaults.sandbox.docker.image") else { return };
    let Some(name) = image.literal() else { return };
    let bare = name.split(':').next().unwrap_or_default();
    let own = name.starts_with("openclaw-sandbox") || name.contains('/') || name.contains('$');
    let official = ["debian", "ubuntu", "alpine", "node", "python"].contains(&bare);
    let mentioned = project.documents.iter().any(|file| file.path != document.path && file.text.contains(bare));
    if !own && !official && !bare.is_empty() && !mentioned {
        report.at(image, format!("nothing in this project builds `{name}`"));
    }
}
