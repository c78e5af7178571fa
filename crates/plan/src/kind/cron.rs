//! An entry under /etc/cron.d.

use super::{Kind, SeenFiles, file_differences, written};
use crate::{Difference, FileSpec};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cron {
    /// The file's name; cron ignores names with a dot.
    pub name: String,
    /// Five fields, or `@daily` and the like.
    pub schedule: String,
    pub user: String,
    pub command: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    pub files: SeenFiles,
}

impl Cron {
    pub fn spec(&self) -> FileSpec {
        // Cron's default PATH lacks /usr/local and the sbin folders, the usual reason a job that
        // works by hand fails at night.
        let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        let line = format!("SHELL=/bin/sh\n{path}\n{} {} {}\n", self.schedule, self.user, self.command);
        FileSpec::of_root(format!("/etc/cron.d/{}", self.name), line)
    }
}

impl Kind for Cron {
    type Observed = Observed;
    const NAME: &'static str = "cron";

    fn name(&self) -> String {
        self.name.clone()
    }

    fn differences(&self, seen: &Observed) -> Vec<Difference> {
        file_differences(&[self.spec()], &seen.files)
    }

    fn is_absent(&self, seen: &Observed) -> bool {
        seen.files.is_empty()
    }

    fn settled(&self, _seen: &Observed) -> Observed {
        Observed { files: written(&[self.spec()]) }
    }

    fn packages(&self) -> &'static [&'static str] {
        &["cron"]
    }
}
