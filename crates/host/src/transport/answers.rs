//! What a session says, until a moment: whoever reads stops reading then.
//!
//! [`super::patience`] ends ssh, and usually its pipe with it. But a proxy command, a master
//! connection or sudo may hold the pipe and go on printing, so the reader has a clock of its own.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use std::io::{self, ErrorKind, Read};
use std::process::ChildStdout;
use std::time::Instant;

pub(crate) struct Answers {
    pipe: ChildStdout,
    until: Option<Instant>,
}

impl Answers {
    pub(super) fn of(pipe: ChildStdout) -> Answers {
        Answers { pipe, until: None }
    }

    pub(super) fn read_until(&mut self, moment: Option<Instant>) {
        self.until = moment;
    }

    pub(super) fn is_too_late(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() >= until)
    }
}

impl Read for Answers {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(until) = self.until {
            wait(&self.pipe, until)?;
        }
        self.pipe.read(buffer)
    }
}

/// Waits until there is something to read, or nobody left to write it.
fn wait(pipe: &ChildStdout, until: Instant) -> io::Result<()> {
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let left = Timespec::try_from(left).ok().filter(|_| !left.is_zero()).ok_or(ErrorKind::TimedOut)?;
        match poll(&mut [PollFd::new(pipe, PollFlags::IN)], Some(&left)) {
            Ok(0) => return Err(ErrorKind::TimedOut.into()),
            Err(Errno::INTR) => {}
            Ok(_) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}
