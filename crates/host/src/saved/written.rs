//! When a file was written. Put back with the file, and compared with nothing: a program that writes the
//! same again, as ufw does at every reload, has changed nothing.

use rustix::fs::{Stat, Timespec};
use serde::{Deserialize, Serialize};

/// Seconds and billionths; none in what was saved before this was.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Written(Option<(i64, i64)>);

impl PartialEq for Written {
    fn eq(&self, _: &Written) -> bool {
        true
    }
}

impl Eq for Written {}

impl Written {
    pub(super) fn of(stat: &Stat) -> Written {
        Written(Some((stat.st_mtime, i64::try_from(stat.st_mtime_nsec).unwrap_or_default())))
    }

    pub(super) fn is_unknown(&self) -> bool {
        self.0.is_none()
    }

    pub(super) fn at(&self) -> Option<Timespec> {
        self.0.map(|(tv_sec, tv_nsec)| Timespec { tv_sec, tv_nsec })
    }

    /// Whether this is another moment than that one, and both are known.
    pub(super) fn differs(&self, other: &Written) -> bool {
        self.0.is_some() && other.0.is_some() && self.0 != other.0
    }
}
