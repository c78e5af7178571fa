//! Any bytes as what the kernel might say of its network: they are read, or not, and never a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use piton_host::netlink::{attributes, messages};
use piton_host::network_state::watch::read_anything;

fuzz_target!(|bytes: &[u8]| {
    read_anything(bytes);
    let inside: usize = messages(bytes).map(|message| message.body.len()).sum();
    assert!(inside <= bytes.len());
    for message in messages(bytes) {
        assert!(attributes(message.body).count() <= message.body.len() / 4);
    }
    // With a true head before them, so that the fuzzer spends its time on what messages hold.
    for kind in [16u16, 17, 20, 24, 25, 28, 32, 104, 10 << 8, (10 << 8) | 6, (10 << 8) | 15] {
        let length = (bytes.len() + 16) as u32;
        let head = [&length.to_ne_bytes()[..], &kind.to_ne_bytes()[..], &[0; 10][..]].concat();
        read_anything(&[&head[..], bytes].concat());
    }
});
