//! `piton net guard` and `piton net confirm`: any command, kept only when somebody confirms it.
//!
//! This process is the one that acts first; the guard on the machine is there for when it does not
//! live. It goes on when its terminal is gone: whoever lost it may come back by another way.

mod wait;

use super::failure;
use crate::arguments::net::NetGuardArguments;
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::print::{Screen, json};
use piton_host::lock::Taken;
use piton_host::network_state::command::{self, ConfirmBy, End, Guarded, Order};
use piton_host::system::{Fault, FaultCode, System};
use serde_json::json;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use wait::{Heard, Waiting};

pub(super) fn run(system: &System, arguments: &NetGuardArguments, screen: &Screen) -> Ended {
    if let Some(program) = arguments.command.first().filter(|program| !is_there(program)) {
        let what = format!("there is no program `{}`", program.to_string_lossy());
        return Err(Failure::new(
            Exit::Usage,
            "net/command",
            what,
            "is it installed, and on PATH? nothing was armed or run",
        ));
    }
    let argv: Vec<String> = arguments.command.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let order = Order {
        argv: argv.clone(),
        confirm_by: arguments.confirm_by.into(),
        outside: arguments.outside.addresses(),
        operator: crate::errand::operator(),
        limit: arguments.limit,
        timeout: arguments.timeout,
    };
    let waiting = Waiting::begin(order.confirm_by)?;
    let mut guarded = match Guarded::arm(system, &order).map_err(|fault| failure(&fault))? {
        Taken::Mine(guarded) => guarded,
        Taken::Theirs(holder) => {
            let what = format!("{} is changing this host for {} s: {}", holder.operator, holder.age, holder.reason);
            return Err(Failure::new(Exit::Locked, "net/locked", what, "wait until that has ended"));
        }
    };
    let (status, end, because) = match carry_out(&mut guarded, &order, &waiting, screen) {
        Ok(ended) => ended,
        // Whatever went wrong here, nothing of it may stay.
        Err(fault) => {
            let end = guarded.revert(&fault).unwrap_or_else(End::Unknown);
            (None, end, Some(fault))
        }
    };
    drop(waiting);
    tell(screen, &argv, status, &end, because.as_ref())
}

/// Whether a command's first word can be started at all, as a shell would look for it.
fn is_there(program: &OsStr) -> bool {
    let runs = |path: PathBuf| {
        path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
    };
    match program.as_bytes().contains(&b'/') {
        true => runs(program.into()),
        false => std::env::var_os("PATH")
            .is_some_and(|path| std::env::split_paths(&path).any(|folder| runs(folder.join(program)))),
    }
}

type Outcome = (Option<i32>, End, Option<Fault>);

fn carry_out(guarded: &mut Guarded, order: &Order, waiting: &Waiting, screen: &Screen) -> Result<Outcome, Fault> {
    let mut child = guarded.start()?;
    let heard = waiting.for_command(&child, order.limit)?;
    if heard != Heard::CommandEnded {
        let because = gone(match heard {
            Heard::Signal => "it was told to end before the command had",
            _ => "the command was not done in the time it was given",
        });
        let end = guarded.revert(&because)?;
        let _ = child.wait();
        return Ok((None, end, Some(because)));
    }
    let ended = child.wait();
    let status = ended.as_ref().ok().and_then(std::process::ExitStatus::code);
    guarded.ran(status)?;
    let failed = failed(status, order.confirm_by, waiting.was_interrupted());
    if let Some(failed) = failed {
        let because = Fault::new(FaultCode::CommandFailed, failed);
        return Ok((status, guarded.revert(&because)?, Some(because)));
    }
    let confirmed = match order.confirm_by {
        ConfirmBy::Ssh => waiting.for_session(guarded, order.timeout, screen)?,
        ConfirmBy::Key => waiting.for_key(guarded, order.timeout, status, screen)?,
        ConfirmBy::Probe => waiting.for_probes(guarded, order.timeout)?,
    };
    Ok(match confirmed {
        wait::Confirmed::Yes => (status, guarded.keep()?, None),
        wait::Confirmed::Already(end) => (status, end, None),
        wait::Confirmed::No(because) => (status, guarded.revert(&because)?, Some(because)),
    })
}

/// Why what the command did is put back without asking anybody.
fn failed(status: Option<i32>, confirm_by: ConfirmBy, interrupted: bool) -> Option<String> {
    match (status, confirm_by) {
        (None, _) => Some("a signal ended the command".to_owned()),
        // Whoever pressed Ctrl-C does not want to keep half of it; a command that made use of the key did not fail.
        (Some(1..), _) if interrupted => Some("it was interrupted before the command had ended".to_owned()),
        // Half of its work would stay, and nobody is asked.
        (Some(status @ 1..), ConfirmBy::Probe) => Some(format!("the command failed (exit code {status})")),
        _ => None,
    }
}

fn gone(what: &str) -> Fault {
    Fault::new(FaultCode::OperatorGone, what)
}

fn tell(screen: &Screen, argv: &[String], status: Option<i32>, end: &End, because: Option<&Fault>) -> Ended {
    let (exit, word) = match end {
        End::Kept => (Exit::of_command(status), "kept"),
        End::Reverted => (Exit::Reverted, "reverted"),
        End::Unknown(_) => (Exit::Unknown, "unknown"),
    };
    if screen.is_json() {
        let fields = json!({ "event": "result", "exit": exit.code(), "outcome": word, "command": argv, "status": status,
                             "because": because.map(ToString::to_string) });
        screen.event(&json::object("piton.net.guard/1", fields));
    }
    let because = because.map(|fault| format!(": {fault}")).unwrap_or_default();
    match end {
        End::Kept => screen.say("piton: kept."),
        End::Reverted => screen.say(&format!("piton: the network was put back as it was before{because}")),
        End::Unknown(fault) => {
            screen.say(&format!("piton: {fault}{because}"));
            screen.say("piton: the guard goes on putting it back; `journalctl -u piton-guard` says how that went");
        }
    }
    Ok(exit)
}

pub(super) fn confirm(system: &System, screen: &Screen) -> Ended {
    command::confirm(system).map_err(|fault| failure(&fault))?;
    match screen.is_json() {
        true => screen.answer_json(&json::object("piton.net.confirm/1", json!({ "outcome": "kept" }))),
        false => screen.answer("Confirmed: what the command did stays.\n"),
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_failed_is_put_back_with_its_exit_code_where_nobody_is_asked() {
        assert_eq!(failed(Some(7), ConfirmBy::Probe, false).as_deref(), Some("the command failed (exit code 7)"));
        assert_eq!(failed(Some(7), ConfirmBy::Ssh, false), None);
        assert_eq!(failed(Some(0), ConfirmBy::Probe, true), None);
        assert!(failed(None, ConfirmBy::Key, false).is_some());
    }

    #[test]
    fn a_program_is_looked_for_as_a_shell_does() {
        assert!(is_there(OsStr::new("sh")));
        assert!(is_there(OsStr::new("/bin/sh")));
        assert!(!is_there(OsStr::new("nosuchprogram")));
        assert!(!is_there(OsStr::new("/etc/passwd")), "it may not be run");
        assert!(!is_there(OsStr::new("/bin")), "a folder");
    }

    #[test]
    fn after_ctrl_c_nobody_is_asked_whether_half_of_it_may_stay() {
        for confirm_by in [ConfirmBy::Ssh, ConfirmBy::Key, ConfirmBy::Probe] {
            assert!(failed(Some(2), confirm_by, true).is_some_and(|why| why.contains("interrupted")));
        }
    }
}
