use crate::rules::prelude::*;

rule! {
    /// A skill has no name.
    ///
    /// It is called by its name; some programs take the folder's, others leave the skill out.
    ///
    /// ```markdown skills/deploy/SKILL.md bad
    /// ---
    /// description: Deploys the stack.
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
    /// Fix: safe, the folder's name. Source: the Agent Skills specification (`name` is required); Claude Code documentation ("If
    /// omitted, uses the directory name"); read 2026-11-28.
    RULE = "skill-name-missing", Warning, High, Look::File(&[Kind::Skill], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let root = document.root();
    if !root.is_map() || root.get("name").is_some_and(|name| !name.is_empty()) || !document.faults.is_empty() {
        return;
    }
    let Some((first, _)) = root.entries().into_iter().next() else { return };
    let folder = document.folder().rsplit('/').next().unwrap_or_default();
    let written = root.entry("name").map(|(key, _)| key);
    let finding = report.at(written.unwrap_or(first), "this skill has no name");
    // In braces a line alone is no entry.
    if written.is_none()
        && !root.written().starts_with('{')
        && !folder.is_empty()
        && folder.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    {
        finding.safe_fix(
            format!("name: {folder}"),
            vec![Edit::line_above(document, first.range().start, &format!("name: {folder}"))],
        );
    }
}
