//! Who may log in, and who may become root then: sshd, accounts, keys and sudo as data.

use crate::answer::Because;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Access {
    /// None: it could not be read, or there is no sshd.
    pub ssh: Option<Ssh>,
    /// The accounts that were asked for: who is logged in, and who shall be.
    pub accounts: Vec<Account>,
    /// The lines of sudo's files that give or take a right.
    pub sudo: Vec<Line>,
    /// The key by which the caller came in, as sshd noted it: `SHA256:…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// sshd's rules in force.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ssh {
    /// What `sshd -T` prints, as it is for the caller: keyword in lower case to value.
    pub effective: BTreeMap<String, String>,
    /// The ports on which sshd, or its socket unit, listens.
    pub ports: BTreeSet<u16>,
    /// Whose login [`Ssh::effective`] is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_by: Option<String>,
    /// `ssh.socket` holds the ports: sshd's own `Port` lines open nothing.
    #[serde(default)]
    pub socket: bool,
    /// `Match` lines, whose settings are only in [`Ssh::effective`] for the caller's own login.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matches: Vec<Line>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub name: String,
    pub uid: u32,
    pub shell: String,
    pub home: String,
    pub groups: BTreeSet<String>,
    /// The lines of authorized_keys.
    pub keys: Vec<String>,
    /// What StrictModes would refuse.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<String>,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Line {
    /// `/etc/sudoers.d/90-piton:1`.
    pub place: String,
    pub text: String,
}

impl Access {
    pub fn account(&self, name: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.name == name)
    }

    pub(crate) fn account_mut(&mut self, name: &str) -> &mut Account {
        let at = self.accounts.iter().position(|account| account.name == name).unwrap_or_else(|| {
            self.accounts.push(Account { name: name.to_owned(), ..Account::default() });
            self.accounts.len() - 1
        });
        &mut self.accounts[at]
    }
}

impl Line {
    pub(crate) fn because(&self) -> Because {
        Because::new(self.place.clone(), self.text.clone())
    }
}
