//! An end to waiting for a host that lets ssh in and then takes nothing, or says nothing.
//!
//! Writes to a pipe have no deadline, so the deadline is ssh's: when it passes ssh is killed, and
//! whatever was waited for fails. Nothing here knows what is waited for; reading has a clock of its
//! own, in [`super::answers`].

use rustix::fd::OwnedFd;
use rustix::process::{Signal, pidfd_send_signal};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// Ends a process unless this is dropped, or told of progress, in time.
pub(super) struct Patience {
    progress: Sender<()>,
    pub(super) limit: Duration,
}

impl Patience {
    pub(super) fn begin(process: Arc<OwnedFd>, limit: Duration) -> Patience {
        let (progress, heard) = channel();
        std::thread::spawn(move || {
            loop {
                match heard.recv_timeout(limit) {
                    Ok(()) => {}
                    Err(RecvTimeoutError::Disconnected) => return,
                    Err(RecvTimeoutError::Timeout) => {
                        let _ = pidfd_send_signal(&*process, Signal::KILL);
                        return;
                    }
                }
            }
        });
        Patience { progress, limit }
    }

    /// The time begins anew.
    pub(super) fn renew(&self) {
        // Nobody hears it once the time has run out, and then it does not matter.
        let _ = self.progress.send(());
    }
}
