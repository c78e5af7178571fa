//! With what a file is opened: private keys, of ssh's or age's own.

use crate::recipient::Recipient;
use crate::{Secret, bech32, ssh_key};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use curve25519_dalek::edwards::CompressedEdwardsY;
use hkdf::Hkdf;
use sha2::{Digest, Sha256, Sha512};
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

/// A private key that opens what was sealed to its public half.
pub struct Identity {
    scalar: StaticSecret,
    recipient: Recipient,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    #[error("it is no private key of ssh's or age's")]
    Unknown,
    #[error("its key is of type `{0}`; ssh-ed25519 and age's own can be used")]
    Type(String),
    #[error("it is protected by a passphrase")]
    NeedsPassphrase,
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    #[error("it is encrypted with `{0}`, which piton cannot do; `ssh-keygen -p -f FILE` writes it anew")]
    Cipher(String),
    #[error("it is damaged")]
    Damaged,
}

impl Identity {
    /// Reads a file of private keys: one of ssh's, or lines of age's among comments.
    pub fn read(text: &str, passphrase: Option<&Secret>) -> Result<Vec<Identity>, IdentityError> {
        if text.contains("-----BEGIN OPENSSH PRIVATE KEY-----") {
            let key = ssh_key::read(text, passphrase)?;
            return Ok(vec![Identity::of_ssh(&key.seed, key.public).ok_or(IdentityError::Damaged)?]);
        }
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let identities = lines.map(Identity::of_age).collect::<Option<Vec<_>>>().ok_or(IdentityError::Unknown)?;
        match identities.is_empty() {
            true => Err(IdentityError::Unknown),
            false => Ok(identities),
        }
    }

    fn of_age(line: &str) -> Option<Identity> {
        let bytes = bech32::decode("age-secret-key-", line)?;
        let scalar = StaticSecret::from(<[u8; 32]>::try_from(bytes.as_slice()).ok()?);
        let recipient = Recipient::Age(PublicKey::from(&scalar).to_bytes());
        Some(Identity { scalar, recipient })
    }

    fn of_ssh(seed: &[u8; 32], public: Vec<u8>) -> Option<Identity> {
        let hash = Zeroizing::new(<[u8; 64]>::from(Sha512::digest(seed)));
        let scalar = StaticSecret::from(<[u8; 32]>::try_from(hash.get(..32)?).ok()?);
        let recipient = Recipient::of_ssh(public)?;
        // The two halves of a file must belong together.
        (PublicKey::from(&scalar).to_bytes() == recipient.point()).then_some(Identity { scalar, recipient })
    }

    /// Its public half.
    pub fn recipient(&self) -> &Recipient {
        &self.recipient
    }

    /// The key that a file's key is wrapped with, out of the share that stands in its stanza; none
    /// for a share that makes everybody's secret the same.
    pub(crate) fn wrap_key(&self, share: [u8; 32]) -> Option<Zeroizing<[u8; 32]>> {
        let shared = self.scalar.diffie_hellman(&PublicKey::from(share));
        shared.was_contributory().then(|| wrap_key(&self.recipient, share, shared.to_bytes())).flatten()
    }
}

pub(crate) fn wrap_key(recipient: &Recipient, share: [u8; 32], shared: [u8; 32]) -> Option<Zeroizing<[u8; 32]>> {
    let shared = Zeroizing::new(recipient.tweaked(shared));
    let salt = [share, recipient.point()].concat();
    let mut key = Zeroizing::new([0u8; 32]);
    Hkdf::<Sha256>::new(Some(&salt), &*shared).expand(recipient.label(), &mut *key).ok()?;
    Some(key)
}

/// How a stanza names an ssh key without telling which it is to whoever does not know it.
pub(crate) fn ssh_tag(blob: &[u8]) -> String {
    STANDARD_NO_PAD.encode(Sha256::digest(blob).get(..4).unwrap_or_default())
}

/// Multiplies a shared secret by a scalar made of the ssh key.
pub(crate) fn tweak(blob: &[u8], shared: [u8; 32]) -> [u8; 32] {
    let mut scalar = [0u8; 32];
    // 32 bytes are far below what HKDF can give.
    let _ = Hkdf::<Sha256>::new(Some(blob), &[]).expand(b"age-encryption.org/v1/ssh-ed25519", &mut scalar);
    x25519_dalek::x25519(scalar, shared)
}

pub(crate) fn montgomery_of_public(key: [u8; 32]) -> Option<[u8; 32]> {
    Some(CompressedEdwardsY(key).decompress()?.to_montgomery().to_bytes())
}
