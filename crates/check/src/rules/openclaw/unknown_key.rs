use crate::rules::prelude::*;

use super::keys::{Keys, TREES};

rule! {
    /// A key that OpenClaw does not know.
    ///
    /// The gateway reads its file strictly: one key too many, and it stops with "Unrecognized key" at every start. Keys come and
    /// go with the months, so piton holds the file against the list of the version that the image names.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   openclaw:
    ///     image: ghcr.io/openclaw/openclaw:2026.9.6
    ///     init: true
    ///     volumes: ["./state:/home/node/.openclaw"]
    /// ```
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local", bindd: "lan" }, agents: {} }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   openclaw:
    ///     image: ghcr.io/openclaw/openclaw:2026.9.6
    ///     init: true
    ///     volumes: ["./state:/home/node/.openclaw"]
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local", bind: "loopback" }, agents: {}, channels: { anything: { goes: true } } }
    /// ```
    ///
    /// An error for the versions whose lists piton has (2026.2.17 and 2026.9.6), information where neither knows the key and
    /// the version is another one. Channels and plugins bring keys of their own and are left out. Tried with both versions; the lists
    /// are what `config.schema` of each says; read 2026-11-27.
    RULE = "openclaw-unknown-key", Warning, High, Look::File(&[Kind::OpenClaw], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let version = super::service_of(project, document).and_then(Service::version);
    let said = version.as_ref().map(ToString::to_string);
    let trees = TREES.get_or_init(super::keys::read);
    match trees.iter().find(|(known, _)| said.as_deref() == Some(known)) {
        Some((known, keys)) => {
            for (key, path) in unknown(document.root(), &[keys], String::new()) {
                let message = format!("OpenClaw {known} does not know `{path}`, and does not start");
                report.at(key, message).severity(Severity::Error);
            }
        }
        None => {
            let keys: Vec<&Keys> = trees.iter().map(|(_, keys)| keys).collect();
            for (key, path) in unknown(document.root(), &keys, String::new()) {
                let finding = report.at(key, format!("`{path}` is no key of OpenClaw that is known here"));
                // A version in between may have had it.
                finding
                    .severity(Severity::Info)
                    .note("held against 2026.2.17 and 2026.9.6; the gateway stops at a key that it does not know");
            }
        }
    }
}

/// The keys that none of the trees has, outermost first; what lies below one is not looked at.
fn unknown<'a>(value: Value<'a>, trees: &[&Keys], path: String) -> Vec<(Value<'a>, String)> {
    let mut found = Vec::new();
    if trees.iter().any(|keys| keys.takes_anything) {
        return found;
    }
    for item in value.items() {
        let below: Vec<&Keys> = trees.iter().filter_map(|keys| keys.below("[]")).collect();
        if !below.is_empty() {
            found.extend(unknown(item, &below, path.clone()));
        }
    }
    for (key, inner) in value.entries() {
        let Some(name) = key.literal() else { continue };
        let full = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        // `$include` is taken out before anything is checked; the web tools have rules of their own.
        if name.starts_with('$') || full.starts_with("tools.web.fetch.") {
            continue;
        }
        let below: Vec<&Keys> = trees.iter().filter_map(|keys| keys.below(name)).collect();
        if !below.is_empty() {
            found.extend(unknown(inner, &below, full));
        } else if trees.iter().any(|keys| keys.has_keys()) {
            found.push((key, full));
        }
    }
    found
}
