use crate::rules::prelude::*;

rule! {
    /// An agent may run commands that cut its host off.
    ///
    /// Deny rules for routes, filters and container networks cost nothing and are what was missing when an agent took its own
    /// server off the net.
    ///
    /// ```json .claude/settings.json bad
    /// { "permissions": { "allow": ["Bash"], "deny": [] } }
    /// ```
    ///
    /// ```json .claude/settings.json good
    /// { "permissions": { "allow": ["Bash(ls:*)"], "deny": ["Bash(ip route:*)", "Bash(nft:*)", "Bash(iptables:*)"] } }
    /// ```
    ///
    /// Told where the file allows every command. Source: one production incident; Claude Code documentation,
    /// "Configure permissions" of its SDK ("If a deny rule matches … blocked, even in bypassPermissions mode"); read 2026-11-28.
    RULE = "claude-deny-network-missing", Warning, Medium, Look::File(&[Kind::ClaudeSettings], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let list = |path: &str| -> Vec<Value> { find(document, path).into_iter().flat_map(Value::items).collect() };
    let any = list("permissions.allow")
        .into_iter()
        .find(|item| matches!(item.text(), Some("Bash" | "Bash(*)" | "Bash(*:*)" | "*")));
    let bypass = find(document, "permissions.defaultMode").filter(|mode| mode.text() == Some("bypassPermissions"));
    let denies = list("permissions.deny").iter().any(|item| {
        item.text().is_some_and(|text| ["iptables", "nft", "ip route", "ufw"].iter().any(|word| text.contains(word)))
    });
    if let Some(place) = any.or(bypass).filter(|_| !denies) {
        report
            .at(place, "routes and filters are among what it may change")
            .help("\"deny\": [\"Bash(ip route:*)\", \"Bash(nft:*)\", \"Bash(iptables:*)\", \"Bash(ufw:*)\"]");
    }
}
