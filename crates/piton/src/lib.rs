//! The command line: arguments in, words and exit codes out.
//!
//! Nothing is decided here about hosts or plans; the other rooms do that. What is this room's own:
//! which words there are ([`arguments`]), the way from a site file to a plan ([`errand`]), what
//! people and programs get to see (`print`, the only place that prints), and what the exit code
//! means ([`exit`]). One file a command in `commands`.

pub mod arguments;
mod checking;
mod commands;
mod errand;
pub mod exit;
mod failure;
mod interrupt;
mod lsp;
mod path_name;
mod plain_file;
mod print;
mod sealed_file;
mod site_folder;

pub use commands::reference;

use arguments::Arguments;
use clap::{Parser, error::ErrorKind};
use exit::Exit;
use failure::Failure;
use print::Screen;
use std::process::ExitCode;

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    print::panic::install();
    let arguments = match arguments::often().map_or_else(Arguments::try_parse, Ok) {
        Ok(arguments) => arguments,
        Err(error) => return refuse(&error),
    };
    let screen = Screen::new(arguments.color, arguments.command.is_json());
    let ended = commands::run(arguments.command, &screen);
    // Whoever pressed Ctrl-C is answered by the thread that heard it.
    interrupt::wait_if_interrupted();
    let exit = ended.unwrap_or_else(|failure| {
        screen.failure(&failure);
        failure.exit
    });
    screen.settle(exit).into()
}

/// Says what clap says: help and version on stdout, a mistake on stderr with exit code 2, and as every other one to a program
/// that asked for JSON.
fn refuse(error: &clap::Error) -> ExitCode {
    let screen = Screen::new(arguments::Color::Auto, false);
    screen.notice(error.print());
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => screen.settle(Exit::Done).into(),
        _ => {
            if arguments::ask_for_json(std::env::args_os()) {
                screen.failure_event(&Failure::from(error));
            }
            screen.settle(Exit::Usage).into()
        }
    }
}
