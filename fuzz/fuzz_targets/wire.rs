//! Any bytes on the wire, in both directions: they are messages, or an error, and never a panic.
//! What is understood says the same when it is sent again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use piton_host::wire::{Reply, Request, receive, send};
use serde::{Serialize, de::DeserializeOwned};

fn again<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(mut bytes: &[u8]) {
    while let Ok(message) = receive::<T>(&mut bytes) {
        let mut sent = Vec::new();
        send(&mut sent, &message).expect("what was received can be sent");
        assert_eq!(receive::<T>(&mut sent.as_slice()).expect("and is understood"), message);
    }
}

fuzz_target!(|bytes: &[u8]| {
    again::<Request>(bytes);
    again::<Reply>(bytes);
    // With a true length before them, so that the fuzzer spends its time on the messages.
    let framed = [&(bytes.len() as u32).to_be_bytes(), bytes].concat();
    again::<Request>(&framed);
    again::<Reply>(&framed);
});
