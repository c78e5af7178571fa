//! What happens to a change at the place where it was stopped.

use super::Trouble;
use super::stage::{HOST, Stage};
use crate::failure::Failure;
use rustix::time::{ClockId, Timespec, clock_gettime, clock_settime};
use std::process::Child;
use std::time::Duration;

/// Has the host half go on where a drill stopped it.
const GO_ON: &str = "mkdir -p -m 700 /run/piton; touch /run/piton/drill-goes-on";

/// Returns when nobody has to do with the change any more. The lock alone says too little: of all
/// that wait for it, this line may be the first to have it, before the guard.
pub(super) const UNTIL_CLOSED: &str = "timeout 300 sh -c 'until flock /var/lib/piton/lock.change \
     test ! -e /var/lib/piton/guard/armed.json; do sleep 0.1; done'";

const DAY: i64 = 86_400;

/// Lets it happen; answers what it found wrong by itself.
pub(super) fn happen(trouble: Trouble, stage: &Stage, operator: &mut Child) -> Result<Vec<String>, Failure> {
    let mut wrong = Vec::new();
    match trouble {
        Trouble::KillHalf => drop(stage.console("pkill -KILL -f 'host --stdi[o]'")?),
        Trouble::KillOperator => {
            // Its own words are not wanted any more.
            let _ = operator.kill();
            stage.console(UNTIL_CLOSED)?;
        }
        Trouble::CutLink => {
            stage.lab().unplug(HOST)?;
            stage.console(GO_ON)?;
            stage.console(UNTIL_CLOSED)?;
            stage.lab().plug(HOST)?;
        }
        Trouble::Reboot => stage.lab().reboot(HOST)?,
        Trouble::PowerCut => stage.lab().crash(HOST)?,
        Trouble::FillDisk => {
            // To the last byte of a disk that is smaller than that, and only then does the change go on.
            stage.console(&format!("head -c 64M /dev/zero > /var/lib/piton/drill-fill 2>/dev/null; {GO_ON}"))?;
        }
        Trouble::ClockJump => {
            let jumped = Jumped::by(DAY)?;
            stage.console("sleep 3")?;
            jumped.again(-2 * DAY)?;
            stage.console("sleep 3")?;
        }
        Trouble::OwnFolderGone => drop(stage.console(&format!("rm -rf /var/lib/piton; {GO_ON}"))?),
        Trouble::SecondOperator => {
            let second = stage.piton(&["apply", "--lab", "--yes"])?;
            let words = String::from_utf8_lossy(&second.stdout);
            if second.status.code() != Some(6) || !words.contains("locked by") {
                wrong.push(format!("the second operator was not told of the first: {words}"));
            }
            stage.console(GO_ON)?;
        }
    }
    Ok(wrong)
}

/// Gives the host a small disk under piton's own folder, with what lies there.
pub(super) fn small_disk(stage: &Stage) -> Result<(), Failure> {
    let line = "set -e; cd /var/lib; size=$(du -sk piton | cut -f1); cp -a piton /run/drill-piton; \
                mount -t tmpfs -o mode=700,size=$((size + 3072))k tmpfs /var/lib/piton; \
                cp -a /run/drill-piton/. /var/lib/piton/; rm -rf /run/drill-piton; echo made";
    match stage.console(line)?.trim() {
        "made" => Ok(()),
        said => Err(Failure::usage(format!("the host could not be given a small disk: {said}"), "look at its console")),
    }
}

pub(super) fn large_disk(stage: &Stage) -> Result<(), Failure> {
    let line = "rm -f /var/lib/piton/drill-fill /run/piton/drill-goes-on; cp -a /var/lib/piton /run/drill-piton; \
                umount -l /var/lib/piton; cp -a /run/drill-piton/. /var/lib/piton/; rm -rf /run/drill-piton";
    stage.console(line).map(drop)
}

/// The machine's wall clock, off by some seconds until this is dropped.
struct Jumped {
    real: Timespec,
    since: Timespec,
}

impl Jumped {
    fn by(seconds: i64) -> Result<Jumped, Failure> {
        let jumped = Jumped { real: clock_gettime(ClockId::Realtime), since: clock_gettime(ClockId::Boottime) };
        jumped.set(seconds)?;
        Ok(jumped)
    }

    fn again(&self, seconds: i64) -> Result<(), Failure> {
        self.set(DAY + seconds)
    }

    /// What it would be by now, and so many seconds beside that.
    fn set(&self, off: i64) -> Result<(), Failure> {
        let as_duration = |time: Timespec| {
            Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
        };
        let passed = as_duration(clock_gettime(ClockId::Boottime)).saturating_sub(as_duration(self.since));
        let now = as_duration(self.real) + passed;
        let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX).saturating_add(off);
        let time = Timespec { tv_sec: seconds, tv_nsec: i64::from(now.subsec_nanos()) };
        clock_settime(ClockId::Realtime, time).map_err(|error| {
            Failure::usage(format!("the machine's clock cannot be set: {error}"), "this drill needs to, for seconds")
        })
    }
}

impl Drop for Jumped {
    fn drop(&mut self) {
        // Nothing can be done about it here; the next synchronisation sets it right.
        let _ = self.set(0);
    }
}
