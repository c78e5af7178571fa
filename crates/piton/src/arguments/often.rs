//! The commands that run before every commit, or before every command of an agent.
//!
//! The words of all commands take longer to put together than a check of ten files takes to run. So for these few only
//! their own are; whatever is not understood that way, help among it, is asked of the whole command line again.

use super::{Arguments, CheckArguments, Color, Command, GateArguments};
use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "piton", disable_help_subcommand = true)]
struct Often {
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    color: Color,
    #[command(subcommand)]
    command: OftenCommand,
}

#[derive(Debug, Subcommand)]
enum OftenCommand {
    Check(CheckArguments),
    Gate(GateArguments),
}

/// What the process was started with, if it is one of these.
pub fn often() -> Option<Arguments> {
    let is_often = |word: std::ffi::OsString| word == "check" || word == "gate";
    if !std::env::args_os().nth(1).is_some_and(is_often) {
        return None;
    }
    let Often { color, command } = Often::try_parse().ok()?;
    let command = match command {
        OftenCommand::Check(arguments) => Command::Check(arguments),
        OftenCommand::Gate(arguments) => Command::Gate(arguments),
    };
    Some(Arguments { color, command })
}
