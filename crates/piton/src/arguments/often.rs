//! The commands that run before every commit, or before every command of an agent.
//!
//! The words of all commands take longer to put together than a check of ten files takes to run. So for these few only
//! their own are; whatever is not understood that way, help among it, is asked of the whole command line again.

use super::{Arguments, CheckArguments, Color, Command, GateArguments};
use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "piton", disable_help_subcommand = true)]
struct Often<C: Subcommand> {
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    color: Color,
    #[command(subcommand)]
    command: C,
}

#[derive(Debug, Subcommand)]
enum OnlyCheck {
    Check(CheckArguments),
}

#[derive(Debug, Subcommand)]
enum OnlyGate {
    Gate(GateArguments),
}

/// What the process was started with, if it is one of these.
pub fn often() -> Option<Arguments> {
    let first = std::env::args_os().nth(1)?;
    if first == "check" {
        let Often { color, command: OnlyCheck::Check(arguments) } = Often::try_parse().ok()?;
        return Some(Arguments { color, command: Command::Check(arguments) });
    }
    if first == "gate" {
        let Often { color, command: OnlyGate::Gate(arguments) } = Often::try_parse().ok()?;
        return Some(Arguments { color, command: Command::Gate(arguments) });
    }
    None
}
