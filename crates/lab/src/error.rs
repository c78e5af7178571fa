//! Everything that can go wrong in the lab, as one type.
//!
//! Each message says what is wrong and, where the lab knows it, what to do next. Nothing here decides exit codes or
//! prints; that belongs to the command line.

use std::io;
use std::path::Path;
use std::time::Duration;

/// A reason for which the lab could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LabError {
    #[error("the lab runs on Linux only: it boots its hosts on this machine's own kernel")]
    NotLinux,
    #[error("the lab needs root: it boots hosts, makes a bridge and mounts disks. Run the same command with sudo")]
    NotRoot,
    #[error("the lab needs packages that are not installed: {}. Install them with: apt-get install {}", .0.join(", "), .0.join(" "))]
    MissingPackages(Vec<&'static str>),
    #[error("this machine cannot run a lab: {0}")]
    UnusableMachine(String),
    #[error("`{name}` cannot be the name of a {what}: use 1 to 32 of a-z, 0-9 and -, beginning with a letter")]
    BadName { what: &'static str, name: String },
    #[error("there is no image `{name}`; the images are: {known}")]
    UnknownImage { name: String, known: String },
    #[error("lab `{lab}` has no host `{host}`; {}", hosts_in_words(.known))]
    NoSuchHost { lab: String, host: String, known: Vec<String> },
    #[error("host `{host}` is named twice; a lab's hosts need a name each")]
    NamedTwice { host: String },
    #[error("lab host `{host}` is off; start it with `up`")]
    HostIsOff { host: String },
    #[error("lab host `{host}` runs {is}, not {wanted}; take the lab down first, or give the host another name")]
    OtherImage { host: String, is: String, wanted: String },
    #[error("host `{host}` has no snapshot `{snapshot}`; {}", snapshots_in_words(.known))]
    NoSuchSnapshot { host: String, snapshot: String, known: Vec<String> },
    #[error("lab host `{host}` did not come up (waited {} s); its console ends with:\n{console}", .waited.as_secs())]
    NotReady { host: String, waited: Duration, console: String },
    #[error("no free network: every 10.77.N.0/24 is used by another lab or by a route of this machine")]
    NoFreeNetwork,
    #[error("lab `{lab}` has no free address left for another host")]
    NoFreeAddress { lab: String },
    #[error("the images are in use by: {}; take those labs down first", .labs.join(", "))]
    ImagesInUse { labs: Vec<String> },
    #[error("{doing} failed: {detail}")]
    Command { doing: String, detail: String },
    #[error("{doing}: {source}")]
    Io { doing: String, source: io::Error },
    #[error("{path} is damaged ({detail}); take the lab down and up again")]
    Damaged { path: String, detail: String },
}

fn hosts_in_words(known: &[String]) -> String {
    match known {
        [] => "it has none at all".to_owned(),
        known => format!("its hosts are: {}", known.join(", ")),
    }
}

fn snapshots_in_words(known: &[String]) -> String {
    match known {
        [] => "none was saved".to_owned(),
        known => format!("saved are: {}", known.join(", ")),
    }
}

/// Says what was being done when an input or output error struck.
pub(crate) trait Doing<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, LabError>;

    fn doing_with(self, verb: &str, path: &Path) -> Result<T, LabError>
    where
        Self: Sized,
    {
        self.doing(|| format!("{verb} {}", path.display()))
    }
}

impl<T, E: Into<io::Error>> Doing<T> for Result<T, E> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, LabError> {
        self.map_err(|error| LabError::Io { doing: what(), source: error.into() })
    }
}
