//! Any command under the guard: the network it finds is what the host goes back to.
//!
//! A change like any other in the journal, but with one step that nobody but the command knows. Its
//! prior state is the network. The guard is armed before the command starts; the command runs in a
//! scope of its own, so that it can be ended with all that it started; and nothing stays that is not
//! confirmed: by a new ssh session, a key on the terminal, or the probes that held before.

use super::probes::Health;
use crate::guard::{self, Leave, probes::Probes};
use crate::journal::{self, Change, Journal, Record, now};
use crate::ledger::Ledger;
use crate::lock::{self, Begun, Share, Taken, Turn};
use crate::saved::{self, Footprint, Settle, Subject};
use crate::session_of::Session;
use crate::system::{Fault, FaultCode, System};
use crate::undo::{self, Ending};
use crate::wire::Outcome;
use crate::{half, own};
use piton_plan::{Digest, HostPlan, Login, ways_in};
use rustix::fd::OwnedFd;
use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::process::{Child, Command as Process};
use std::time::Duration;

/// What the guard allows beyond what was agreed, so that this process, while it lives, acts first.
const GRACE: Duration = Duration::from_secs(10);

/// How long putting back may take before the guard takes it over.
const RESTORING: Duration = Duration::from_secs(120);

/// Who says that the change may stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmBy {
    /// `piton net confirm` in an ssh session that began after the command had ended.
    Ssh,
    /// A key, on the terminal that the command was started from.
    Key,
    /// What answered before answers still.
    Probe,
}

/// What is to be guarded, as the journal has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    pub argv: Vec<String>,
    pub confirm_by: ConfirmBy,
    /// What of the network worked before, and the addresses outside that were tried.
    pub health: Health,
    pub outside: Vec<SocketAddr>,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Order {
    pub argv: Vec<String>,
    pub confirm_by: ConfirmBy,
    pub outside: Vec<SocketAddr>,
    /// Who asks, for the lock and the journal.
    pub operator: String,
    /// How long the command may take.
    pub limit: Duration,
    /// How long after its end it may be confirmed.
    pub timeout: Duration,
}

/// A command whose guard is armed.
pub struct Guarded {
    system: System,
    change: Change,
    journal: Journal,
    turn: Option<Turn>,
    /// More than one where the command took the lock's file away, and it was made anew.
    shares: Vec<Share>,
    leave: Leave,
    timeout: Duration,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    Kept,
    Reverted,
    /// Putting back did not come to its end here; the guard goes on with it.
    Unknown(Fault),
}

impl Guarded {
    /// Writes down what there is, and arms the guard. Nothing may be changed before this returned.
    pub fn arm(system: &System, order: &Order) -> Result<Taken<Guarded>, Fault> {
        own::make_folder(system, own::FOLDER)?;
        let reason = format!("net guard: {}", order.argv.join(" "));
        let Begun { turn, share } = match lock::begin(system, (&order.operator, &reason), false, &|| false)? {
            Taken::Mine(begun) => begun,
            Taken::Theirs(holder) => return Ok(Taken::Theirs(holder)),
        };
        // The command has a scope of its own, by which the guard ends it.
        let turn = turn.to_itself()?;
        half::close_interrupted(system)?;
        let (health, before) = std::thread::scope(|scope| {
            let health = scope.spawn(|| Health::take(system, &order.outside));
            let before = Probes::take(system);
            (health.join().unwrap_or_default(), before)
        });
        let footprint = footprint();
        let saved = saved::save(system, &footprint)?;
        let command =
            Command { argv: order.argv.clone(), confirm_by: order.confirm_by, health, outside: order.outside.clone() };
        let ledger = Ledger::read(system)?;
        let plan = without_steps(ledger.generation);
        let change = Change::new((order.operator.clone(), reason), String::new(), plan, ledger, true)?;
        let plan_id = Digest::of_json(&(&change.nonce, &command)).as_str().to_owned();
        let change = Change { plan_id, command: Some(command), ..change };
        let journal = Journal::begin(system, &change)?;
        let leave = Leave::guarded(system, &change, order.limit + GRACE).inspect_err(|_| {
            // What never began shall not look like something that was cut short.
            let _ = journal::forget(system, &change);
        })?;
        let (system, timeout) = (system.clone(), order.timeout);
        let mut guarded = Guarded { system, change, journal, turn: Some(turn), shares: vec![share], leave, timeout };
        let connection = Session::of_caller().map(|session| session.connection).unwrap_or_default();
        guarded.note(Record::Began { at: now(), connection })?;
        guarded.note(Record::Probed { before })?;
        guarded.note(Record::Saved { step: 0, saved, settle: footprint.settle })?;
        Ok(Taken::Mine(guarded))
    }

    /// Starts the command, with this process's own stdin, stdout and stderr.
    pub fn start(&self) -> Result<Child, Fault> {
        let unit = scope(self.change.generation);
        let mut process = Process::new("systemd-run");
        process.args(["--scope", "--collect", "--quiet", "--unit", &unit, "--"]);
        let argv = self.change.command.as_ref().map(|command| command.argv.as_slice()).unwrap_or_default();
        process.args(argv).spawn().map_err(|error| {
            Fault::new(FaultCode::CommandFailed, "cannot start the command in a scope of its own").because(error)
        })
    }

    /// The command has ended: from now on it waits to be confirmed, by whoever has the right to.
    pub fn ran(&mut self, status: Option<i32>) -> Result<(), Fault> {
        self.leave.extend(&self.system, self.timeout + GRACE)?;
        if !journal::has(&self.system, &self.change) {
            self.write_again()?;
        }
        self.note(Record::Ran {
            status,
            since_boot: guard::deadline::now().as_millis().try_into().unwrap_or_default(),
        })?;
        self.turn = None;
        Ok(())
    }

    /// The command took piton's own folder along. Whoever confirms, or comes after a boot, looks there; and
    /// who finds the change there shall find it locked.
    fn write_again(&mut self) -> Result<(), Fault> {
        own::make_folder(&self.system, own::FOLDER)?;
        let who = (self.change.operator.as_str(), self.change.reason.as_str());
        if let Taken::Mine(Begun { turn, share }) = lock::begin(&self.system, who, true, &|| false)? {
            self.turn = Some(turn.to_itself()?);
            self.shares.push(share);
        }
        self.journal = journal::rewrite(&self.system, &self.change)?;
        guard::rearm(&self.system, &self.change)
    }

    /// Something to wait for: readable when the journal of this change goes on.
    pub fn journal_events(&self) -> Result<OwnedFd, Fault> {
        let watched = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).and_then(|watch| {
            inotify::add_watch(&watch, self.journal.path(&self.system), WatchFlags::MODIFY)?;
            Ok(watch)
        });
        watched.map_err(|error| Fault::new(FaultCode::FileSystem, "cannot watch the journal").because(error))
    }

    /// How it ended, if it has, by whoever ended it.
    pub fn ended(&self) -> Option<End> {
        match journal::latest(&self.system).ok().flatten().filter(|latest| latest.plan_id == self.change.plan_id) {
            Some(latest) => match latest.outcome() {
                Outcome::Open => None,
                Outcome::Kept => Some(End::Kept),
                Outcome::Undone | Outcome::RolledBack => Some(End::Reverted),
                Outcome::Interrupted => Some(End::Unknown(not_whole())),
            },
            None => Some(End::Unknown(not_whole())),
        }
    }

    /// Whether what answered before answers now: of this host itself, and of its network.
    pub fn hold(&self) -> Result<(), Fault> {
        hold(&self.system, &self.change)
    }

    /// Whether something that the command started goes on without it, and may still change something.
    pub fn goes_on(&self) -> bool {
        self.system.unit(&scope(self.change.generation)).is_ok_and(|unit| unit.is_active())
    }

    /// Keeps the change, on the word of a key or of the probes.
    pub fn keep(&mut self) -> Result<End, Fault> {
        if !self.take_turn()? {
            return Ok(self.ended().unwrap_or_else(|| End::Unknown(not_whole())));
        }
        keep(&self.system, &mut self.change, &mut self.journal)?;
        Ok(End::Kept)
    }

    /// Ends the command if it still runs, and puts the network back.
    pub fn revert(&mut self, because: &Fault) -> Result<End, Fault> {
        // Without time the guard would end this process in the middle of doing its work.
        let _ = self.leave.extend(&self.system, RESTORING);
        if !self.take_turn()? {
            return Ok(self.ended().unwrap_or_else(|| End::Unknown(not_whole())));
        }
        let undone = undo::put_back(&self.system, &mut self.change, &mut self.journal, because, &mut |_| {});
        undo::close(&self.system, &mut self.change, &mut self.journal, &undone, Ending::MayTryAgain)?;
        Ok(match undone {
            Ok(()) => End::Reverted,
            Err(fault) => End::Unknown(fault),
        })
    }

    /// False: it has ended by another's hand meanwhile.
    fn take_turn(&mut self) -> Result<bool, Fault> {
        if self.turn.is_none() {
            match lock::resume(&self.system, RESTORING)? {
                Taken::Mine((turn, _)) => self.turn = Some(turn),
                Taken::Theirs(_) => return Ok(false),
            }
            if self.ended().is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn note(&mut self, record: Record) -> Result<(), Fault> {
        undo::note(&mut self.change, &mut self.journal, record)
    }
}

/// All that a guarded command may cut one off by.
fn footprint() -> Footprint {
    let units = ways_in::running_units().map(|unit| Subject::Unit(unit.to_owned()));
    let whole = Footprint::of([Subject::Network, Subject::SshFiles, Subject::SshPorts].into_iter().chain(units));
    let settled = whole.settled_by(Settle::DaemonReload).settled_by(Settle::Restart("ssh.socket".into()));
    settled.settled_by(Settle::Reload("ssh.service".into()))
}

/// Says that the command that waits here may keep what it did; from a new ssh session only.
pub fn confirm(system: &System) -> Result<(), Fault> {
    let waiting = |change: &Change| change.outcome() == Outcome::Open && change.command.is_some();
    let nothing = || {
        Fault::new(FaultCode::Nothing, "no guarded command waits here to be confirmed")
            .help("start one with `piton net guard -- COMMAND`")
    };
    let change = journal::latest(system)?.filter(waiting).ok_or_else(nothing)?;
    let is_by_ssh = change.command.as_ref().is_some_and(|command| command.confirm_by == ConfirmBy::Ssh);
    if !is_by_ssh {
        let what = "this command is confirmed where it was started, not by an ssh session";
        return Err(Fault::new(FaultCode::Refused, what).help("start it with `--confirm-by ssh` for that"));
    }
    may_confirm(&change, Session::of_caller().as_ref())?;
    let (_turn, _share) = match lock::resume(system, Duration::ZERO)? {
        Taken::Mine(locks) => locks,
        Taken::Theirs(_) => return Err(nothing()),
    };
    let mut change = journal::latest(system)?.filter(waiting).ok_or_else(nothing)?;
    let mut journal = Journal::resume(system, &change)?;
    hold(system, &change)?;
    keep(system, &mut change, &mut journal)
}

/// Only a session whose connection was made after the command had ended has proved anything.
fn may_confirm(change: &Change, session: Option<&Session>) -> Result<(), Fault> {
    let help = "log in anew, over a connection of its own (`ssh -o ControlPath=none HOST`), and confirm there";
    let Some(session) = session else {
        return Err(
            Fault::new(FaultCode::Refused, "this is no ssh session, so it does not prove that one gets in").help(help)
        );
    };
    let ran = change.records.iter().find_map(|record| match record {
        Record::Ran { since_boot, .. } => Some(Duration::from_millis(*since_boot)),
        _ => None,
    });
    let Some(ran) = ran else {
        return Err(Fault::new(FaultCode::Refused, "the command still runs").help("confirm once it has ended"));
    };
    // The kernel tells when a process began in hundredths.
    let is_newer = session.began + Duration::from_millis(10) >= ran;
    if !is_newer || change.connections().any(|earlier| earlier == session.connection) {
        let what =
            "this ssh connection is older than the end of the command, so it does not prove that one still gets in";
        return Err(Fault::new(FaultCode::Refused, what).help(help));
    }
    Ok(())
}

fn hold(system: &System, change: &Change) -> Result<(), Fault> {
    if let Some(before) = change.probed() {
        before.hold(system)?;
    }
    match &change.command {
        Some(command) => Health::take(system, &command.outside).hold_since(&command.health),
        None => Ok(()),
    }
}

fn keep(system: &System, change: &mut Change, journal: &mut Journal) -> Result<(), Fault> {
    change.after().write(system)?;
    undo::note(change, journal, Record::Ended { outcome: Outcome::Kept, at: now() })?;
    guard::disarm(system)
}

fn not_whole() -> Fault {
    Fault::new(FaultCode::NotRestored, "the network could not be put back whole")
        .help("`journalctl -u piton-guard` says why, `piton net verify` what works")
}

/// The step is the command's alone, so the plan that the journal wants has none.
fn without_steps(parent: u64) -> HostPlan {
    HostPlan {
        host: String::new(),
        login: Login { address: String::new(), user: None, port: None },
        parent,
        observed: Digest::of(b""),
        stages: Vec::new(),
        forget: Vec::new(),
        waits: Vec::new(),
        destroys: Vec::new(),
    }
}

fn scope(generation: u64) -> String {
    format!("piton-guarded-{generation}.scope")
}

/// Ends a guarded command with all that it started, at once: what goes on would undo the undoing.
pub(crate) fn end(system: &System, generation: u64) {
    let unit = scope(generation);
    let group = system.path(&format!("/sys/fs/cgroup/system.slice/{unit}"));
    if !group.is_dir() {
        return;
    }
    // An older kernel has no such file; systemd then signals one by one.
    let killed = std::fs::write(group.join("cgroup.kill"), "1");
    if killed.is_err() {
        let _ = system.systemctl(&["kill", "--signal=KILL", &unit]);
    }
    // Comes back when nothing is left of it.
    let _ = system.systemctl(&["stop", &unit]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(records: Vec<Record>) -> Change {
        let change = Change::new(<_>::default(), "id".into(), without_steps(3), Ledger::default(), true).unwrap();
        Change { records, ..change }
    }

    fn session(connection: &str, began: u64) -> Session {
        Session { connection: connection.into(), began: Duration::from_millis(began) }
    }

    #[test]
    fn only_a_connection_that_was_made_after_the_command_may_confirm() {
        let began = Record::Began { at: 0, connection: "192.0.2.1 1000 192.0.2.2 22".into() };
        let ran = Record::Ran { status: Some(0), since_boot: 5000 };
        let waiting = change(vec![began.clone(), ran]);
        assert_eq!(may_confirm(&waiting, Some(&session("192.0.2.1 1001 192.0.2.2 22", 5500))), Ok(()));
        let refused = [
            (&waiting, None),
            (&waiting, Some(session("192.0.2.1 1000 192.0.2.2 22", 6000))),
            (&waiting, Some(session("192.0.2.1 999 192.0.2.2 22", 4000))),
        ];
        for (change, session) in refused {
            assert_eq!(may_confirm(change, session.as_ref()).unwrap_err().code, FaultCode::Refused, "{session:?}");
        }
        let still = change(vec![began]);
        let fault = may_confirm(&still, Some(&session("192.0.2.1 1001 192.0.2.2 22", 9000))).unwrap_err();
        assert!(fault.what.contains("still runs"));
    }
}
