//! Every drill on a booted host; the long ones at a few of their places.
//!
//! `PITON_TEST_ALL_PLACES=1` runs them at every step boundary, which takes the better part of an hour.
//! A test program of its own, since one of the drills moves the machine's clock for some seconds.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

use std::process::Command;

#[test]
fn every_drill_ends_as_it_must() {
    if std::env::var_os("PITON_TEST_WITHOUT_LAB").is_some_and(|value| value == "1") {
        eprintln!("skipped: PITON_TEST_WITHOUT_LAB=1");
        return;
    }
    let mut piton = Command::new(env!("CARGO_BIN_EXE_piton"));
    piton.args(["lab", "drill", "--all", "--json"]);
    if std::env::var_os("PITON_TEST_ALL_PLACES").is_none() {
        piton.args(["--sample", "2"]);
    }
    let output = piton.output().unwrap();
    // `cargo xtask drills` makes the page out of it.
    std::fs::write(concat!(env!("CARGO_TARGET_TMPDIR"), "/drills.ndjson"), &output.stdout).unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let mut failed = Vec::new();
    let mut passed = 0;
    for line in said.lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
        match (event["event"] == "drill", event["passed"].as_bool()) {
            (true, Some(true)) => passed += 1,
            (true, _) => failed.push(line.to_owned()),
            _ => {}
        }
    }
    eprintln!("drills: {passed} passed, {} failed", failed.len());
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(output.status.success() && passed > 20, "{said}\n{errors}");
}
