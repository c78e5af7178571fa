//! Any text as a piton.toml: a policy, or a problem with its line.

#![no_main]

use libfuzzer_sys::fuzz_target;
use piton_gate::{Policy, settings};

fuzz_target!(|text: &str| {
    for is_operators in [true, false] {
        let mut policy = Policy::default();
        if let Err(problem) = settings(text, is_operators, "2026-01-01T00:00:00Z", &mut policy) {
            assert!(problem.line >= 1 && problem.line <= text.lines().count() + 1, "line {} of {}", problem.line, text.lines().count());
        }
    }
});
