//! What a bug looks like from outside: one honest sentence, and exit code 70.

use super::page::printable;
use crate::exit::Exit;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::Write;

/// Makes every panic end the process with words instead of a trace.
pub(crate) fn install() {
    std::panic::set_hook(Box::new(|panic| {
        let payload = panic.payload();
        let said = payload.downcast_ref::<&str>().copied();
        let said = said.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no reason given");
        let said = printable(said);
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

#[cfg(test)]
mod tests {
    use std::process::Command;

    /// Set for the process that is to have the bug.
    const CHILD: &str = "PITON_TEST_BUG";

    #[test]
    fn a_bug_is_called_one_and_has_an_exit_code_of_its_own() {
        if std::env::var_os(CHILD).is_some() {
            super::install();
            panic!("the sky fell");
        }
        let own = std::env::current_exe().unwrap();
        let name = "print::panic::tests::a_bug_is_called_one_and_has_an_exit_code_of_its_own";
        let mut child = Command::new(own);
        child.args(["--exact", name, "--nocapture"]).env(CHILD, "1").env_remove("RUST_BACKTRACE");
        let output = child.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(70), "{said}");
        assert!(said.starts_with("error[bug]: this is a bug in piton"), "{said}");
        assert!(said.contains("the sky fell") && said.lines().count() == 2, "no trace unless asked for: {said}");
    }
}
