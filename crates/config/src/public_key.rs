//! Public keys of ssh: one line taken apart far enough to know that sshd will read it.
//!
//! A private key that was given in its place is refused and never repeated in a message.

use crate::kind::Fault;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const TYPES: [&str; 7] = [
    "ssh-ed25519",
    "ssh-rsa",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
];

pub(crate) fn is_private(text: &str) -> bool {
    text.contains("PRIVATE KEY-----") || text.starts_with("PuTTY-User-Key-File-")
}

pub(crate) fn private_key_fault() -> Fault {
    let help = "put the .pub here, and if the private key was ever shared with someone this way, make a new one";
    Fault::new("site/private-key", "is a private key", "this is a private key", help)
}

/// Says whether a text is a key itself, as opposed to the name of a file.
pub(crate) fn looks_like_key(text: &str) -> bool {
    text.contains(' ') || TYPES.iter().any(|name| text.starts_with(name)) || text.starts_with("ssh-dss")
}

/// Gives what is wrong with one line of a public key file.
pub(crate) fn line_fault(line: &str) -> Option<Fault> {
    let help = "a public key is one line: its type, a long word, and a comment";
    let fault = |what: String, under: &str| Some(Fault::new("site/bad-public-key", what, under, help));
    let words = words_outside_quotes(line);
    let Some(position) = words.iter().position(|word| TYPES.contains(word)) else {
        if words.contains(&"ssh-dss") {
            return fault("is a DSA key, which sshd no longer takes".to_owned(), "too old a kind of key");
        }
        return fault("is not a public key: it names no type of key".to_owned(), "no key type");
    };
    let name = words[position];
    let Some(blob) = words.get(position + 1) else {
        return fault(format!("ends after `{name}`: the key itself is missing"), "cut off");
    };
    let Ok(bytes) = STANDARD.decode(blob) else {
        return fault("is damaged: the long word is not base64".to_owned(), "damaged");
    };
    match inner_type(&bytes) {
        Some(inner) if inner != name.as_bytes() => {
            fault(format!("says it is {name}, but holds another type of key"), "damaged")
        }
        Some(_) if bytes.len() < least_length(name) => {
            fault("is cut off: the long word is too short".to_owned(), "cut off")
        }
        Some(_) => None,
        None => fault("is cut off: the long word is too short".to_owned(), "cut off"),
    }
}

/// Gives the part of a key line that tells keys apart, without options and comment.
pub(crate) fn identity(line: &str) -> Option<&str> {
    let words = words_outside_quotes(line);
    let position = words.iter().position(|word| TYPES.contains(word))?;
    words.get(position + 1).copied()
}

/// The type is repeated at the beginning of the key, after its length.
fn inner_type(bytes: &[u8]) -> Option<&[u8]> {
    let length = u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?);
    bytes.get(4..usize::try_from(length).ok()?.checked_add(4)?)
}

fn least_length(name: &str) -> usize {
    // 4 + type + 4 + the shortest key of that type that sshd takes.
    name.len() + if name == "ssh-rsa" { 128 } else { 40 }
}

/// Options before the type may hold spaces in quotes.
fn words_outside_quotes(line: &str) -> Vec<&str> {
    let mut quoted = false;
    line.split(|letter: char| {
        quoted ^= letter == '"';
        letter.is_whitespace() && !quoted
    })
    .filter(|word| !word.is_empty())
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK0wmN/Cr3JXqmLW7u+g9pTh+wyqDHpSQEIQczXkVx9q operator@desk";

    #[test]
    fn a_good_line_passes_with_options_and_without_comment() {
        assert!(line_fault(GOOD).is_none());
        assert!(line_fault(&format!("from=\"10.0.0.1\",command=\"echo a b\" {GOOD}")).is_none());
        assert!(line_fault(GOOD.trim_end_matches(" operator@desk")).is_none());
    }

    #[test]
    fn a_damaged_line_is_refused() {
        let swapped = GOOD.replacen("ssh-ed25519", "ssh-rsa", 1);
        for bad in [
            "ssh-ed25519",
            "ssh-ed25519 AAAA",
            "ssh-ed25519 !!!!",
            "AAAAC3Nz",
            "ssh-dss AAAAB3NzaC1kc3M=",
            &GOOD[..60],
            swapped.as_str(),
        ] {
            assert!(line_fault(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn a_private_key_is_known_by_its_frame() {
        assert!(is_private("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn"));
        assert!(!is_private(GOOD));
    }
}
