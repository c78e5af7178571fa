//! What can go wrong on a host, in the words of the person who has to mend it.
//!
//! A [`Fault`] travels over the wire to the operator, so it is plain data. It never holds a
//! secret: whoever makes one from a program's output passes it only that program's stderr.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::Path;

/// Something that could not be done on a host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{what}{}", Because(.because))]
pub struct Fault {
    pub code: FaultCode,
    /// What could not be done, as one sentence without a full stop.
    pub what: String,
    /// What the system said, or what was found instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// What to do next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The same may well succeed when it is tried again.
    #[serde(default)]
    pub retry: bool,
}

/// The class of a fault; stable, since scripts and tests match on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultCode {
    DiskFull,
    ReadOnly,
    NotPermitted,
    /// The file system refused in another way.
    FileSystem,
    MissingProgram,
    CommandFailed,
    TimedOut,
    /// A validator said no to the candidate; nothing was changed.
    Refused,
    /// It was done, and yet the host does not behave so.
    NotEffective,
    /// After an undo something is not as it was.
    NotRestored,
    /// What lies on the host cannot be understood.
    Unreadable,
    /// This host cannot do this at all.
    Unsupported,
    /// Somebody else holds what is needed right now.
    Busy,
    /// The host, or the change, is not as the plan was made for.
    Stale,
    /// The other half said something that it must not say now.
    Protocol,
    /// The operator's side is gone.
    OperatorGone,
    /// What the change started did not come up well.
    Unhealthy,
    /// There is nothing of that sort on this host.
    Nothing,
}

struct Because<'a>(&'a Option<String>);

impl fmt::Display for Because<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(because) => write!(out, ": {because}"),
            None => Ok(()),
        }
    }
}

impl Fault {
    pub fn new(code: FaultCode, what: impl Into<String>) -> Fault {
        Fault { code, what: what.into(), because: None, help: None, retry: false }
    }

    pub fn because(mut self, because: impl fmt::Display) -> Fault {
        self.because = Some(because.to_string());
        self
    }

    pub fn help(mut self, help: impl Into<String>) -> Fault {
        self.help = Some(help.into());
        self
    }

    pub fn retry(mut self) -> Fault {
        self.retry = true;
        self
    }

    /// What keeps piton from looking at a place that a user may block. It is seen as something in
    /// the way, not as a host that cannot be read: else any user could stop all planning.
    pub(crate) fn in_the_way(&self) -> Option<String> {
        match self.code {
            FaultCode::Refused => Some("link on the way".to_owned()),
            FaultCode::NotPermitted => Some("place closed to root".to_owned()),
            _ => None,
        }
    }

    /// A file system call that failed: `what` names the attempt, such as "cannot write".
    pub fn file(what: &str, path: &Path, error: impl Into<std::io::Error>) -> Fault {
        let error = error.into();
        let (code, help) = match error.raw_os_error().map(rustix::io::Errno::from_raw_os_error) {
            Some(rustix::io::Errno::NOSPC | rustix::io::Errno::DQUOT) => {
                (FaultCode::DiskFull, Some("free some space on that file system (`df -h`, `df -i`), then apply again"))
            }
            Some(rustix::io::Errno::ROFS) => {
                let help = "find out why the file system is read-only (`dmesg`, `mount`) before anything else";
                (FaultCode::ReadOnly, Some(help))
            }
            Some(rustix::io::Errno::ACCESS | rustix::io::Errno::PERM) => (
                FaultCode::NotPermitted,
                Some("see whether the file is immutable (`lsattr`) or a security module denies it"),
            ),
            _ => (FaultCode::FileSystem, None),
        };
        let fault = Fault::new(code, format!("{what} {}", path.display())).because(error);
        Fault { help: help.map(str::to_owned), ..fault }
    }
}
