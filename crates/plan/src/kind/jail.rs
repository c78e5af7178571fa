//! fail2ban's local jails, /etc/fail2ban/jail.local.

use super::{Kind, SeenFiles, file_differences, written};
use crate::{Difference, Effect, FileSpec, Verb};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Jail {
    /// The whole file, rendered.
    pub content: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    pub files: SeenFiles,
    pub enabled: bool,
    pub active: bool,
}

impl Jail {
    pub fn spec(&self) -> FileSpec {
        FileSpec::of_root("/etc/fail2ban/jail.local", &self.content)
    }
}

impl Kind for Jail {
    type Observed = Observed;
    const NAME: &'static str = "jail";

    fn name(&self) -> String {
        "jail.local".into()
    }

    fn differences(&self, seen: &Observed) -> Vec<Difference> {
        let mut found = file_differences(&[self.spec()], &seen.files);
        if !seen.active {
            found.push(Difference::change("fail2ban", "stopped", "running"));
        }
        if !seen.enabled {
            found.push(Difference::change("at boot", "off", "on"));
        }
        found
    }

    fn is_absent(&self, seen: &Observed) -> bool {
        seen.files.is_empty()
    }

    fn settled(&self, _seen: &Observed) -> Observed {
        Observed { files: written(&[self.spec()]), enabled: true, active: true }
    }

    fn effect(&self, _verb: Verb, _seen: &Observed) -> Effect {
        // A jail can ban the operator, so it starts after the new way in has been proved.
        Effect { guarded: true, narrows: true, restarts: vec!["fail2ban.service".into()], ..Effect::default() }
    }

    fn packages(&self) -> &'static [&'static str] {
        &["fail2ban"]
    }
}
