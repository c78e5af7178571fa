//! The environment of a service, and the variables that Compose puts into its file.

use super::Service;
use crate::project::Project;
use piton_config::read::{Document, Kind, Value};
use std::collections::{HashMap, HashSet};

/// One variable of a service's environment.
#[derive(Clone, Debug)]
pub(crate) struct Variable<'a> {
    pub(crate) name: &'a str,
    /// With variables put in; none where it is handed through from outside.
    pub(crate) value: Option<String>,
    /// Its value, or the whole item of a list.
    pub(crate) place: Value<'a>,
    /// Whether it stands in the Compose file itself.
    pub(crate) inline: bool,
}

/// What `.env` beside a Compose file says.
pub(crate) type Settings<'a> = HashMap<&'a str, &'a str>;

pub(super) fn settings<'a>(project: &Project<'a>, document: &Document) -> Settings<'a> {
    let file = project.beside(document, ".env").filter(|file| file.kind == Kind::Env);
    let entries = file.into_iter().flat_map(|file| file.root().entries());
    entries.filter_map(|(key, value)| Some((key.text()?, value.text().unwrap_or_default()))).collect()
}

/// Puts variables in as Compose does; one that has no value stays as it is written.
pub(crate) fn interpolate(text: &str, settings: &Settings) -> String {
    if !text.contains('$') {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some(dollar) = rest.find('$') {
        out.push_str(&rest[..dollar]);
        rest = &rest[dollar + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some((inside, after)) = braces(rest) {
            match resolve(inside, settings) {
                Some(value) => out.push_str(&value),
                None => out.push_str(&format!("${{{inside}}}")),
            }
            rest = after;
        } else {
            let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(rest.len());
            match settings.get(&rest[..end]) {
                Some(value) if end > 0 => out.push_str(value),
                _ => {
                    out.push('$');
                    out.push_str(&rest[..end]);
                }
            }
            rest = &rest[end..];
        }
    }
    out.push_str(rest);
    out
}

/// What stands between braces, and what follows them; braces may lie in each other.
fn braces(text: &str) -> Option<(&str, &str)> {
    let body = text.strip_prefix('{')?;
    let mut depth = 1;
    for (position, letter) in body.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((&body[..position], &body[position + 1..]));
        }
    }
    None
}

fn resolve(inside: &str, settings: &Settings) -> Option<String> {
    let end = inside.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(inside.len());
    let (name, rest) = inside.split_at(end);
    let known = settings.get(name).copied();
    let full = known.filter(|value| !value.is_empty());
    let fallback = |text: &str| (!text.contains("${")).then(|| text.to_owned());
    match rest {
        "" => known.map(str::to_owned),
        _ if rest.starts_with(":-") => full.map(str::to_owned).or_else(|| fallback(&rest[2..])),
        _ if rest.starts_with('-') => known.map(str::to_owned).or_else(|| fallback(&rest[1..])),
        _ if rest.starts_with(":?") || rest.starts_with('?') => known.map(str::to_owned),
        _ => None,
    }
}

/// What the service's environment holds: its own lines first, then those of its env files.
pub(super) fn read<'a>(project: &Project<'a>, service: &Service<'a>, settings: &Settings) -> Vec<Variable<'a>> {
    let mut found: Vec<Variable<'a>> = Vec::new();
    let mut known: HashSet<&str> = HashSet::new();
    let mut add = |variable: Variable<'a>| {
        if known.insert(variable.name) {
            found.push(variable);
        }
    };
    for layer in service.layers.iter().filter_map(|layer| layer.get("environment")) {
        for (key, value) in layer.entries() {
            if let Some(name) = key.text() {
                let text = value.text().map(|text| interpolate(text, settings));
                add(Variable { name, value: text, place: value, inline: true });
            }
        }
        for item in layer.items() {
            let Some(text) = item.text() else { continue };
            let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
            let value = value.map(|value| interpolate(value, settings));
            add(Variable { name, value, place: item, inline: true });
        }
    }
    for file in service.all("env_file") {
        let name = file.text().or_else(|| file.get("path").and_then(Value::text));
        let Some(document) = name.and_then(|name| project.beside(file.document(), name)) else { continue };
        if document.kind != Kind::Env {
            continue;
        }
        for (key, value) in document.root().entries() {
            if let Some(name) = key.text() {
                let text = value.text().map(str::to_owned);
                add(Variable { name, value: text, place: value, inline: false });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_put_in_as_compose_does() {
        let settings = Settings::from([("TAG", "18"), ("EMPTY", "")]);
        let put = |text: &str| interpolate(text, &settings);
        assert_eq!(put("postgres:${TAG}"), "postgres:18");
        assert_eq!(put("postgres:$TAG-alpine"), "postgres:18-alpine");
        assert_eq!(put("x:${NO:-17}"), "x:17");
        assert_eq!(put("x:${EMPTY:-17}/${EMPTY-17}"), "x:17/");
        assert_eq!(put("x:${NO}"), "x:${NO}");
        assert_eq!(put("x:${NO:?say it}"), "x:${NO:?say it}");
        assert_eq!(put("a$$b"), "a$b");
        assert_eq!(put("${A:-${B}}"), "${A:-${B}}");
        assert_eq!(put("end$"), "end$");
    }
}
