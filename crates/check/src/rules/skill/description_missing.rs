use crate::rules::prelude::*;

rule! {
    /// A skill does not say what it is for.
    ///
    /// The description is all that the model sees before it picks a skill. OpenClaw drops a skill without one, and says so in its
    /// log alone; Claude Code takes the first paragraph for it, so below `.claude` it is an information.
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
    /// Tried with OpenClaw 2026.9.6, 2026-11-21: not in `skills list`. Source: the Agent Skills specification (required,
    /// "Non-empty"); Claude Code documentation, "Frontmatter reference" ("If omitted, uses the first paragraph"); read
    /// 2026-11-28.
    RULE = "skill-description-missing", Error, High, Look::File(&[Kind::Skill], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let root = document.root();
    if root.is_map()
        && document.faults.is_empty()
        && root.get("description").is_none_or(|description| description.is_empty())
    {
        let range = root.range();
        let guessed = document.folder().split('/').any(|folder| folder == ".claude");
        let what = match guessed {
            true => "without a description what it is for is guessed from its first paragraph",
            false => "without a description this skill is dropped in silence",
        };
        let finding = report.at((document, range.start..range.start + 1), what);
        finding.help("description: what it does, and when to use it");
        if guessed {
            finding.severity(Severity::Info);
        }
    }
}
