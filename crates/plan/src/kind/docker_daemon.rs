//! The Docker daemon's own settings, /etc/docker/daemon.json.

use super::{Kind, SeenFiles, file_differences, written};
use crate::{Difference, Effect, FileSpec, Verb};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DockerDaemon {
    /// The JSON, rendered.
    pub content: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    pub files: SeenFiles,
    pub running: bool,
}

impl DockerDaemon {
    pub fn spec(&self) -> FileSpec {
        FileSpec::of_root("/etc/docker/daemon.json", &self.content)
    }
}

impl Kind for DockerDaemon {
    type Observed = Observed;
    const NAME: &'static str = "docker_daemon";

    fn name(&self) -> String {
        "daemon.json".into()
    }

    fn differences(&self, seen: &Observed) -> Vec<Difference> {
        let mut found = file_differences(&[self.spec()], &seen.files);
        if !seen.running {
            found.push(Difference::change("docker", "stopped", "running"));
        }
        found
    }

    fn is_absent(&self, seen: &Observed) -> bool {
        seen.files.is_empty()
    }

    fn settled(&self, _seen: &Observed) -> Observed {
        Observed { files: written(&[self.spec()]), running: true }
    }

    fn effect(&self, _verb: Verb, _seen: &Observed) -> Effect {
        // Docker writes bridges and filter rules of its own when it starts.
        Effect { guarded: true, restarts: vec!["docker.service".into()], ..Effect::default() }
    }
}
