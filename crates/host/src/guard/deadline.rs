//! Until when a change may stay open: a point on a clock that nobody can set.
//!
//! `CLOCK_BOOTTIME` counts on through every jump of the wall clock and through sleep. It begins
//! anew at boot, so the point lies in /run, which does too; it also needs no disk that may be full.

use crate::own;
use crate::system::{Fault, System};
use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

const FOLDER: &str = "/run/piton";
const FILE: &str = "/run/piton/deadline";

/// Gives the change this much time from now on.
pub(crate) fn extend(system: &System, by: Duration) -> Result<(), Fault> {
    own::make_folder(system, FOLDER)?;
    let until = now() + by;
    own::write(system, FILE, until.as_millis().to_string().as_bytes())
}

/// How much time is left. Where no point can be read there is none: a host that is put back for
/// nothing can be changed again, one that waits for ever cannot.
pub(super) fn left(system: &System) -> Duration {
    let text = own::read(system, FILE).ok().flatten().and_then(|bytes| String::from_utf8(bytes).ok());
    let until = text.and_then(|text| text.trim().parse().ok()).map(Duration::from_millis);
    until.unwrap_or_default().saturating_sub(now())
}

/// This moment on that clock.
pub(crate) fn now() -> Duration {
    let now = clock_gettime(ClockId::Boottime);
    let seconds = u64::try_from(now.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(now.tv_nsec).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_that_was_set_is_left_and_one_that_was_not_has_passed() {
        let folder = tempfile::tempdir().unwrap();
        let system = System::at(folder.path());
        assert_eq!(left(&system), Duration::ZERO);
        extend(&system, Duration::from_secs(600)).unwrap();
        let left_now = left(&system);
        assert!(left_now > Duration::from_secs(500) && left_now <= Duration::from_secs(600), "{left_now:?}");
        std::fs::write(folder.path().join("run/piton/deadline"), "soon").unwrap();
        assert_eq!(left(&system), Duration::ZERO);
    }
}
