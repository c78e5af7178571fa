//! The reading end of a program's output: never blocks, never grows past its bound.

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::{Errno, read};

/// What one pipe brought so far.
pub(super) struct Pipe {
    /// None once it was closed at the other end.
    fd: Option<OwnedFd>,
    bytes: Vec<u8>,
    most: usize,
    /// How far lines were passed on already.
    told: usize,
    /// More came than is kept; what is kept is the end.
    pub(super) overflowed: bool,
}

impl Pipe {
    pub(super) fn new(fd: Option<OwnedFd>, most: usize) -> Pipe {
        // A pipe that cannot be made non-blocking is not read at all: output lost is better than
        // a host half that hangs.
        let fd = fd.filter(|fd| {
            let flags = fcntl_getfl(fd).unwrap_or(OFlags::empty());
            fcntl_setfl(fd, flags | OFlags::NONBLOCK).is_ok()
        });
        Pipe { fd, bytes: Vec::new(), most, told: 0, overflowed: false }
    }

    pub(super) fn fd(&self) -> Option<BorrowedFd<'_>> {
        self.fd.as_ref().map(AsFd::as_fd)
    }

    /// Takes what is there, and passes on the lines that are whole.
    pub(super) fn read(&mut self, hear: &mut dyn FnMut(&str)) {
        let mut buffer = [0u8; 16 << 10];
        // A bounded number of times, so that a program that never stops printing still meets its
        // deadline; a full pipe holds a sixteenth of this.
        for _ in 0..64 {
            let Some(fd) = &self.fd else { return };
            match read(fd, &mut buffer) {
                Ok(0) => self.fd = None,
                Ok(count) => self.keep(buffer.get(..count).unwrap_or_default(), hear),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return,
                Err(_) => self.fd = None,
            }
        }
    }

    fn keep(&mut self, new: &[u8], hear: &mut dyn FnMut(&str)) {
        self.bytes.extend_from_slice(new);
        while let Some(rest) = self.bytes.get(self.told..)
            && let Some(end) = rest.iter().position(|byte| *byte == b'\n')
        {
            hear(&String::from_utf8_lossy(rest.get(..end).unwrap_or_default()));
            self.told += end + 1;
        }
        if self.bytes.len() > self.most {
            self.overflowed = true;
            let surplus = self.bytes.len() - self.most;
            self.bytes.drain(..surplus);
            self.told = self.told.saturating_sub(surplus);
        }
    }

    /// Takes what is still there after the program's end, and passes on a last line without end.
    pub(super) fn finish(mut self, hear: &mut dyn FnMut(&str)) -> Pipe {
        self.read(hear);
        if let Some(rest) = self.bytes.get(self.told..)
            && !rest.is_empty()
        {
            hear(&String::from_utf8_lossy(rest));
        }
        self
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}
