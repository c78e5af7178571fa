//! An end to waiting for a host that lets ssh in and then says nothing, or never stops talking.
//!
//! Reads and writes of pipes have no deadlines, so the deadline is ssh's: when it passes ssh is
//! killed, and whatever was waited for fails. Nothing here knows what is waited for.

use rustix::fd::OwnedFd;
use rustix::process::{Signal, pidfd_send_signal};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// Ends a process unless this is dropped, or told of progress, in time.
pub(super) struct Patience {
    progress: Sender<()>,
    ran_out: Arc<AtomicBool>,
    pub(super) limit: Duration,
}

impl Patience {
    pub(super) fn begin(process: Arc<OwnedFd>, limit: Duration) -> Patience {
        let (progress, heard) = channel();
        let ran_out = Arc::new(AtomicBool::new(false));
        let tell = Arc::clone(&ran_out);
        std::thread::spawn(move || {
            loop {
                match heard.recv_timeout(limit) {
                    Ok(()) => {}
                    Err(RecvTimeoutError::Disconnected) => return,
                    Err(RecvTimeoutError::Timeout) => {
                        tell.store(true, Ordering::SeqCst);
                        let _ = pidfd_send_signal(&*process, Signal::KILL);
                        return;
                    }
                }
            }
        });
        Patience { progress, ran_out, limit }
    }

    /// The time begins anew.
    pub(super) fn renew(&self) {
        // Nobody hears it once the time has run out, and then it does not matter.
        let _ = self.progress.send(());
    }

    pub(super) fn has_run_out(&self) -> bool {
        self.ran_out.load(Ordering::SeqCst)
    }
}
