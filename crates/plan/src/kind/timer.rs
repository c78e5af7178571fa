//! A systemd timer with the service it starts.

use super::{Kind, SeenFiles, file_differences, written};
use crate::{Difference, FileSpec};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timer {
    pub name: String,
    /// An `OnCalendar=` expression.
    pub calendar: String,
    pub user: String,
    pub command: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    pub files: SeenFiles,
    pub enabled: bool,
    pub active: bool,
}

impl Timer {
    pub fn unit(&self) -> String {
        format!("{}.timer", self.name)
    }

    pub fn specs(&self) -> Vec<FileSpec> {
        let service = format!(
            "[Unit]\nDescription={0} (piton)\n\n[Service]\nType=oneshot\nUser={1}\nExecStart={2}\n",
            self.name, self.user, self.command
        );
        // Persistent: a host that was off at the hour makes up for it.
        let timer = format!(
            "[Unit]\nDescription={0} (piton)\n\n[Timer]\nOnCalendar={1}\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n",
            self.name, self.calendar
        );
        let folder = "/etc/systemd/system";
        vec![
            FileSpec::of_root(format!("{folder}/{}.service", self.name), service),
            FileSpec::of_root(format!("{folder}/{}", self.unit()), timer),
        ]
    }
}

impl Kind for Timer {
    type Observed = Observed;
    const NAME: &'static str = "timer";

    fn name(&self) -> String {
        self.name.clone()
    }

    fn differences(&self, seen: &Observed) -> Vec<Difference> {
        let mut found = file_differences(&self.specs(), &seen.files);
        if !seen.enabled {
            found.push(Difference::change("at boot", "off", "on"));
        }
        if !seen.active {
            found.push(Difference::change("timer", "stopped", "running"));
        }
        found
    }

    fn is_absent(&self, seen: &Observed) -> bool {
        seen.files.is_empty()
    }

    fn settled(&self, _seen: &Observed) -> Observed {
        Observed { files: written(&self.specs()), enabled: true, active: true }
    }
}
