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
    /// Keys that are not listed here are taken away; otherwise they are left alone.
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
        if self.exclusive {
            let strangers = there.iter().filter(|key| !has(&self.keys, key));
            found.extend(strangers.map(|key| Difference::drop("key", label(key))));
        }
        found.extend(seen.faults.iter().map(|fault| Difference::drop("fault", fault)));
        found
    }

    fn is_absent(&self, seen: &Observed) -> bool {
        let there = seen.keys.as_deref().unwrap_or_default();
        !self.keys.iter().any(|key| has(there, key))
    }

    fn settled(&self, seen: &Observed) -> Observed {
        let there = seen.keys.as_deref().unwrap_or_default();
        let kept = there.iter().filter(|key| !self.exclusive || has(&self.keys, key));
        let mut keys: Vec<String> = kept.cloned().collect();
        keys.extend(self.keys.iter().filter(|key| !has(there, key)).cloned());
        Observed { keys: Some(keys), faults: Vec::new() }
    }

    fn effect(&self, verb: Verb, seen: &Observed) -> Effect {
        let takes_keys = self.takes_keys(seen);
        Effect {
            guarded: verb != Verb::Add || takes_keys,
            narrows: verb == Verb::Remove || takes_keys,
            ..Effect::default()
        }
    }

    /// Adds the new keys first: the connection that may take the old ones away comes in by a new one.
    fn bridge(&self, seen: &Observed) -> Option<AuthorizedKeys> {
        let there = seen.keys.as_deref().unwrap_or_default();
        let shut_out = !seen.faults.is_empty() || self.keys.iter().any(|key| !has(there, key));
        (self.takes_keys(seen) && shut_out).then(|| AuthorizedKeys { exclusive: false, ..self.clone() })
    }
}

impl AuthorizedKeys {
    fn takes_keys(&self, seen: &Observed) -> bool {
        let there = seen.keys.as_deref().unwrap_or_default();
        self.exclusive && there.iter().any(|key| !has(&self.keys, key))
    }
}

/// Whether a list holds this key: type and key decide, comments and options do not.
fn has(keys: &[String], key: &str) -> bool {
    keys.iter().any(|other| material(other) == material(key))
}

/// The base64 part of an authorized_keys line, wherever its options end.
pub fn material(line: &str) -> &str {
    let mut words = line.split_whitespace();
    let after_type =
        words.find(|word| word.starts_with("ssh-") || word.starts_with("ecdsa-") || word.starts_with("sk-"));
    after_type.and_then(|_| words.next()).unwrap_or(line)
}

/// A key as a person knows it: its comment, and the end of the key itself.
fn label(line: &str) -> String {
    let key = material(line);
    let tail = key.get(key.len().saturating_sub(8)..).unwrap_or(key);
    let comment = line.split(key).nth(1).unwrap_or_default().trim();
    format!("…{tail} {comment}").trim_end().to_owned()
}
