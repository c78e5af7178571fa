//! A file under /etc/sudoers.d, checked by visudo before it takes effect.

use super::{Kind, SeenFiles, file_differences, written};
use crate::{Difference, Effect, FileSpec, Verb};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sudoers {
    /// The file's name; sudo ignores names with a dot or a tilde.
    pub name: String,
    pub content: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    pub files: SeenFiles,
}

impl Sudoers {
    pub fn file(&self) -> FileSpec {
        FileSpec::of_root(format!("/etc/sudoers.d/{}", self.name), &self.content).with_mode(0o440)
    }
}

impl Kind for Sudoers {
    type Observed = Observed;
    const NAME: &'static str = "sudoers";

    fn name(&self) -> String {
        self.name.clone()
    }

    fn differences(&self, seen: &Observed) -> Vec<Difference> {
        file_differences(&[self.file()], &seen.files)
    }

    fn is_absent(&self, seen: &Observed) -> bool {
        seen.files.is_empty()
    }

    fn settled(&self, _seen: &Observed) -> Observed {
        Observed { files: written(&[self.file()]) }
    }

    fn effect(&self, verb: Verb, _seen: &Observed) -> Effect {
        Effect { guarded: verb != Verb::Add, narrows: verb != Verb::Add, ..Effect::default() }
    }

    fn packages(&self) -> &'static [&'static str] {
        &["sudo"]
    }
}
