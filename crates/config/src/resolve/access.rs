//! `[access]`, and public keys wherever they are named.

use super::{Context, require};
use crate::layers::View;
use crate::problem::{Problem, Problems};
use crate::tree::Node;
use crate::{Access, Sources, Valued, public_key};

pub(super) fn access(view: &View, context: &Context, problems: &mut Problems) -> Access {
    require(view, "access", "admin", "\"NAME\"", context, problems);
    let access = Access {
        admin: view.known("admin"),
        service: view.value("service"),
        keys: keys(view, "keys", "access.keys", context.sources, problems),
        exclusive_keys: view.known("exclusive_keys"),
        service_home_mode: view.mode("service_home_mode"),
    };
    report_names(&access, problems);
    // A list with faulty keys in it was reported key by key.
    let given = view.nodes("keys").any(|node| !node.list().is_empty());
    let broken = view.has("keys") && view.node("keys").is_none();
    if !given && !broken {
        problems.push(
            Problem::new("site/no-keys", format!("`{}` would have no key to get in with", *access.admin))
                .at(
                    &view.node("keys").map_or_else(|| context.place(&view.origin), |node| node.origin.clone()),
                    "no key",
                )
                .help("add keys = [\"keys/operator.pub\"] to [access], and put your public key into that file"),
        );
    }
    access
}

fn report_names(access: &Access, problems: &mut Problems) {
    if *access.admin == "root" {
        problems.push(
            Problem::new("site/admin-is-root", "the admin cannot be root")
                .at(&access.admin.origin, "root")
                .help("name a user that piton makes for you; it becomes root with sudo"),
        );
    }
    let Some(service) = &access.service else { return };
    if **service == *access.admin {
        problems.push(
            Problem::new("site/admin-is-service", "the admin and the service user are the same")
                .at(&service.origin, "also the admin")
                .related(&access.admin.origin, "the admin")
                .note("whoever takes over an application would be root at once")
                .help("give the applications a user of their own, or leave `service` out"),
        );
    }
    if **service == "root" {
        problems.push(
            Problem::new("site/service-is-root", "the service user cannot be root")
                .at(&service.origin, "root")
                .help("name a user without rights of its own"),
        );
    }
}

/// Gives every public key that a list names: the lines of its files, and keys written in place.
pub(super) fn keys(
    view: &View,
    key: &str,
    path: &str,
    sources: &Sources,
    problems: &mut Problems,
) -> Vec<Valued<String>> {
    let mut keys: Vec<Valued<String>> = Vec::new();
    for node in view.nodes(key).flat_map(Node::list) {
        for line in lines(node, path, sources, problems) {
            let known = keys.iter().any(|known| public_key::identity(&known.value) == public_key::identity(&line));
            if !known {
                keys.push(Valued { value: line, origin: node.origin.clone() });
            }
        }
    }
    keys
}

fn lines(node: &Node, path: &str, sources: &Sources, problems: &mut Problems) -> Vec<String> {
    let Some(named) = node.text() else { return Vec::new() };
    if public_key::looks_like_key(named) {
        return vec![named.trim().to_owned()];
    }
    let Some(text) = source_text(node, path, sources, problems) else { return Vec::new() };
    if public_key::is_private(text) {
        let what = format!("`{named}` is a private key");
        problems.push(
            Problem::new("site/private-key", what)
                .at(&node.origin, "this file holds a private key")
                .help(format!("this is a private key; put the .pub here: \"{named}.pub\"")),
        );
        return Vec::new();
    }
    let lines: Vec<(usize, &str)> = text
        .lines()
        .enumerate()
        .map(|(position, line)| (position + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .collect();
    if lines.is_empty() {
        problems.push(
            Problem::new("site/empty-key-file", format!("`{named}` holds no key"))
                .at(&node.origin, "empty")
                .help("copy your public key into it, for example ~/.ssh/id_ed25519.pub"),
        );
    }
    for (number, line) in &lines {
        if let Some(fault) = public_key::line_fault(line) {
            problems.push(
                Problem::new(fault.code, format!("line {number} of `{named}` {}", fault.what))
                    .at(&node.origin, fault.under)
                    .help(fault.help),
            );
        }
    }
    lines.into_iter().map(|(_, line)| line.to_owned()).collect()
}

/// Gives the text of a file that the site names, or reports why there is none.
pub(super) fn source_text<'a>(
    node: &Node,
    path: &str,
    sources: &'a Sources,
    problems: &mut Problems,
) -> Option<&'a str> {
    let named = node.text()?;
    match sources.get(named) {
        Some(Ok(text)) => Some(text),
        Some(Err(reason)) => {
            problems.push(
                Problem::new(
                    "site/unreadable-file",
                    format!("`{named}`, which `{path}` names, cannot be read: {reason}"),
                )
                .at(&node.origin, "not readable")
                .help("mend the file or name another one"),
            );
            None
        }
        None => {
            let help = match named.ends_with(".pub") {
                true => format!("copy yours there: `cp ~/.ssh/id_ed25519.pub {named}`, in the folder of the site file"),
                false => "paths are relative to the folder of the site file".to_owned(),
            };
            problems.push(
                Problem::new("site/missing-file", format!("`{named}`, which `{path}` names, does not exist"))
                    .at(&node.origin, "no such file")
                    .help(help),
            );
            None
        }
    }
}
