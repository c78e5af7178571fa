//! The keys that a version of OpenClaw takes, read from `data/openclaw-VERSION.keys`.

use std::collections::HashMap;
use std::sync::OnceLock;

/// What may stand in one map.
#[derive(Debug, Default)]
pub(super) struct Keys {
    below: HashMap<&'static str, Keys>,
    /// Whatever is written is taken.
    pub(super) takes_anything: bool,
}

impl Keys {
    pub(super) fn below(&self, name: &str) -> Option<&Keys> {
        self.below.get(name).or_else(|| self.below.get("*").filter(|_| name != "[]"))
    }

    /// Whether maps are taken here at all.
    pub(super) fn has_keys(&self) -> bool {
        self.below.keys().any(|name| *name != "[]")
    }
}

pub(super) static TREES: OnceLock<Vec<(&'static str, Keys)>> = OnceLock::new();

pub(super) fn read() -> Vec<(&'static str, Keys)> {
    [
        ("2026.2.17", include_str!("../../../data/openclaw-2026.2.17.keys")),
        ("2026.9.6", include_str!("../../../data/openclaw-2026.9.6.keys")),
    ]
    .into_iter()
    .map(|(version, text)| (version, tree(text)))
    .collect()
}

fn tree(text: &'static str) -> Keys {
    let mut root = Keys::default();
    let mut path: Vec<&'static str> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let bare = line.trim_start();
        path.truncate(line.len() - bare.len());
        let (name, anything) = bare.strip_suffix(" !").map_or((bare, false), |name| (name, true));
        let parent = path.iter().try_fold(&mut root, |keys, name| keys.below.get_mut(name));
        if let Some(parent) = parent {
            parent.below.insert(name, Keys { below: HashMap::new(), takes_anything: anything });
        }
        path.push(name);
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_list_says_what_its_version_takes() {
        for (version, keys) in read() {
            let path = |names: &[&str]| names.iter().try_fold(&keys, |keys, name| keys.below(name)).is_some();
            assert!(path(&["gateway", "auth", "token"]), "{version}");
            assert!(!path(&["gateway", "nonsense"]), "{version}");
            assert_eq!(path(&["tools", "web", "fetch", "readability"]), version != "2026.2.17");
            assert!(keys.below("channels").is_some_and(|channels| channels.takes_anything), "{version}");
        }
    }
}
