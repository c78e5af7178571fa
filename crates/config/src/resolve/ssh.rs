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
        for entry in &table.entries {
            let Some(keyword) = known_keyword(entry, problems) else { continue };
            let values = values(&keyword, entry, problems);
            settings.retain(|(name, _)| name != keyword.name);
            settings.extend(values.into_iter().map(|value| (keyword.name.to_owned(), value)));
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
    let root_login = ssh.settings.iter().find(|(name, _)| name == "PermitRootLogin").map(|(_, value)| value);
    if let (None, "root", Some(setting)) = (access, first_user, root_login)
        && setting.value.eq_ignore_ascii_case("no")
        && !context
            .layers
            .host
            .is_some_and(|host| host.entry("access").is_some_and(|entry| matches!(entry.node.data, Data::Broken)))
    {
        problems.push(
            Problem::new(
                "site/nobody-gets-in",
                format!("nobody could log in to `{}`: root may not, and there is no admin", context.host_name()),
            )
            .at(&context.place(&setting.origin), "PermitRootLogin is no here")
            .help("add [access] with admin = \"NAME\" and keys = [\"keys/operator.pub\"]"),
        );
    }
    let Some((access, users)) = access.zip(ssh.allow_users.as_ref()) else { return };
    let admin = access.admin.value.as_str();
    let named = |user: &String| user.split('@').next().is_some_and(|name| matches_pattern(name, admin));
    if !users.is_empty() && !admin.is_empty() && !users.iter().any(named) {
        problems.push(
            Problem::new("site/nobody-gets-in", format!("sshd would not let the admin `{admin}` in"))
                .at(&context.place(&users.origin), "the admin is not among them")
                .related(&access.admin.origin, "the admin")
                .help(format!("add \"{admin}\" to the list, or remove the list: the admin alone is its default")),
        );
    }
}

/// sshd's patterns: `*` is any letters, `?` is one.
fn matches_pattern(pattern: &str, name: &str) -> bool {
    let mut letters = pattern.chars();
    match letters.next() {
        None => name.is_empty(),
        Some('*') => {
            let rest = letters.as_str();
            rest.is_empty() || name.char_indices().any(|(start, _)| matches_pattern(rest, &name[start..]))
        }
        Some(letter) => {
            let mut others = name.chars();
            others.next().is_some_and(|other| letter == '?' || letter == other)
                && matches_pattern(letters.as_str(), others.as_str())
        }
    }
}
