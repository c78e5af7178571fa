//! The program: everything is in the library beside it, so that tests and the workshop see it too.

use std::process::ExitCode;

fn main() -> ExitCode {
    piton::run()
}
