//! Ctrl-C: what must still be done, and the words that say where things stand.
//!
//! Hosts need nothing from here: a session that ends in the middle of a change makes the host put
//! it back. What a command made on this machine is taken down by what it registered.

use crate::exit::Exit;
use crate::print::Screen;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static CHANGING: AtomicBool = AtomicBool::new(false);

/// From now on hosts may be in the middle of a change.
pub(crate) fn hosts_are_changing() {
    CHANGING.store(true, Ordering::SeqCst);
}

/// Whether any host was ever asked to change something.
pub(crate) fn is_anything_changed() -> bool {
    CHANGING.load(Ordering::SeqCst)
}

/// Ends the process with exit code 130 on Ctrl-C, after `last` has done what it must and said in a
/// line where things stand. A second Ctrl-C does not wait for it.
pub(crate) fn on_interrupt(screen: &Screen, last: impl FnOnce() -> String + Send + 'static) {
    let screen = screen.clone();
    // Without it Ctrl-C still ends the process; only the words are missing.
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM, SIGHUP]) else { return };
    thread::spawn(move || {
        if signals.forever().next().is_none() {
            return;
        }
        INTERRUPTED.store(true, Ordering::SeqCst);
        screen.say("");
        thread::spawn(move || {
            if signals.forever().next().is_some() {
                std::process::exit(Exit::Interrupted.code().into());
            }
        });
        let words = last();
        screen.say(&format!("Interrupted. {words}"));
        std::process::exit(Exit::Interrupted.code().into());
    });
}

pub(crate) fn is_interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Leaves the end of the process to the thread that heard Ctrl-C.
pub(crate) fn wait_if_interrupted() {
    while is_interrupted() {
        thread::park();
    }
}
