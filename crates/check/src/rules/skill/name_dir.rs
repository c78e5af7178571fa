use crate::rules::prelude::*;

rule! {
    /// A skill is called otherwise than its folder.
    ///
    /// The specification wants them the same; people look for the folder, and programs for the name.
    ///
    /// ```markdown skills/deploy/SKILL.md bad
    /// ---
    /// name: deployment
    /// description: Deploys the stack.
    /// ---
    /// ```
    ///
    /// ```markdown skills/deploy/SKILL.md good
    /// ---
    /// name: deploy
    /// description: Deploys the stack.
    /// ---
    /// ```
    ///
    /// Source: the Agent Skills specification, `name` ("Must match the parent directory name"); read 2026-11-28.
    RULE = "skill-name-dir-mismatch", Info, High, Look::File(&[Kind::Skill], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let folder = document.folder().rsplit('/').next().unwrap_or_default();
    if let Some(name) = document
        .root()
        .get("name")
        .filter(|name| !folder.is_empty() && name.literal().is_some_and(|text| text != folder))
    {
        report.at(name, format!("the folder is called `{folder}`"));
    }
}
