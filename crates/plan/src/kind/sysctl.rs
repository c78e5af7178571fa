//! Kernel parameters: a file under /etc/sysctl.d for the next boot, and the live values.

use super::{Kind, SeenFiles, file_differences, written};
use crate::{Difference, Effect, FileSpec, Verb};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sysctl {
    /// The file's name under /etc/sysctl.d.
    pub file: String,
    pub values: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    pub files: SeenFiles,
    /// The live values; a parameter that this kernel does not have is missing.
    pub live: BTreeMap<String, String>,
}

impl Sysctl {
    pub fn spec(&self) -> FileSpec {
        let lines: String = self.values.iter().map(|(key, value)| format!("{key} = {value}\n")).collect();
        FileSpec::of_root(format!("/etc/sysctl.d/{}", self.file), lines)
    }
}

impl Kind for Sysctl {
    type Observed = Observed;
    const NAME: &'static str = "sysctl";

    fn name(&self) -> String {
        self.file.clone()
    }

    fn differences(&self, seen: &Observed) -> Vec<Difference> {
        let mut found = file_differences(&[self.spec()], &seen.files);
        for (key, value) in &self.values {
            found.extend(match seen.live.get(key) {
                Some(live) => Difference::between(key, live, value),
                None => Some(Difference::add(key, value)),
            });
        }
        found
    }

    fn is_absent(&self, seen: &Observed) -> bool {
        seen.files.is_empty()
    }

    fn settled(&self, _seen: &Observed) -> Observed {
        Observed { files: written(&[self.spec()]), live: self.values.clone() }
    }

    fn effect(&self, _verb: Verb, _seen: &Observed) -> Effect {
        Effect { guarded: self.values.keys().any(|key| key.starts_with("net.")), ..Effect::default() }
    }
}
