//! A Unix user with a home directory.

use super::Kind;
use crate::{Difference, Effect, Mode, Verb};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct User {
    pub name: String,
    pub uid: Option<u32>,
    pub shell: String,
    pub home: String,
    pub home_mode: Mode,
    /// Groups it must be a member of, besides its own; other memberships are left alone.
    pub groups: BTreeSet<String>,
    /// Groups it must not be a member of: for a service user, those that give it root.
    pub forbidden_groups: BTreeSet<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    pub account: Option<Account>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    pub uid: u32,
    pub shell: String,
    pub home: String,
    /// None: the home directory is missing, or is not this user's.
    pub home_mode: Option<Mode>,
    pub groups: BTreeSet<String>,
}

impl Kind for User {
    type Observed = Observed;
    const NAME: &'static str = "user";

    fn name(&self) -> String {
        self.name.clone()
    }

    fn differences(&self, seen: &Observed) -> Vec<Difference> {
        let Some(account) = &seen.account else {
            return vec![
                Difference::add("home", format!("{} {}", self.home, self.home_mode)),
                Difference::add("shell", &self.shell),
                Difference::add("groups", join(&self.groups)),
            ];
        };
        let mut found = Vec::new();
        found.extend(self.uid.and_then(|uid| Difference::between("uid", &account.uid, &uid)));
        found.extend(Difference::between("shell", &account.shell, &self.shell));
        found.extend(Difference::between("home", &account.home, &self.home));
        found.extend(match account.home_mode {
            Some(mode) => Difference::between("home mode", &mode, &self.home_mode),
            None => Some(Difference::add("home", format!("{} {}", self.home, self.home_mode))),
        });
        let missing: BTreeSet<_> = self.groups.difference(&account.groups).cloned().collect();
        if !missing.is_empty() {
            found.push(Difference::add("groups", join(&missing)));
        }
        let surplus: BTreeSet<_> = self.forbidden_groups.intersection(&account.groups).cloned().collect();
        if !surplus.is_empty() {
            found.push(Difference::drop("groups", join(&surplus)));
        }
        found
    }

    fn is_absent(&self, seen: &Observed) -> bool {
        seen.account.is_none()
    }

    fn settled(&self, seen: &Observed) -> Observed {
        let before = seen.account.clone();
        let groups = before.iter().flat_map(|account| account.groups.iter());
        let groups = groups.filter(|group| !self.forbidden_groups.contains(*group)).cloned();
        Observed {
            account: Some(Account {
                uid: self.uid.or(before.as_ref().map(|account| account.uid)).unwrap_or(1000),
                shell: self.shell.clone(),
                home: self.home.clone(),
                home_mode: Some(self.home_mode),
                groups: groups.chain(self.groups.iter().cloned()).collect(),
            }),
        }
    }

    fn effect(&self, verb: Verb, _seen: &Observed) -> Effect {
        // A new user cannot cut anyone off; changing or removing one can.
        Effect { guarded: verb != Verb::Add, narrows: verb != Verb::Add, ..Effect::default() }
    }
}

fn join(groups: &BTreeSet<String>) -> String {
    match groups.is_empty() {
        true => "none".into(),
        false => groups.iter().cloned().collect::<Vec<_>>().join(", "),
    }
}
