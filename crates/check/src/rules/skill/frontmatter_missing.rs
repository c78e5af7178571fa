use crate::rules::prelude::*;

rule! {
    /// A skill has no front matter.
    ///
    /// Without the block between two `---` lines the file is no skill: it is left out in silence.
    ///
    /// ```markdown skills/deploy/SKILL.md bad
    /// # Deploy
    /// Run the script.
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
    /// An information below `.claude`: Claude Code takes such a file all the same, under the name of its folder, and its first
    /// paragraph for what it is about. Source: OpenClaw's `docs/tools/skills.md` ("Every skill needs at minimum a `name` and
    /// `description` in the frontmatter"), the Agent Skills specification ("must contain YAML frontmatter"), Claude Code
    /// documentation, "Frontmatter reference" ("All fields are optional"); read 2026-11-28.
    RULE = "skill-frontmatter-missing", Error, High, Look::File(&[Kind::Skill], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let opens =
        document.text.trim_start_matches('\u{feff}').lines().next().is_some_and(|line| line.trim_end() == "---");
    if !opens || !document.root().is_map() && document.faults.is_empty() {
        let end = document.text.find('\n').unwrap_or(document.text.len());
        let finding =
            report.at((document, 0..end), "without front matter this is no skill, and is left out in silence");
        // Elsewhere the name may mean something else.
        let inside = |name: &str| document.folder().split('/').any(|folder| folder == name);
        if inside(".claude") {
            finding.message =
                "without front matter its name is that of the folder, and what it is for is guessed".into();
        }
        if !inside("skills") || inside(".claude") {
            finding.severity(Severity::Info);
        }
    }
}
