use crate::rules::prelude::*;

rule! {
    /// The metadata of a skill are no map.
    ///
    /// OpenClaw looks for `metadata.openclaw`. In a text that is no JSON it finds nothing, and what the skill says about the
    /// programs it needs is lost.
    ///
    /// ```markdown skills/deploy/SKILL.md bad
    /// ---
    /// name: deploy
    /// description: Deploys the stack.
    /// metadata: openclaw, always
    /// ---
    /// # Deploy
    /// ```
    ///
    /// ```markdown skills/deploy/SKILL.md good
    /// ---
    /// name: deploy
    /// description: Deploys the stack.
    /// metadata: { "openclaw": { "always": true } }
    /// ---
    /// # Deploy
    /// ```
    ///
    /// Source: OpenClaw's `docs/tools/skills.md` (metadata are "re-parsed as JSON5"); the Agent Skills specification,
    /// `metadata` ("a map"); read 2026-11-28.
    RULE = "skill-metadata-invalid", Warning, High, Look::File(&[Kind::Skill], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let Some(metadata) = document.root().get("metadata").filter(|_| document.faults.is_empty()) else { return };
    let is_json = metadata.text().is_some_and(|text| text.trim_start().starts_with('{'));
    if !metadata.is_map() && !metadata.is_empty() && !is_json {
        report.at(metadata, "this is no map: nothing of it is understood").help("metadata: { \"openclaw\": { … } }");
    }
}
