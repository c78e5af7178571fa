//! Any text as a site file: it must end in a site or in problems that can be shown.
//!
//! `crates/config/tests/mutations.rs` does the same on stable, with fixed texts; this one learns.

#![no_main]

use libfuzzer_sys::fuzz_target;
use piton_config::{Sources, digest_input, explain, references, resolve};

const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK0wmN/Cr3JXqmLW7u+g9pTh+wyqDHpSQEIQczXkVx9q fuzz";

fuzz_target!(|text: &str| {
    let mut sources = Sources::new();
    for reference in references(text, "site.toml") {
        sources.insert(reference.path, KEY);
    }
    match resolve(text, "site.toml", &sources) {
        Ok(site) => {
            assert!(!site.hosts.is_empty());
            assert!(!digest_input(&site).is_empty() && !explain(&site, text, None).is_empty());
        }
        Err(problems) => {
            assert!(!problems.is_empty());
            for problem in problems {
                assert!(!problem.to_text(text).contains('\u{1b}'));
            }
        }
    }
});
