//! `[ssh]`: keywords spelled as sshd does, and nothing that would lock the operator out.

use super::Context;
use super::ssh_keywords::{self, Keyword, Lists};
use crate::layers::{View, valued};
use crate::near::nearest;
use crate::problem::{Problem, Problems};
use crate::tree::{Data, Entry, Node};
use crate::{Access, Ssh, Valued};

type Settings = Vec<(String, Valued<String>)>;

pub(super) fn ssh(
    view: &View,
    context: &Context,
    access: Option<&Access>,
    first_user: &str,
    problems: &mut Problems,
) -> Ssh {
    let mut settings = Settings::new();
    for table in view.nodes("settings").filter_map(Node::table) {
        let mut seen: Vec<(&str, &Entry)> = Vec::new();
        for entry in &table.entries {
            let Some(keyword) = known_keyword(entry, problems) else { continue };
            if let Some((_, first)) = seen.iter().find(|(name, _)| *name == keyword.name) {
                report_twice(&keyword, entry, first, problems);
            }
            seen.push((keyword.name, entry));
            put(&mut settings, keyword.name, values(&keyword, entry, problems));
        }
    }
    let ssh = Ssh {
        port: view.known("port"),
        file: view.known("file"),
        socket: view.known("socket"),
        allow_users: view.node("allow_users").and_then(valued),
        settings,
    };
    report_lock_out(&ssh, context, access, first_user, problems);
    ssh
}

/// sshd takes keywords in any case and under old names, so that two lines can be one keyword.
fn report_twice(keyword: &Keyword, entry: &Entry, first: &Entry, problems: &mut Problems) {
    problems.push(
        Problem::new(
            "site/duplicate-keyword",
            format!("`{}` is set twice: sshd takes both words for it", keyword.name),
        )
        .at(&entry.key_origin, "again here")
        .related(&first.key_origin, "first here")
        .help("keep one of them"),
    );
}

/// A nearer layer's value takes the place of the farther one's, so that one change moves one line.
fn put(settings: &mut Settings, keyword: &str, values: Vec<Valued<String>>) {
    let position = settings.iter().position(|(name, _)| name == keyword).unwrap_or(settings.len());
    settings.retain(|(name, _)| name != keyword);
    let values = values.into_iter().map(|value| (keyword.to_owned(), value));
    settings.splice(position..position, values).for_each(drop);
}

fn known_keyword(entry: &Entry, problems: &mut Problems) -> Option<Keyword> {
    let unknown = |what: String, under: &str| Problem::new("site/unknown-keyword", what).at(&entry.key_origin, under);
    if let Some((_, advice)) = ssh_keywords::ELSEWHERE.iter().find(|(name, _)| name.eq_ignore_ascii_case(&entry.key)) {
        let what = format!("`{}` does not belong into `ssh.settings`", entry.key);
        problems.push(Problem { code: "site/reserved-keyword".to_owned(), ..unknown(what, "not here").help(*advice) });
        return None;
    }
    let keyword = ssh_keywords::find(&entry.key);
    if keyword.is_none() {
        let meant = nearest(&entry.key, ssh_keywords::names());
        problems.push(
            unknown(format!("sshd has no keyword `{}`", entry.key), "sshd would not start")
                .suggest(meant)
                .help("see sshd_config(5) for the keywords"),
        );
    }
    keyword
}

/// Gives the value as text: one, or several where the keyword is written once for each.
fn values(keyword: &Keyword, entry: &Entry, problems: &mut Problems) -> Vec<Valued<String>> {
    let node = &entry.node;
    let texts: Vec<String> = match &node.data {
        Data::List(nodes) => nodes.iter().filter_map(|node| text(keyword, node, problems)).collect(),
        _ => text(keyword, node, problems).into_iter().collect(),
    };
    if texts.is_empty() {
        return Vec::new();
    }
    let joined = match keyword.lists {
        Lists::Commas => vec![texts.join(",")],
        Lists::Spaces => vec![texts.join(" ")],
        Lists::Lines => texts,
    };
    if keyword.name == "UsePAM" && joined.iter().any(|value| value.eq_ignore_ascii_case("no")) {
        problems.push(
            Problem::new("site/use-pam", "`UsePAM` must stay on")
                .at(&node.origin, "locks everybody out")
                .note("on Debian and Ubuntu accounts are checked by PAM; without it, authentication breaks, by key too")
                .help("remove the line, or write UsePAM = \"yes\""),
        );
    }
    joined.into_iter().map(|value| Valued { value, origin: node.origin.clone() }).collect()
}

fn text(keyword: &Keyword, node: &Node, problems: &mut Problems) -> Option<String> {
    let (what, help) = match &node.data {
        Data::Bool(truth) => return Some(if *truth { "yes" } else { "no" }.to_owned()),
        Data::Integer(number) => return Some(number.to_string()),
        Data::Text(text) if text.trim().is_empty() => ("is empty", "give it a value, or remove the line"),
        Data::Text(text) if text.chars().any(char::is_control) => ("holds a line break", "write it on one line"),
        Data::Text(text) => return Some(text.clone()),
        _ => ("must be text, a number, true, false or a list of them", "see sshd_config(5) for its values"),
    };
    problems.push(
        Problem::new("site/wrong-type", format!("`ssh.settings.{}` {what}", keyword.name))
            .at(&node.origin, "here")
            .help(help),
    );
    None
}

/// The guard would undo such a change on the host; refusing it here costs nobody a minute.
fn report_lock_out(ssh: &Ssh, context: &Context, access: Option<&Access>, first_user: &str, problems: &mut Problems) {
    report_root_only(ssh, context, access, first_user, problems);
    if let Some(setting) = setting(ssh, "PubkeyAuthentication").filter(|value| value.eq_ignore_ascii_case("no")) {
        problems.push(
            Problem::new("site/nobody-gets-in", "sshd would take no key, and piton gets in by key")
                .at(&context.place(&setting.origin), "locks everybody out")
                .help("remove the line"),
        );
    }
    let Some(access) = access.filter(|access| !access.admin.is_empty()) else { return };
    let admin = access.admin.value.as_str();
    let names_admin = |user: &str| user.split('@').next().is_some_and(|name| matches_pattern(name, admin));
    let allowed = ssh.allow_users.as_ref().filter(|users| !users.is_empty());
    if let Some(users) = allowed.filter(|users| !users.iter().any(|user| names_admin(user))) {
        problems.push(
            Problem::new("site/nobody-gets-in", format!("sshd would not let the admin `{admin}` in"))
                .at(&context.place(&users.origin), "the admin is not among them")
                .related(&access.admin.origin, "the admin")
                .help(format!("add \"{admin}\" to the list, or remove the list: the admin alone is its default")),
        );
    }
    let denied = setting(ssh, "DenyUsers").filter(|users| users.split_whitespace().any(names_admin));
    if let Some(users) = denied {
        problems.push(
            Problem::new("site/nobody-gets-in", format!("sshd would turn the admin `{admin}` away"))
                .at(&context.place(&users.origin), "the admin is among them")
                .related(&access.admin.origin, "the admin")
                .help("take the admin out of the list"),
        );
    }
}

fn report_root_only(ssh: &Ssh, context: &Context, access: Option<&Access>, first_user: &str, problems: &mut Problems) {
    let Some(setting) = setting(ssh, "PermitRootLogin").filter(|value| value.eq_ignore_ascii_case("no")) else {
        return;
    };
    if access.is_some() || first_user != "root" || access_is_broken(context) {
        return;
    }
    let what = format!("nobody could log in to `{}`: root may not, and there is no admin", context.host_name());
    problems.push(
        Problem::new("site/nobody-gets-in", what)
            .at(&context.place(&setting.origin), "PermitRootLogin is no here")
            .help("add [access] with admin = \"NAME\" and keys = [\"keys/operator.pub\"]"),
    );
}

fn setting<'a>(ssh: &'a Ssh, keyword: &str) -> Option<&'a Valued<String>> {
    ssh.settings.iter().find(|(name, _)| name == keyword).map(|(_, value)| value)
}

/// An `access` that was reported as wrong is not one that is missing.
fn access_is_broken(context: &Context) -> bool {
    let layers = [Some(context.layers.site), context.layers.host];
    let mut entries = layers.into_iter().flatten().filter_map(|layer| layer.entry("access"));
    entries.any(|entry| matches!(entry.node.data, Data::Broken))
}

/// sshd's patterns: `*` is any letters, `?` is one. Only the last `*` is ever tried again, so that
/// a pattern of many stars costs no more than its length times the name's.
fn matches_pattern(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut at, mut seen) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while seen < name.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, seen));
                at += 1;
            }
            Some(letter) if *letter == '?' || *letter == name[seen] => {
                at += 1;
                seen += 1;
            }
            _ => {
                let Some((star_at, taken)) = star else { return false };
                star = Some((star_at, taken + 1));
                at = star_at + 1;
                seen = taken + 1;
            }
        }
    }
    pattern[at..].iter().all(|letter| *letter == '*')
}

#[cfg(test)]
mod tests {
    use super::matches_pattern;

    #[test]
    fn patterns_match_as_sshd_matches_them() {
        for (pattern, name) in
            [("ops", "ops"), ("o*", "ops"), ("*", "ops"), ("o?s", "ops"), ("*p*s", "ops"), ("**", "")]
        {
            assert!(matches_pattern(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("ops", "op"), ("op", "ops"), ("o?", "ops"), ("*x", "ops"), ("?", "")] {
            assert!(!matches_pattern(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn a_pattern_of_many_stars_is_answered() {
        assert!(!matches_pattern(&format!("{}x", "*a".repeat(200)), &"a".repeat(150)));
    }
}
