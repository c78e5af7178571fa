//! Any bytes read as a file of any kind: no panic, no hang, bounded memory, and every place lies in the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use piton_fuzz::{Counting, document, within_memory};

#[global_allocator]
static COUNTING: Counting = Counting;

fuzz_target!(|data: &[u8]| {
    within_memory(data.len(), || {
        let Some((document, bytes)) = document(data) else { return };
        for value in document.texts() {
            assert!(document.text.get(value.range()).is_some());
        }
        for map in document.maps() {
            assert!(map.entries().len() <= bytes.len() * 64);
        }
        for comment in document.comments() {
            assert!(document.text.get(comment).is_some());
        }
    });
});
