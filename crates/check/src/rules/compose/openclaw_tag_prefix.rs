use crate::rules::prelude::*;

rule! {
    /// An OpenClaw tag with a `v`.
    ///
    /// Its tags are dates, `2026.9.6`; with a `v` in front there is no such image, and the pull fails.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   openclaw: { image: "ghcr.io/openclaw/openclaw:v2026.2.17", init: true, volumes: ["./state:/home/node/.openclaw"] }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   openclaw: { image: "ghcr.io/openclaw/openclaw:2026.9.6", init: true, volumes: ["./state:/home/node/.openclaw"] }
    /// ```
    ///
    /// Fix: safe. Source: <https://docs.openclaw.ai/install/docker> ("`<version>` (e.g. `2026.2.26`)"); read 2026-11-27.
    RULE = "compose-openclaw-tag-prefix", Error, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let Some(image) = service.image.as_ref().filter(|_| service.is("openclaw")) else { return };
    if image.repository.contains('/') && image.tag.as_deref().is_some_and(|tag| tag.starts_with("v20")) {
        let place = service.image_place();
        let finding = report.at(place, "OpenClaw's tags have no `v`: there is no such image");
        if place.written().contains(":v20") {
            finding.safe_fix("take the `v` out", vec![Edit::replace(place, place.written().replace(":v20", ":20"))]);
        }
    }
}
