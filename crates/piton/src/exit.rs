//! What the exit code means, decided in this one place.
//!
//! The codes are promised to scripts: they never change their meaning. Several outcomes at once
//! give the worst of them, in the order of [`Exit::severity`].

use piton_host::fleet::{HostOutcome, HostReport};
use piton_host::system::FaultCode;
use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Done,
    Failed,
    Usage,
    Changes,
    Unreachable,
    Reverted,
    Locked,
    Unknown,
    Bug,
    Interrupted,
    /// A command that piton ran ended so, and that is passed on.
    Command(u8),
}

/// Every exit and what it means, as `piton help exit-codes` and the reference page say it.
pub const MEANINGS: [(Exit, &str); 10] = [
    (Exit::Done, "done, or there was nothing to do"),
    (Exit::Failed, "found something, or failed for a reason you can fix; what was begun has been put back"),
    (Exit::Usage, "wrong usage, or the site file cannot be used"),
    (Exit::Changes, "`piton plan --exit-code`: there are changes"),
    (Exit::Unreachable, "some hosts could not be reached, or wait for one that could not; the others were done"),
    (Exit::Reverted, "applied, but a service was not healthy or no new connection confirmed it, so it was put back"),
    (Exit::Locked, "somebody else is changing a host; the message says who, why and since when"),
    (Exit::Unknown, "the outcome is not known, or putting back failed; the message says what to look at"),
    (Exit::Bug, "a bug in piton"),
    (Exit::Interrupted, "interrupted; hosts put an unfinished change back by themselves"),
];

impl Exit {
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Changes => 3,
            Exit::Unreachable => 4,
            Exit::Reverted => 5,
            Exit::Locked => 6,
            Exit::Unknown => 7,
            Exit::Bug => 70,
            Exit::Interrupted => 130,
            Exit::Command(code) => code,
        }
    }

    /// How much it matters beside others: 7 over 5 over 1 over 6 over 4 over 0.
    fn severity(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Changes => 1,
            Exit::Unreachable => 2,
            Exit::Locked => 3,
            Exit::Usage => 4,
            Exit::Failed | Exit::Command(_) => 5,
            Exit::Reverted => 6,
            Exit::Unknown => 7,
            Exit::Interrupted => 8,
            Exit::Bug => 9,
        }
    }

    /// The one of the two that matters more.
    pub fn worse(self, other: Exit) -> Exit {
        if other.severity() > self.severity() { other } else { self }
    }

    /// That of a command whose work was kept.
    pub fn of_command(status: Option<i32>) -> Exit {
        match status.map(u8::try_from) {
            Some(Ok(0)) => Exit::Done,
            Some(Ok(code)) => Exit::Command(code),
            _ => Exit::Failed,
        }
    }

    /// What the outcome of one host is worth.
    pub fn of(outcome: &HostOutcome) -> Exit {
        match outcome {
            HostOutcome::Unchanged | HostOutcome::Kept { .. } => Exit::Done,
            HostOutcome::Undone { because } if because.code == FaultCode::OperatorGone => Exit::Interrupted,
            HostOutcome::Undone { because } if because.code == FaultCode::Unhealthy => Exit::Reverted,
            HostOutcome::Undone { .. } | HostOutcome::Refused { .. } | HostOutcome::Untouched => Exit::Failed,
            HostOutcome::Reverted { .. } => Exit::Reverted,
            HostOutcome::Stuck { .. } | HostOutcome::Interrupted { .. } | HostOutcome::Unknown { .. } => Exit::Unknown,
            HostOutcome::Locked { .. } => Exit::Locked,
            HostOutcome::Unreachable { .. } | HostOutcome::Waiting { .. } => Exit::Unreachable,
        }
    }

    pub fn of_all(reports: &[HostReport]) -> Exit {
        reports.iter().map(|report| Exit::of(&report.outcome)).fold(Exit::Done, Exit::worse)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use piton_host::system::Fault;

    #[test]
    fn the_worst_outcome_decides() {
        assert_eq!(Exit::Done.worse(Exit::Unreachable), Exit::Unreachable);
        assert_eq!(Exit::Unknown.worse(Exit::Failed), Exit::Unknown);
        assert_eq!(Exit::Failed.worse(Exit::Reverted), Exit::Reverted);
        assert_eq!(Exit::Locked.worse(Exit::Unreachable), Exit::Locked);
    }

    #[test]
    fn what_was_put_back_for_its_health_is_told_from_what_could_not_be_done() {
        let undone = |code| Exit::of(&HostOutcome::Undone { because: Fault::new(code, "no") }).code();
        assert_eq!(undone(FaultCode::Unhealthy), 5);
        assert_eq!(undone(FaultCode::CommandFailed), 1);
        assert_eq!(undone(FaultCode::OperatorGone), 130);
    }

    #[test]
    fn every_code_is_named_once_and_in_order() {
        let codes: Vec<u8> = MEANINGS.iter().map(|(exit, _)| exit.code()).collect();
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6, 7, 70, 130]);
    }
}
