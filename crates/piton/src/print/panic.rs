//! What a bug looks like from outside: one honest sentence, and exit code 70.

use crate::exit::Exit;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::Write;

/// Makes every panic end the process with words instead of a trace.
pub(crate) fn install() {
    std::panic::set_hook(Box::new(|panic| {
        let payload = panic.payload();
        let said = payload.downcast_ref::<&str>().copied();
        let said = said.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no reason given");
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let mut text = format!(
            "error[bug]: this is a bug in piton {}: {said} ({place})\n\
             help: hosts put an unfinished change back by themselves; please report this with the command you ran\n",
            env!("CARGO_PKG_VERSION")
        );
        let trace = Backtrace::capture();
        if trace.status() == BacktraceStatus::Captured {
            text.push_str(&format!("{trace}\n"));
        }
        let _ = std::io::stderr().write_all(text.as_bytes());
        std::process::exit(Exit::Bug.code().into());
    }));
}
