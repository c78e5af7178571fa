use crate::rules::prelude::*;

rule! {
    /// A skill is a file where it should be a folder.
    ///
    /// `skills/deploy.md` is not found: a skill is `skills/deploy/SKILL.md`.
    ///
    /// ```markdown .claude/skills/deploy.md bad
    /// ---
    /// name: deploy
    /// description: Deploys the stack.
    /// ---
    /// ```
    ///
    /// ```markdown .claude/skills/deploy/SKILL.md good
    /// ---
    /// name: deploy
    /// description: Deploys the stack.
    /// ---
    /// ```
    ///
    /// Tried with OpenClaw 2026.9.6, 2026-11-21: ignored. Source: Claude Code documentation, "Where skills live"
    /// (`.claude/skills/<skill-name>/SKILL.md`, which "is required"); read 2026-11-28.
    RULE = "skill-flat-file", Error, High, Look::File(&[Kind::Markdown], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let place = document.folder().rsplit('/').take(2).collect::<Vec<_>>();
    let agents = matches!(place.as_slice(), ["skills", ".claude" | ".agents" | ".openclaw" | "workspace"]);
    let readme =
        document.file_name().eq_ignore_ascii_case("readme.md") || document.file_name().eq_ignore_ascii_case("index.md");
    // Notes that agents keep beside their skills have no front matter.
    if agents && !readme && document.text.starts_with("---") {
        let end = document.text.find('\n').unwrap_or(document.text.len());
        let name = document.file_name().trim_end_matches(".md");
        report
            .at((document, 0..end), "a skill that is no folder is not found")
            .help(format!("move it to {}/{name}/SKILL.md", document.folder()));
    }
}
