//! A file of secrets, a private key and a recipient are whatever somebody put there: none may cause a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use piton_secrets::{Identity, Recipient, Secrets, open};

const KEY: &str = include_str!("../../crates/secrets/tests/data/age.txt");

fuzz_target!(|bytes: &[u8]| {
    let keys = Identity::read(KEY, None).unwrap_or_default();
    let _ = open(bytes, &keys);
    let _ = open(&[b"age-encryption.org/v1\n", bytes].concat(), &keys);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = Identity::read(text, None);
    let _ = text.parse::<Recipient>();
    if let Ok(secrets) = Secrets::read(text) {
        assert_eq!(Secrets::read(&secrets.text()), Ok(secrets), "what is written is read back");
    }
});
