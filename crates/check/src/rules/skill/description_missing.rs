use crate::rules::prelude::*;

rule! {
    /// A skill does not say what it is for.
    ///
    /// The description is all that the model sees before it picks a skill. A skill without one is loaded and dropped without a
    /// word.
    ///
    /// ```markdown skills/deploy/SKILL.md bad
    /// ---
    /// name: deploy
    /// ---
    /// # Deploy
    /// ```
    ///
    /// ```markdown skills/deploy/SKILL.md good
    /// ---
    /// name: deploy
    /// description: Deploys the stack.
    /// ---
    /// # Deploy
    /// ```
    ///
    /// Tried with OpenClaw: dropped. Source: the Agent Skills specification.
    RULE = "skill-description-missing", Error, High, Look::File(&[Kind::Skill], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let root = document.root();
    if root.is_map()
        && document.faults.is_empty()
        && root.get("description").is_none_or(|description| description.is_empty())
    {
        let range = root.range();
        report
            .at((document, range.start..range.start + 1), "without a description this skill is dropped in silence")
            .help("description: what it does, and when to use it");
    }
}
