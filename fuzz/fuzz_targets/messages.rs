//! Any bytes as what an editor sends to the language server: messages, or one reason to end.
//!
//! The reader's file is taken as it is, since nothing else of the command line is open to others.
#![no_main]

use libfuzzer_sys::fuzz_target;
use piton_fuzz::{Counting, within_memory};

#[path = "../../crates/piton/src/lsp/frame.rs"]
mod frame;

#[global_allocator]
static COUNTING: Counting = Counting;

fuzz_target!(|data: &[u8]| {
    within_memory(data.len(), || {
        let mut input = data;
        loop {
            let before = input.len();
            match frame::read(&mut input) {
                Ok(Some(body)) => {
                    assert!(input.len() + body.len() < before);
                    again(&body);
                }
                Ok(None) => {
                    assert_eq!(before, 0);
                    return;
                }
                Err(error) => {
                    assert!(!error.to_string().is_empty());
                    return;
                }
            }
        }
    });
});

/// What was a message is one again, to the letter, when it is written and read anew.
fn again(body: &[u8]) {
    let Ok(message) = serde_json::from_slice::<serde_json::Value>(body) else { return };
    let written = frame::written(&message);
    let mut input = written.as_slice();
    let read = frame::read(&mut input).ok().flatten();
    assert!(input.is_empty() && read == Some(message.to_string().into_bytes()));
}
