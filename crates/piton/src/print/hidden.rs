//! A line typed at the terminal without being shown.

use piton_secrets::Secret;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use std::io::{self, BufRead};
use zeroize::Zeroizing;

/// Gives the terminal its echo back, whatever happens.
struct Echo(Termios);

impl Drop for Echo {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &self.0);
    }
}

pub(super) fn line() -> Option<Secret> {
    let before = tcgetattr(io::stdin()).ok()?;
    let mut quiet = before.clone();
    quiet.local_modes.remove(LocalModes::ECHO);
    tcsetattr(io::stdin(), OptionalActions::Flush, &quiet).ok()?;
    let _echo = Echo(before);
    let mut line = Zeroizing::new(String::new());
    io::stdin().lock().read_line(&mut line).ok()?;
    let typed = line.trim_end_matches(['\n', '\r']);
    (!typed.is_empty()).then(|| Secret::new(typed))
}
