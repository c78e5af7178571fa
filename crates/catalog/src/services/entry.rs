//! What the catalog tells people of a service: what it is, what it lets them choose, what it can do.

use super::folder::{Folder, embedded_names};
use super::form::{Form, Risk};
use super::world::World;
use piton_config::form::Overlay;
use piton_config::{Explained, Origin, Site};
use piton_plan::stack::{Made, Phase};
use serde::Serialize;

/// A service of the catalog, as a value for people and pages.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ServiceEntry {
    pub name: String,
    pub about: String,
    pub phase: Phase,
    /// Image and why it is pinned so.
    pub images: Vec<Named>,
    pub values: Vec<Choice>,
    pub secrets: Vec<SecretWord>,
    pub alerts: Vec<Named>,
    pub probes: Vec<Named>,
    pub actions: Vec<Named>,
    /// What is backed up, and how it is kept whole.
    pub backup: Option<String>,
    pub memory_mib: Option<u32>,
    pub readme: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Named {
    pub name: String,
    pub about: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Choice {
    pub name: String,
    pub about: String,
    /// None: it must be said.
    pub default: Option<serde_json::Value>,
    pub choices: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SecretWord {
    pub name: String,
    pub about: String,
    pub made: Made,
    pub optional: bool,
}

/// Every service of the catalog, by name.
pub fn entries() -> Vec<ServiceEntry> {
    embedded_names().filter_map(entry).collect()
}

fn entry(name: &str) -> Option<ServiceEntry> {
    let folder = Folder::embedded(name)?;
    let nothing = Overlay::default();
    let form = folder.form(&nothing, &nothing).ok()?;
    Some(of(name, &folder, &form))
}

fn of(name: &str, folder: &Folder, form: &Form) -> ServiceEntry {
    let named = |name: &str, about: &str| Named { name: name.to_owned(), about: about.to_owned() };
    let probes = form.probes.iter().map(|(name, probe)| {
        let how = match (&probe.url, probe.status) {
            (Some(url), status) => format!("{} answers {}", url.value, status.unwrap_or(200)),
            (None, _) => words(&probe.command, probe.container.as_deref()),
        };
        named(name, &format!("{}: `{how}`", probe.about))
    });
    let actions = form.actions.iter().map(|(name, action)| {
        let inputs: Vec<String> = action.inputs.iter().map(|(word, about)| format!("{word} ({about})")).collect();
        let takes = if inputs.is_empty() { String::new() } else { format!(", takes {}", inputs.join(", ")) };
        let how = words(&action.command, action.container.as_deref());
        named(name, &format!("{}{takes}; {}: `{how}`", action.about, risk(action.risk)))
    });
    ServiceEntry {
        name: name.to_owned(),
        about: form.about.clone(),
        phase: form.phase,
        images: form.images.values().map(|image| named(&image.image, &image.why)).collect(),
        values: form
            .values
            .iter()
            .map(|(name, value)| Choice {
                name: name.clone(),
                about: value.about.clone(),
                default: value.default.as_ref().map(|value| value.value.clone()),
                choices: value.choices.clone(),
            })
            .collect(),
        secrets: form
            .secrets
            .iter()
            .map(|(name, secret)| SecretWord {
                name: name.clone(),
                about: secret.about.clone(),
                made: secret.made,
                optional: secret.optional,
            })
            .collect(),
        alerts: form.alerts.iter().map(|alert| named(&alert.name, &alert.summary)).collect(),
        probes: probes.collect(),
        actions: actions.collect(),
        backup: form.backup.as_ref().map(|backup| {
            let paths: Vec<&str> = backup.paths.iter().map(|path| path.as_str()).collect();
            let quiesce = words(&backup.quiesce, backup.container.as_deref());
            let how = match (&backup.dump, quiesce.is_empty()) {
                (_, true) => String::new(),
                (Some(dump), false) => format!("; `{quiesce}` into {dump}"),
                (None, false) => format!("; `{quiesce}` beforehand"),
            };
            format!("{}{how}. {}", paths.join(", "), backup.why)
        }),
        memory_mib: form.needs.memory,
        readme: folder.readme().unwrap_or_default().to_owned(),
    }
}

fn words(command: &[piton_config::Valued<String>], container: Option<&str>) -> String {
    let words: Vec<&str> = command.iter().map(|word| word.as_str()).collect();
    match container {
        Some(container) => format!("{container}: {}", words.join(" ")),
        None => words.join(" "),
    }
}

fn risk(risk: Risk) -> &'static str {
    match risk {
        Risk::Reads => "changes nothing",
        Risk::Changes => "changes something",
        Risk::Restarts => "interrupts the service",
        Risk::LosesData => "loses data",
    }
}

/// The values of every placed service with where they come from, for `piton show --explain`.
pub fn explain_services(site: &Site, text: &str, host: Option<&str>) -> Vec<Explained> {
    let Ok(world) = World::of(site) else { return Vec::new() };
    let mut found = Vec::new();
    for seat in world.seats.iter().filter(|seat| host.is_none_or(|host| world.host(seat).name == host)) {
        let service = world.name(seat);
        for (name, form) in &seat.form.values {
            let Some(value) = form.set.as_ref().or(form.default.as_ref()) else { continue };
            let origin = match (&value.origin, form.set.is_some()) {
                (Origin::Written(span), true) => {
                    let line = text.bytes().take(span.range.start).filter(|byte| *byte == b'\n').count() + 1;
                    format!("{}:{line}", span.file)
                }
                _ => format!("service {}", *world.placement(seat).is),
            };
            let told = match &value.value {
                serde_json::Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let key = format!("services.{service}.values.{name}");
            let span = value.origin.span().filter(|_| form.set.is_some()).cloned();
            found.push(Explained { host: world.host(seat).name.clone(), key, value: told, origin, span });
        }
    }
    found
}
