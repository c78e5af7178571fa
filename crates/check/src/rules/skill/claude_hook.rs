use crate::rules::prelude::*;

rule! {
    /// An agent may run any command, and nothing looks at them first.
    ///
    /// Lists of what is denied know the names of programs. A hook that runs before each command sees through `sudo`, `ssh` and
    /// scripts; `piton gate install --for claude-code` writes one.
    ///
    /// ```json .claude/settings.json bad
    /// { "permissions": { "allow": ["Bash(*)"], "deny": ["Bash(ip route:*)", "Bash(nft:*)", "Bash(iptables:*)"] } }
    /// ```
    ///
    /// ```json .claude/settings.json good
    /// { "permissions": { "allow": ["Bash(*)"], "deny": ["Bash(ip route:*)", "Bash(nft:*)", "Bash(iptables:*)"] },
    ///   "hooks": { "PreToolUse": [{ "matcher": "Bash", "hooks": [{ "type": "command", "command": "piton gate hook" }] }] } }
    /// ```
    ///
    /// Told with `--strict`, where every command is allowed. Source: Claude Code documentation, "How permissions are evaluated"
    /// ("Run hooks first. A hook can deny the call outright"); read 2026-11-28.
    RULE = "claude-hook-missing", Info, Medium, Look::File(&[Kind::ClaudeSettings], check), strict
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let all = find(document, "permissions.allow")
        .into_iter()
        .flat_map(Value::items)
        .find(|item| matches!(item.text(), Some("Bash" | "Bash(*)" | "Bash(*:*)" | "*")));
    let hooked = find(document, "hooks.PreToolUse").is_some_and(|hooks| !hooks.is_empty());
    if let Some(all) = all.filter(|_| !hooked) {
        report.at(all, "nothing looks at a command before it runs").help("piton gate install --for claude-code");
    }
}
