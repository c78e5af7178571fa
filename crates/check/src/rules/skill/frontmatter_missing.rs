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
    /// documentation, "Frontmatter reference" ("All fields are optional"); read 2026-11-28. A warning where
    /// nothing says that OpenClaw reads it. Not told of NullClaw's and Hermes's: nullclaw `src/skills.zig`, loadSkill, takes
    /// the folder's name.
    RULE = "skill-frontmatter-missing", Error, High, Look::File(&[Kind::Skill], check)
}

/// Agents that take a file without it under the name of its folder.
const LENIENT: [&str; 4] = ["hermes", "nullclaw", "picoclaw", "zeroclaw"];

/// Whether OpenClaw reads the project's skills, as far as its files say.
fn is_openclaw(project: &Project, document: &Document) -> bool {
    document.path.contains("openclaw")
        || project.of_kind(Kind::OpenClaw).next().is_some()
        || project.services().any(|service| service.is("openclaw"))
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    if LENIENT.iter().any(|agent| document.path.contains(agent)) {
        return;
    }
    let opens =
        document.text.trim_start_matches('\u{feff}').lines().next().is_some_and(|line| line.trim_end() == "---");
    if !opens || !document.root().is_map() && document.faults.is_empty() {
        let end = document.text.find('\n').unwrap_or(document.text.len());
        let finding =
            report.at((document, 0..end), "without front matter this is no skill, and is left out in silence");
        if document.text.lines().find(|line| !line.trim().is_empty()).is_some_and(|line| line.trim_end() == "---") {
            finding.help("its first `---` must be the first line of the file");
        }
        // Elsewhere the name may mean something else.
        let inside = |name: &str| document.folder().split('/').any(|folder| folder == name);
        if inside(".claude") {
            finding.message =
                "without front matter its name is that of the folder, and what it is for is guessed".into();
        }
        if !inside("skills") || inside(".claude") {
            finding.severity(Severity::Info);
        } else if !is_openclaw(project, document) {
            finding.message = "without front matter most agents leave this skill out, in silence".into();
            finding.severity(Severity::Warning);
        }
    }
}
