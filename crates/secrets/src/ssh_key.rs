//! ssh's own format of private keys, for as much of it as an ed25519 key takes.
//!
//! PROTOCOL.key of OpenSSH: a magic word, cipher, key derivation, then a list of public keys and, encrypted or not,
//! the private ones with two equal numbers before them by which a wrong passphrase is noticed.

use crate::{IdentityError, Secret};
use aes::Aes256;
use aes::cipher::{KeyIvInit, StreamCipher};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ctr::Ctr128BE;
use zeroize::Zeroizing;

const MAGIC: &[u8] = b"openssh-key-v1\0";

/// bcrypt's rounds cost a second for a few hundred; a file that wants more than that only wants to be waited for.
const MOST_ROUNDS: u32 = 4096;

/// Larger than any private key.
const LARGEST: usize = 64 << 10;

pub(crate) struct Key {
    pub(crate) seed: Zeroizing<[u8; 32]>,
    /// In ssh's form.
    pub(crate) public: Vec<u8>,
}

pub(crate) fn read(text: &str, passphrase: Option<&Secret>) -> Result<Key, IdentityError> {
    let lines = text.lines().map(str::trim).skip_while(|line| !line.starts_with("-----BEGIN OPENSSH")).skip(1);
    let body: Zeroizing<String> =
        Zeroizing::new(lines.take_while(|line| !line.starts_with("-----END")).take(LARGEST / 60).collect());
    let bytes = Zeroizing::new(STANDARD.decode(body.as_bytes()).map_err(|_| IdentityError::Damaged)?);
    parse(&bytes, passphrase).unwrap_or(Err(IdentityError::Damaged))
}

/// None: the bytes end too early.
fn parse(bytes: &[u8], passphrase: Option<&Secret>) -> Option<Result<Key, IdentityError>> {
    let mut rest = bytes.strip_prefix(MAGIC)?;
    let (cipher, derivation, options) = (string(&mut rest)?, string(&mut rest)?, string(&mut rest)?);
    if number(&mut rest)? != 1 {
        return None;
    }
    let public = string(&mut rest)?.to_vec();
    let mut kind = public.as_slice();
    let kind = string(&mut kind)?;
    if kind != b"ssh-ed25519" {
        return Some(Err(IdentityError::Type(String::from_utf8_lossy(kind).chars().take(40).collect())));
    }
    let mut private = Zeroizing::new(string(&mut rest)?.to_vec());
    match (cipher, derivation) {
        (b"none", b"none") => {}
        (b"aes256-ctr", b"bcrypt") => {
            let Some(passphrase) = passphrase else { return Some(Err(IdentityError::NeedsPassphrase)) };
            decrypt(&mut private, options, passphrase)?;
        }
        (cipher, _) => {
            return Some(Err(IdentityError::Cipher(String::from_utf8_lossy(cipher).chars().take(40).collect())));
        }
    }
    let mut inner = private.as_slice();
    let same = number(&mut inner)? == number(&mut inner)?;
    if !same {
        let wrong = if cipher == b"none" { IdentityError::Damaged } else { IdentityError::WrongPassphrase };
        return Some(Err(wrong));
    }
    let _kind = string(&mut inner)?;
    let _public = string(&mut inner)?;
    let seed = Zeroizing::new(<[u8; 32]>::try_from(string(&mut inner)?.get(..32)?).ok()?);
    Some(Ok(Key { seed, public }))
}

fn decrypt(private: &mut [u8], mut options: &[u8], passphrase: &Secret) -> Option<()> {
    let salt = string(&mut options)?;
    let rounds = number(&mut options).filter(|rounds| (1..=MOST_ROUNDS).contains(rounds))?;
    let mut derived = Zeroizing::new([0u8; 48]);
    bcrypt_pbkdf::bcrypt_pbkdf(passphrase.reveal(), salt, rounds, &mut *derived).ok()?;
    let (key, nonce) = derived.split_at(32);
    Ctr128BE::<Aes256>::new_from_slices(key, nonce).ok()?.apply_keystream(private);
    Some(())
}

fn number(bytes: &mut &[u8]) -> Option<u32> {
    let (head, rest) = bytes.split_first_chunk::<4>()?;
    *bytes = rest;
    Some(u32::from_be_bytes(*head))
}

fn string<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(number(bytes)?).ok()?;
    let (text, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(text)
}
