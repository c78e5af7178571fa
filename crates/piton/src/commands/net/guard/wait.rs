//! What a guarded command is waited for with: its own end, a key, the journal, a signal, a deadline.
//!
//! All of them are descriptors, so one `poll` hears whichever comes first.

use super::gone;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::print::Screen;
use piton_host::network_state::command::{ConfirmBy, End, Guarded};
use piton_host::system::{Fault, FaultCode};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, BorrowedFd};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::low_level::pipe;
use std::cell::Cell;
use std::fs::File;
use std::io::Read;
use std::os::unix::net::UnixStream;
use std::process::Child;
use std::time::{Duration, Instant};

/// Ways to be heard from, open for as long as this lives.
pub(super) struct Waiting {
    /// Ctrl-C, which the command has heard too.
    interrupts: UnixStream,
    /// Whether it was heard before the command had ended.
    interrupted: Cell<bool>,
    ends: UnixStream,
    /// Nobody has to act on it: that the terminal has gone does not end the guard.
    _hangup: UnixStream,
    terminal: Option<Terminal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    CommandEnded,
    Signal,
    Other,
    Nothing,
}

pub(super) enum Confirmed {
    Yes,
    /// Somebody else ended it.
    Already(End),
    No(Fault),
}

impl Waiting {
    pub(super) fn begin(confirm_by: ConfirmBy) -> Result<Waiting, Failure> {
        let terminal = match confirm_by {
            ConfirmBy::Key => Some(Terminal::open()?),
            _ => None,
        };
        let failed = |error: std::io::Error| Failure::new(Exit::Failed, "net/signals", error.to_string(), "try again");
        let hear = |signal| -> Result<UnixStream, Failure> {
            let (heard, sender) = UnixStream::pair().map_err(failed)?;
            heard.set_nonblocking(true).map_err(failed)?;
            pipe::register(signal, sender).map_err(failed)?;
            Ok(heard)
        };
        Ok(Waiting {
            interrupts: hear(SIGINT)?,
            interrupted: Cell::new(false),
            ends: hear(SIGTERM)?,
            _hangup: hear(SIGHUP)?,
            terminal,
        })
    }

    /// Waits for the command's own end. Ctrl-C is the command's to answer.
    pub(super) fn for_command(&self, child: &Child, limit: Duration) -> Result<Heard, Fault> {
        let ended = pidfd_open(Pid::from_child(child), PidfdFlags::empty()).map_err(cannot_wait)?;
        let heard = hear(ended.as_fd(), &[&self.ends], Instant::now() + limit)?;
        self.interrupted.set(drain(&self.interrupts));
        Ok(match heard {
            Heard::Other => Heard::CommandEnded,
            other => other,
        })
    }

    /// Whether Ctrl-C was pressed while the command ran.
    pub(super) fn was_interrupted(&self) -> bool {
        self.interrupted.get()
    }

    /// Waits until a new ssh session has confirmed it.
    pub(super) fn for_session(
        &self,
        guarded: &Guarded,
        timeout: Duration,
        screen: &Screen,
    ) -> Result<Confirmed, Fault> {
        let journal = guarded.journal_events()?;
        let own = std::env::current_exe().map(|path| path.display().to_string()).unwrap_or_else(|_| "piton".into());
        screen.say(&format!("piton: to keep this, log in anew within {} s and say there:", timeout.as_secs()));
        screen.say(&format!("piton:   sudo {own} net confirm"));
        let until = Instant::now() + timeout;
        loop {
            if let Some(end) = guarded.ended() {
                return Ok(Confirmed::Already(end));
            }
            match self.hear(journal.as_fd(), until)? {
                Heard::Signal => return Ok(Confirmed::No(gone("it was told to end before it was confirmed"))),
                Heard::Nothing => return Ok(Confirmed::No(gone("no new ssh session confirmed it in time"))),
                _ => {
                    drain(&journal);
                }
            }
        }
    }

    /// Waits for a key, and then looks whether what answered before still does.
    pub(super) fn for_key(
        &self,
        guarded: &Guarded,
        timeout: Duration,
        status: Option<i32>,
        screen: &Screen,
    ) -> Result<Confirmed, Fault> {
        let Some(terminal) = &self.terminal else { return Ok(Confirmed::No(gone("there is no terminal"))) };
        if let Some(status @ 1..) = status {
            screen.say(&format!("piton: the command failed with {status}"));
        }
        screen.say(&format!("piton: press any key within {} s to keep this", timeout.as_secs()));
        let _raw = terminal.key_by_key()?;
        match self.hear(terminal.file.as_fd(), Instant::now() + timeout)? {
            Heard::Signal => Ok(Confirmed::No(gone("it was told to end before it was confirmed"))),
            Heard::Nothing => Ok(Confirmed::No(gone("nobody pressed a key in time"))),
            // A terminal that is gone is readable too, and has no key.
            _ if !matches!((&terminal.file).read(&mut [0; 64]), Ok(1..)) => {
                Ok(Confirmed::No(gone("the terminal was lost")))
            }
            _ => Ok(guarded.hold().map_or_else(Confirmed::No, |()| Confirmed::Yes)),
        }
    }

    /// Asks the probes until they hold or the time is over: a network needs a moment to settle. While
    /// something of the command goes on, only the answer at the end of that time counts.
    pub(super) fn for_probes(&self, guarded: &Guarded, timeout: Duration) -> Result<Confirmed, Fault> {
        let until = Instant::now() + timeout;
        let quiet = guarded.journal_events()?;
        loop {
            let held = guarded.hold();
            let over = Instant::now() >= until;
            match held {
                Ok(()) if over || !guarded.goes_on() => return Ok(Confirmed::Yes),
                Err(fault) if over => return Ok(Confirmed::No(fault)),
                _ => {}
            }
            let again = (Instant::now() + Duration::from_secs(1)).min(until);
            if self.hear(quiet.as_fd(), again)? == Heard::Signal {
                return Ok(Confirmed::No(gone("it was told to end before it was confirmed")));
            }
        }
    }

    fn hear(&self, other: BorrowedFd<'_>, until: Instant) -> Result<Heard, Fault> {
        hear(other, &[&self.interrupts, &self.ends], until)
    }
}

fn hear(other: BorrowedFd<'_>, signals: &[&UnixStream], until: Instant) -> Result<Heard, Fault> {
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let mut all = vec![PollFd::from_borrowed_fd(other, PollFlags::IN)];
        all.extend(signals.iter().map(|signal| PollFd::new(signal, PollFlags::IN)));
        match poll(&mut all, Timespec::try_from(left).ok().as_ref()) {
            Ok(0) => return Ok(Heard::Nothing),
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(error) => return Err(cannot_wait(error)),
        }
        return Ok(match all.first().is_some_and(|other| !other.revents().is_empty()) {
            true => Heard::Other,
            false => Heard::Signal,
        });
    }
}

fn cannot_wait(error: Errno) -> Fault {
    Fault::new(FaultCode::Unsupported, "cannot wait for the command").because(error)
}

/// Takes what is there, and says whether there was anything.
fn drain(events: impl AsFd) -> bool {
    let mut some = [0; 4096];
    let mut was_any = false;
    while matches!(rustix::io::read(&events, &mut some), Ok(1..)) {
        was_any = true;
    }
    was_any
}

/// The terminal that the command was started from, whatever stdin is.
struct Terminal {
    file: File,
}

/// As long as it lives, keys come one by one and unseen.
struct KeyByKey<'a> {
    file: &'a File,
    before: Termios,
}

impl Terminal {
    fn open() -> Result<Terminal, Failure> {
        let opened = File::options().read(true).write(true).open("/dev/tty");
        opened.map(|file| Terminal { file }).map_err(|error| {
            let what = format!("nobody can press a key here: {error}");
            Failure::usage(what, "start it from a terminal, or say `--confirm-by ssh` or `probe`")
        })
    }

    fn key_by_key(&self) -> Result<KeyByKey<'_>, Fault> {
        let before = tcgetattr(&self.file).map_err(cannot_wait)?;
        let mut raw = before.clone();
        raw.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
        // What was typed while the command ran was not meant for this.
        tcsetattr(&self.file, OptionalActions::Flush, &raw).map_err(cannot_wait)?;
        Ok(KeyByKey { file: &self.file, before })
    }
}

impl Drop for KeyByKey<'_> {
    fn drop(&mut self) {
        let _ = tcsetattr(self.file, OptionalActions::Flush, &self.before);
    }
}
