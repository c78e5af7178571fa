//! Mounts, short and long form.

use super::variable::{Settings, interpolate};
use piton_config::read::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MountKind {
    Bind,
    Volume,
    Temporary,
    /// A volume without a name: a new one for each new container.
    Anonymous,
}

#[derive(Clone, Debug)]
pub(crate) struct Mount<'a> {
    /// The item as written.
    pub(crate) value: Value<'a>,
    pub(crate) source: Option<String>,
    pub(crate) target: String,
    pub(crate) kind: MountKind,
    pub(crate) read_only: bool,
}

impl<'a> Mount<'a> {
    pub(super) fn read(value: Value<'a>, settings: &Settings) -> Option<Mount<'a>> {
        if value.is_map() {
            return Mount::long(value, settings);
        }
        let written = interpolate(value.text()?, settings);
        // A colon in `${NAME:-default}` that has no value parts nothing.
        let mut parts: Vec<String> = Vec::new();
        let mut depth = 0;
        let mut part = String::new();
        for letter in written.chars() {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if letter == ':' && depth == 0 {
                parts.push(std::mem::take(&mut part));
            } else {
                part.push(letter);
            }
        }
        parts.push(part);
        let read_only = parts.get(2).is_some_and(|options| options.split(',').any(|option| option == "ro"));
        let (source, target) = match parts.as_slice() {
            [target] => (None, target.clone()),
            [source, target, ..] => (Some(source.clone()), target.clone()),
            [] => return None,
        };
        let kind = match source.as_deref() {
            None => MountKind::Anonymous,
            Some(source) if source.starts_with(['/', '.', '~', '$']) => MountKind::Bind,
            Some(_) => MountKind::Volume,
        };
        Some(Mount { value, source, target, kind, read_only })
    }

    fn long(value: Value<'a>, settings: &Settings) -> Option<Mount<'a>> {
        let text = |key: &str| value.get(key).and_then(Value::text).map(|text| interpolate(text, settings));
        let source = text("source").or_else(|| text("src"));
        let kind = match text("type").as_deref() {
            Some("bind") => MountKind::Bind,
            Some("tmpfs") => MountKind::Temporary,
            _ if source.is_none() => MountKind::Anonymous,
            _ => MountKind::Volume,
        };
        let read_only = value.get("read_only").is_some_and(Value::is_true);
        Some(Mount { value, source, target: text("target").or_else(|| text("dst"))?, kind, read_only })
    }

    /// One of `configs`, whose file is named at the top of the Compose file.
    pub(super) fn config(value: Value<'a>, settings: &Settings) -> Option<Mount<'a>> {
        let name = value.text().or_else(|| value.get("source")?.text())?;
        let file = value.document().roots().find_map(|root| root.get("configs")?.get(name)?.get("file")?.text())?;
        let target = value.get("target").and_then(Value::text).map_or_else(|| format!("/{name}"), str::to_owned);
        let source = Some(interpolate(file, settings));
        Some(Mount { value, source, target, kind: MountKind::Bind, read_only: true })
    }

    /// Whether it is a path of the host, and one of these.
    pub(crate) fn is_host_path(&self, paths: &[&str]) -> bool {
        let source = self.source.as_deref().unwrap_or_default();
        let bare = if source == "/" { "/" } else { source.trim_end_matches('/') };
        self.kind == MountKind::Bind && paths.contains(&bare)
    }
}
