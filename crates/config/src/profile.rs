//! piton's own layers: the defaults and the profiles, TOML like the user's, embedded.

use crate::Origin;
use crate::tree::{Table, read_embedded};

const DEFAULT: &str = include_str!("../profiles/default.toml");
const HARDENED: &str = include_str!("../profiles/hardened.toml");

/// What `profile = "…"` takes. `none` brings nothing.
pub(crate) const NAMES: &[&str] = &["hardened", "none"];

/// One of piton's own layers.
#[derive(Debug, Default)]
pub(crate) struct Layer {
    pub(crate) table: Table,
    /// The sections that the layer brings, also where the site does not have them.
    brings: Vec<String>,
}

impl Layer {
    pub(crate) fn defaults() -> Self {
        Layer::read(DEFAULT, Origin::Default)
    }

    /// Gives a profile by name; an unknown one was reported already and brings nothing.
    pub(crate) fn profile(name: &str) -> Self {
        match name {
            "hardened" => Layer::read(HARDENED, Origin::Profile(name.to_owned())),
            _ => Layer::default(),
        }
    }

    fn read(text: &str, origin: Origin) -> Self {
        let mut table = read_embedded(text, origin);
        let brings = table
            .get("brings")
            .map(|node| node.list().iter().filter_map(|name| name.text().map(str::to_owned)).collect());
        table.entries.retain(|entry| entry.key != "brings");
        Layer { table, brings: brings.unwrap_or_default() }
    }

    pub(crate) fn brings(&self, section: &str) -> bool {
        self.brings.iter().any(|name| name == section)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys;
    use crate::problem::Problems;
    use crate::shape;

    #[test]
    fn our_own_layers_pass_the_check_that_a_site_file_must_pass() {
        for name in ["default", "hardened"] {
            let mut layer = if name == "default" { Layer::defaults() } else { Layer::profile(name) };
            assert!(!layer.table.entries.is_empty(), "{name}.toml was not read");
            let mut problems = Problems::default();
            shape::check_layer(&mut layer.table, &mut problems);
            assert!(problems.is_empty(), "{name}.toml: {:?}", problems.sorted());
            assert!(layer.brings.iter().all(|section| keys::section(section).is_some()));
        }
    }
}
