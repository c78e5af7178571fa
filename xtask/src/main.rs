//! The workshop: what is done to the code and never ships with it.
//!
//! `cargo xtask docs` writes what is made from the code (`--check` says whether it is up to date),
//! `cargo xtask arrows` holds the rooms to the table in ARCHITECTURE.md, `cargo xtask drills`
//! writes the page of a run of the drills, `cargo xtask test` runs
//! everything that must hold.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod arrows;
mod docs;
mod drills;
mod test;

use anyhow::{Result, bail};
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask docs [--check] | drills FILE | arrows | test [--without-lab]";

fn main() -> ExitCode {
    match run() {
        Ok(()) => {
            println!("xtask: all is well");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["docs"] => docs::write(root()),
        ["docs", "--check"] => docs::check(root()),
        ["drills", run] => drills::write(root(), run),
        ["arrows"] => arrows::check(root()),
        ["test"] => test::run(false),
        ["test", "--without-lab"] => test::run(true),
        _ => bail!("{USAGE}"),
    }
}

/// The workspace's folder.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
