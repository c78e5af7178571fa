//! Any bytes read as a file of any kind: no panic, no hang, and every place lies in the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use piton_config::read::{Kind, read};

fuzz_target!(|data: &[u8]| {
    let Some((first, bytes)) = data.split_first() else { return };
    let kind = Kind::ALL[usize::from(*first) % Kind::ALL.len()];
    let document = read("file", bytes, Some(kind));
    for value in document.texts() {
        let range = value.range();
        assert!(document.text.get(range).is_some());
    }
    for map in document.maps() {
        assert!(map.entries().len() <= bytes.len() * 64);
    }
    for comment in document.comments() {
        assert!(document.text.get(comment).is_some());
    }
});
