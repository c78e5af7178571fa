//! Automatic security updates: unattended-upgrades and the apt timers' switches.

use super::{Kind, SeenFiles, file_differences, written};
use crate::{Difference, FileSpec};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Updates {
    /// /etc/apt/apt.conf.d/50unattended-upgrades and 20auto-upgrades.
    pub files: Vec<FileSpec>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    pub files: SeenFiles,
}

impl Kind for Updates {
    type Observed = Observed;
    const NAME: &'static str = "updates";

    fn name(&self) -> String {
        "unattended".into()
    }

    fn differences(&self, seen: &Observed) -> Vec<Difference> {
        file_differences(&self.files, &seen.files)
    }

    fn is_absent(&self, seen: &Observed) -> bool {
        seen.files.is_empty()
    }

    fn settled(&self, _seen: &Observed) -> Observed {
        Observed { files: written(&self.files) }
    }

    fn packages(&self) -> &'static [&'static str] {
        &["unattended-upgrades"]
    }
}
