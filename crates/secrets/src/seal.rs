//! The age format, version 1: a header with the file's key wrapped for each recipient, then the content in chunks.
//!
//! <https://age-encryption.org/v1>. Of it only what secrets.age needs: X25519 and ssh-ed25519 stanzas; others are
//! passed over, as the format wants it. Nothing of the content is given out before its chunk was checked.

use crate::identity::wrap_key;
use crate::{Identity, Recipient};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

const FIRST_LINE: &str = "age-encryption.org/v1";
const CHUNK: usize = 64 << 10;
const TAG: usize = 16;

/// More recipients than a site has operators; a header beyond it is not read.
const LONGEST_HEADER: usize = 256 << 10;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    #[error("there is nobody to seal it to")]
    NoRecipient,
    #[error("this machine has no random numbers: {0}")]
    Random(String),
    #[error("it could not be encrypted")]
    Encrypt,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    #[error("it is not an age file")]
    NotAge,
    #[error("it is sealed to other keys")]
    WrongIdentity,
    #[error("it was damaged or changed")]
    Damaged,
}

struct Stanza<'a> {
    words: Vec<&'a str>,
    body: Vec<u8>,
}

pub(crate) fn random<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0u8; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// Whether a file begins as a sealed one does.
pub fn is_sealed(bytes: &[u8]) -> bool {
    bytes.starts_with(b"age-encryption.org/")
}

/// Seals a content so that each of the recipients can open it.
pub fn seal(content: &[u8], recipients: &[Recipient]) -> Result<Vec<u8>, SealError> {
    let no_random = |error: getrandom::Error| SealError::Random(error.to_string());
    if recipients.is_empty() {
        return Err(SealError::NoRecipient);
    }
    let file_key = Zeroizing::new(random::<16>().map_err(no_random)?);
    let mut header = format!("{FIRST_LINE}\n");
    for recipient in recipients {
        let ephemeral = StaticSecret::from(random::<32>().map_err(no_random)?);
        header.push_str(&stanza(recipient, &ephemeral, &file_key).ok_or(SealError::Encrypt)?);
    }
    header.push_str("---");
    let mac = mac(&file_key, header.as_bytes()).ok_or(SealError::Encrypt)?.finalize().into_bytes();
    header.push_str(&format!(" {}\n", STANDARD_NO_PAD.encode(mac)));
    let nonce = random::<16>().map_err(no_random)?;
    let key = derived(&file_key, Some(&nonce), b"payload").ok_or(SealError::Encrypt)?;
    let cipher = ChaCha20Poly1305::new_from_slice(&*key).map_err(|_| SealError::Encrypt)?;
    let mut sealed = header.into_bytes();
    sealed.extend_from_slice(&nonce);
    // An empty content is one empty chunk.
    let count = content.len().div_ceil(CHUNK).max(1);
    for number in 0..count {
        let chunk = content.chunks(CHUNK).nth(number).unwrap_or_default();
        let encrypted = cipher.encrypt(&chunk_nonce(number, number + 1 == count), chunk);
        sealed.extend(encrypted.map_err(|_| SealError::Encrypt)?);
    }
    Ok(sealed)
}

/// Opens a sealed file with the first identity that fits.
pub fn open(sealed: &[u8], identities: &[Identity]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let end = header_end(sealed)?;
    let (header, payload) = sealed.split_at_checked(end).ok_or(OpenError::NotAge)?;
    let header = std::str::from_utf8(header).map_err(|_| OpenError::NotAge)?;
    let (signed, said) = header.rsplit_once(' ').ok_or(OpenError::Damaged)?;
    let stanzas = stanzas(signed)?;
    let file_key = identities
        .iter()
        .find_map(|identity| stanzas.iter().find_map(|stanza| unwrapped(stanza, identity)))
        .ok_or(OpenError::WrongIdentity)?;
    let said = canonical(said.trim_end_matches('\n')).ok_or(OpenError::Damaged)?;
    let mac = mac(&file_key, signed.as_bytes()).ok_or(OpenError::Damaged)?;
    mac.verify_slice(&said).map_err(|_| OpenError::Damaged)?;
    content(payload, &file_key)
}

fn stanza(recipient: &Recipient, ephemeral: &StaticSecret, file_key: &[u8; 16]) -> Option<String> {
    let share = PublicKey::from(ephemeral).to_bytes();
    let shared = ephemeral.diffie_hellman(&PublicKey::from(recipient.point()));
    if !shared.was_contributory() {
        return None;
    }
    let key = wrap_key(recipient, share, shared.to_bytes())?;
    let cipher = ChaCha20Poly1305::new_from_slice(&*key).ok()?;
    let body = cipher.encrypt(&Nonce::default(), file_key.as_slice()).ok()?;
    let words = recipient.words().join(" ");
    // 32 bytes are one line, shorter than the 64 letters at which the format breaks lines.
    Some(format!("-> {words} {}\n{}\n", STANDARD_NO_PAD.encode(share), STANDARD_NO_PAD.encode(body)))
}

/// Where the payload begins: after the line that starts with `---`.
fn header_end(sealed: &[u8]) -> Result<usize, OpenError> {
    if !sealed.starts_with(FIRST_LINE.as_bytes()) {
        return Err(OpenError::NotAge);
    }
    let mut at = 0;
    for line in
        sealed.get(..sealed.len().min(LONGEST_HEADER)).unwrap_or_default().split_inclusive(|byte| *byte == b'\n')
    {
        at += line.len();
        if line.starts_with(b"--- ") && line.ends_with(b"\n") {
            return Ok(at);
        }
    }
    Err(OpenError::Damaged)
}

/// The stanzas of a header that ends in `---`.
fn stanzas(header: &str) -> Result<Vec<Stanza<'_>>, OpenError> {
    let mut lines = header.split('\n').skip(1).peekable();
    let mut found = Vec::new();
    while let Some(line) = lines.next().filter(|line| *line != "---") {
        let words: Vec<&str> = line.strip_prefix("-> ").ok_or(OpenError::Damaged)?.split(' ').collect();
        let mut body = Vec::new();
        loop {
            // A body ends with the first line that is not full, which may be an empty one.
            let line = lines.next().filter(|line| line.len() <= 64).ok_or(OpenError::Damaged)?;
            body.extend(canonical(line).ok_or(OpenError::Damaged)?);
            if line.len() < 64 {
                break;
            }
        }
        found.push(Stanza { words, body });
    }
    match lines.peek().is_none() && header.ends_with("---") {
        true => Ok(found),
        false => Err(OpenError::Damaged),
    }
}

/// The file's key, if the stanza is for this identity.
fn unwrapped(stanza: &Stanza<'_>, identity: &Identity) -> Option<Zeroizing<[u8; 16]>> {
    let (share, words) = stanza.words.split_last()?;
    let fits = words.iter().copied().eq(identity.recipient().words().iter().map(String::as_str));
    if !fits || stanza.body.len() != 16 + TAG {
        return None;
    }
    let share = <[u8; 32]>::try_from(canonical(share)?).ok()?;
    let key = identity.wrap_key(share)?;
    let cipher = ChaCha20Poly1305::new_from_slice(&*key).ok()?;
    let opened = Zeroizing::new(cipher.decrypt(&Nonce::default(), stanza.body.as_slice()).ok()?);
    <[u8; 16]>::try_from(opened.as_slice()).ok().map(Zeroizing::new)
}

fn content(payload: &[u8], file_key: &[u8; 16]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let (nonce, chunks) = payload.split_at_checked(16).ok_or(OpenError::Damaged)?;
    let key = derived(file_key, Some(nonce), b"payload").ok_or(OpenError::Damaged)?;
    let cipher = ChaCha20Poly1305::new_from_slice(&*key).map_err(|_| OpenError::Damaged)?;
    let mut content = Zeroizing::new(Vec::with_capacity(chunks.len()));
    let count = chunks.len().div_ceil(CHUNK + TAG);
    if count == 0 {
        return Err(OpenError::Damaged);
    }
    for (number, chunk) in chunks.chunks(CHUNK + TAG).enumerate() {
        let opened = cipher.decrypt(&chunk_nonce(number, number + 1 == count), chunk);
        let opened = Zeroizing::new(opened.map_err(|_| OpenError::Damaged)?);
        // Only an empty content may end in an empty chunk.
        if opened.is_empty() && number > 0 {
            return Err(OpenError::Damaged);
        }
        content.extend_from_slice(&opened);
    }
    Ok(content)
}

/// Eleven bytes of the number, and whether it is the last one.
fn chunk_nonce(number: usize, last: bool) -> Nonce {
    let mut nonce = [0u8; 12];
    for (place, byte) in nonce.iter_mut().take(11).rev().zip(number.to_le_bytes()) {
        *place = byte;
    }
    if let Some(end) = nonce.last_mut() {
        *end = u8::from(last);
    }
    Nonce::from(nonce)
}

fn mac(file_key: &[u8; 16], header: &[u8]) -> Option<Hmac<Sha256>> {
    let key = derived(file_key, None, b"header")?;
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&*key).ok()?;
    mac.update(header);
    Some(mac)
}

fn derived(file_key: &[u8; 16], salt: Option<&[u8]>, label: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
    let mut key = Zeroizing::new([0u8; 32]);
    Hkdf::<Sha256>::new(salt, file_key).expand(label, &mut *key).ok()?;
    Some(key)
}

/// Base64 without padding, and in its one right spelling.
fn canonical(text: &str) -> Option<Vec<u8>> {
    STANDARD_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests;
