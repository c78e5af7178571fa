//! Everything that must hold, in the order in which it is cheapest to hear that it does not.
//!
//! Each suite prints its own summary line. The lab's suites boot real hosts: they need root, and
//! run one after the other, since a machine has only so many cores to boot hosts with.

use anyhow::{Result, bail};
use std::process::Command;

/// A suite: its name, and the cargo command that runs it.
const SUITES: &[(&str, &[&str])] = &[
    ("format", &["fmt", "--all", "--check"]),
    ("lints", &["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]),
    ("arrows", &["run", "--quiet", "--package", "xtask", "--", "arrows"]),
    ("generated docs", &["run", "--quiet", "--package", "xtask", "--", "docs", "--check"]),
    ("rooms", &["test", "--workspace", "--exclude", "piton-lab"]),
];

/// Suites that boot hosts, or put programs into roots of their own. What they need beyond root, they install.
const LAB_SUITES: &[(&str, &[&str])] = &[
    ("lab", &["test", "--package", "piton-lab"]),
    ("piton on booted hosts", &["test", "--package", "piton", "--test", "lab", "--", "--test-threads=2"]),
    ("files before their programs", &["test", "--package", "piton", "--test", "validators", "--", "--nocapture"]),
    ("drills", &["test", "--package", "piton", "--test", "drills"]),
];

pub fn run(without_lab: bool) -> Result<()> {
    let mut failed = Vec::new();
    for (name, words) in SUITES {
        // The lab's suites come below, on their own; here they would run beside everything else.
        if !passes(name, words, true)? {
            failed.push(*name);
        }
    }
    for (name, words) in LAB_SUITES {
        if !passes(name, words, without_lab)? {
            failed.push(*name);
        }
    }
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}

fn passes(name: &str, words: &[&str], without_lab: bool) -> Result<bool> {
    println!("== {name}: cargo {}", words.join(" "));
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(words);
    if without_lab {
        cargo.env("PITON_TEST_WITHOUT_LAB", "1");
    }
    Ok(cargo.status()?.success())
}
