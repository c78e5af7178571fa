//! For how long nobody could get in: somebody logs in and becomes root, again and again.

use super::stage::Stage;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Between two tries, so that the host has time for anything else.
const PAUSE: Duration = Duration::from_millis(300);

pub(super) struct Watch {
    over: Arc<AtomicBool>,
    thread: JoinHandle<Duration>,
}

impl Watch {
    pub(super) fn begin(stage: &Stage) -> Watch {
        let over = Arc::new(AtomicBool::new(false));
        let (until, ways) = (Arc::clone(&over), [stage.login(), stage.login_at_new_port()]);
        Watch { over, thread: thread::spawn(move || longest_gap(ways, &until)) }
    }

    /// The longest time between two logins that worked, less what one takes.
    pub(super) fn end(self) -> Duration {
        self.over.store(true, Ordering::SeqCst);
        self.thread.join().unwrap_or_default()
    }
}

fn longest_gap(mut ways: [Command; 2], over: &AtomicBool) -> Duration {
    let (mut last, mut longest) = (Instant::now(), Duration::ZERO);
    let mut failed = false;
    while !over.load(Ordering::SeqCst) {
        let began = Instant::now();
        if ways.iter_mut().any(|way| way.status().is_ok_and(|status| status.success())) {
            if failed {
                longest = longest.max(began.duration_since(last));
            }
            (last, failed) = (Instant::now(), false);
        } else {
            failed = true;
        }
        thread::sleep(PAUSE);
    }
    if failed { longest.max(last.elapsed()) } else { longest }
}
