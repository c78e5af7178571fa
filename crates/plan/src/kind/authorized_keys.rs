//! The ssh keys that may log in as a user.

use super::Kind;
use crate::{Difference, Effect, Verb};
use serde::{Deserialize, Serialize};

/// Keys in `~user/.ssh/authorized_keys`, the file 0600 and its directory 0700, both the user's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuthorizedKeys {
    pub user: String,
    pub home: String,
    /// Whole lines, in the order they shall stand.
    pub keys: Vec<String>,
    /// Keys that are not listed here are taken away; otherwise they are left alone. A listed key with
    /// other options always goes: sshd takes the first line that fits, and would not come to ours.
    pub exclusive: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// The keys that are there; none when there is no file.
    pub keys: Option<Vec<String>>,
    /// What sshd's StrictModes would refuse (owner or mode of the file or its directory).
    pub faults: Vec<String>,
}

impl Kind for AuthorizedKeys {
    type Observed = Observed;
    const NAME: &'static str = "authorized_keys";

    fn name(&self) -> String {
        self.user.clone()
    }

    fn differences(&self, seen: &Observed) -> Vec<Difference> {
        let there = seen.keys.as_deref().unwrap_or_default();
        let missing = self.keys.iter().filter(|key| !has(there, key));
        let mut found: Vec<_> = missing.map(|key| Difference::add("key", label(key))).collect();
        let leaving = there.iter().filter(|line| self.takes(line));
        found.extend(leaving.map(|line| Difference::drop("key", label(line))));
        found.extend(seen.faults.iter().map(|fault| Difference::drop("fault", fault)));
        found
    }

    fn is_absent(&self, seen: &Observed) -> bool {
        let there = seen.keys.as_deref().unwrap_or_default();
        !self.keys.iter().any(|key| has(there, key))
    }

    fn settled(&self, seen: &Observed) -> Observed {
        let there = seen.keys.as_deref().unwrap_or_default();
        let mut keys: Vec<String> = there.iter().filter(|line| !self.takes(line)).cloned().collect();
        keys.extend(self.keys.iter().filter(|key| !has(there, key)).cloned());
        Observed { keys: Some(keys), faults: Vec::new() }
    }

    fn effect(&self, verb: Verb, seen: &Observed) -> Effect {
        let narrows = self.narrows(seen);
        Effect { guarded: verb != Verb::Add || narrows, narrows: verb == Verb::Remove || narrows, ..Effect::default() }
    }

    /// Adds the new keys first: the connection that may take the old ones away comes in by a new one.
    /// A key that gets options waits: to give it some is to take the way without them away.
    fn bridge(&self, seen: &Observed) -> Option<AuthorizedKeys> {
        let there = seen.keys.as_deref().unwrap_or_default();
        let adds = |key: &&String| KeyLine::of(key).options.is_empty() || !has_otherwise(there, key);
        let keys: Vec<String> = self.keys.iter().filter(adds).cloned().collect();
        let shut_out = !seen.faults.is_empty() || keys.iter().any(|key| !has(there, key));
        (self.narrows(seen) && shut_out).then(|| AuthorizedKeys { exclusive: false, keys, ..self.clone() })
    }
}

impl AuthorizedKeys {
    /// Whether a line that is there has to go.
    pub fn takes(&self, line: &str) -> bool {
        !has(&self.keys, line) && (self.exclusive || has_otherwise(&self.keys, line))
    }

    /// Whether it takes a line away without giving the same key more than it had.
    fn narrows(&self, seen: &Observed) -> bool {
        let widened = |line: &str| {
            let plain = self.keys.iter().map(|key| KeyLine::of(key)).filter(|key| key.options.is_empty());
            plain.into_iter().any(|key| key.is_same_key(&KeyLine::of(line)))
        };
        let there = seen.keys.iter().flatten();
        there.filter(|line| self.takes(line)).any(|line| !widened(line))
    }
}

/// Whether a list holds this key with the same options. Comments say nothing.
pub fn has(keys: &[impl AsRef<str>], line: &str) -> bool {
    keys.iter().any(|other| KeyLine::of(other.as_ref()) == KeyLine::of(line))
}

/// Whether a list holds this key with other options.
fn has_otherwise(keys: &[String], line: &str) -> bool {
    let line = KeyLine::of(line);
    keys.iter().map(|other| KeyLine::of(other)).any(|other| other.is_same_key(&line) && other != line)
}

/// A line of authorized_keys, taken apart as sshd does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct KeyLine<'a> {
    /// What the key may do: `command="…"`, `from="…"`; empty when it may do everything.
    options: &'a str,
    algorithm: &'a str,
    /// The key itself, in base64.
    material: &'a str,
}

impl<'a> KeyLine<'a> {
    /// A line that is no key is one that is like no other.
    fn of(line: &'a str) -> KeyLine<'a> {
        let words = words_outside_quotes(line);
        let is_algorithm = |word: &str| ["ssh-", "ecdsa-", "sk-"].iter().any(|start| word.starts_with(start));
        match words.as_slice() {
            [algorithm, material, ..] if is_algorithm(algorithm) => KeyLine { options: "", algorithm, material },
            [options, algorithm, material, ..] if is_algorithm(algorithm) => KeyLine { options, algorithm, material },
            _ => KeyLine { options: "", algorithm: "", material: line },
        }
    }

    fn is_same_key(&self, other: &KeyLine) -> bool {
        (self.algorithm, self.material) == (other.algorithm, other.material)
    }
}

/// Options may hold spaces in quotes, and quotes behind a backslash.
fn words_outside_quotes(line: &str) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    let words = line.split(|letter: char| {
        quoted ^= letter == '"' && !escaped;
        escaped = letter == '\\';
        letter.is_whitespace() && !quoted
    });
    words.filter(|word| !word.is_empty()).collect()
}

/// A key as a person knows it: what it may do, the end of the key itself, and its comment.
fn label(line: &str) -> String {
    let KeyLine { options, material, .. } = KeyLine::of(line);
    let tail = material.get(material.len().saturating_sub(8)..).unwrap_or(material);
    let comment = line.split(material).nth(1).unwrap_or_default().trim();
    format!("{options} …{tail} {comment}").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "ssh-ed25519 AAAAours ada@laptop";
    const FORCED: &str = r#"command="echo \"a b\" ssh-rsa AAAAno",no-pty ssh-ed25519 AAAAours old"#;

    fn wanted(key: &str, exclusive: bool) -> AuthorizedKeys {
        AuthorizedKeys { user: "ada".into(), home: "/home/ada".into(), keys: vec![key.into()], exclusive }
    }

    fn seen(keys: &[&str]) -> Observed {
        Observed { keys: Some(keys.iter().map(|key| String::from(*key)).collect()), faults: Vec::new() }
    }

    #[test]
    fn options_end_where_sshd_ends_them() {
        let line = KeyLine::of(FORCED);
        let options = r#"command="echo \"a b\" ssh-rsa AAAAno",no-pty"#;
        assert_eq!(line, KeyLine { options, algorithm: "ssh-ed25519", material: "AAAAours" });
        assert_eq!(KeyLine::of("ssh-ed25519 AAAAours"), KeyLine::of(PLAIN));
    }

    #[test]
    fn a_key_that_may_only_run_one_command_is_not_the_key_that_is_wanted() {
        let (wanted, seen) = (wanted(PLAIN, false), seen(&[FORCED]));
        assert_eq!(wanted.differences(&seen).len(), 2, "ours comes, and the line before it goes");
        assert_eq!(wanted.settled(&seen).keys, Some(vec![PLAIN.to_owned()]));
        assert!(!wanted.effect(Verb::Change, &seen).narrows, "the key gets more than it had");
    }

    #[test]
    fn giving_a_key_options_takes_a_way_in_away_and_has_no_first_half() {
        let (wanted, seen) = (wanted(FORCED, false), seen(&[PLAIN]));
        assert!(wanted.effect(Verb::Change, &seen).narrows);
        assert_eq!(wanted.bridge(&seen), None);
        assert_eq!(wanted.differences(&wanted.settled(&seen)), []);
    }

    #[test]
    fn another_comment_is_no_difference() {
        for exclusive in [false, true] {
            assert_eq!(wanted(PLAIN, exclusive).differences(&seen(&["ssh-ed25519 AAAAours desk"])), []);
        }
    }
}
