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

    fn effect(&self, verb: Verb, seen: &Observed) -> Effect {
        // A new user cannot cut anyone off; removing one, or changing what it has, can.
        let narrows = match verb {
            Verb::Add => false,
            Verb::Change => self.narrows(seen),
            Verb::Remove => true,
        };
        Effect { guarded: verb != Verb::Add, narrows, ..Effect::default() }
    }

    /// Makes the home first: keys are written into it long before anything may be taken away.
    fn bridge(&self, seen: &Observed) -> Option<User> {
        let account = seen.account.as_ref()?;
        let homeless = account.home == self.home && account.home_mode.is_none();
        (homeless && self.narrows(seen)).then(|| User {
            shell: Some(&account.shell).filter(|shell| !shell.is_empty()).unwrap_or(&self.shell).clone(),
            forbidden_groups: BTreeSet::new(),
            ..self.clone()
        })
    }
}

impl User {
    /// Whether a change takes anything away, and does not only add a home, groups or a way in.
    fn narrows(&self, seen: &Observed) -> bool {
        let opens = |account: &Account| !lets_in(&account.shell) && lets_in(&self.shell);
        let shell_opens = seen.account.as_ref().is_some_and(opens);
        let adds = |difference: &Difference| difference.from.is_none();
        !self.differences(seen).iter().all(|found| adds(found) || (found.field == "shell" && shell_opens))
    }
}

/// Whether a shell is one that takes commands; an empty field means /bin/sh.
fn lets_in(shell: &str) -> bool {
    !matches!(shell.rsplit('/').next(), Some("nologin" | "false"))
}

fn join(groups: &BTreeSet<String>) -> String {
    match groups.is_empty() {
        true => "none".into(),
        false => groups.iter().cloned().collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted() -> User {
        User {
            name: "ada".into(),
            uid: None,
            shell: "/bin/bash".into(),
            home: "/home/ada".into(),
            home_mode: Mode(0o750),
            groups: ["docker".to_owned()].into(),
            forbidden_groups: ["sudo".to_owned()].into(),
        }
    }

    fn seen(change: fn(&mut Account)) -> Observed {
        let mut account = wanted().settled(&Observed::default()).account.unwrap();
        change(&mut account);
        Observed { account: Some(account) }
    }

    #[test]
    fn what_only_adds_to_a_user_does_not_narrow() {
        let adding: [fn(&mut Account); 4] = [
            |account| account.home_mode = None,
            |account| account.groups.clear(),
            |account| account.shell = "/usr/sbin/nologin".into(),
            |account| (account.shell, account.home_mode) = ("/bin/false".into(), None),
        ];
        for change in adding {
            let effect = wanted().effect(Verb::Change, &seen(change));
            assert!(effect.guarded && !effect.narrows, "{:?}", seen(change));
            assert_eq!(wanted().bridge(&seen(change)), None);
        }
    }

    #[test]
    fn what_takes_from_a_user_narrows() {
        let taking: [fn(&mut Account); 5] = [
            |account| account.shell = "/bin/zsh".into(),
            |account| account.home = "/srv/ada".into(),
            |account| account.home_mode = Some(Mode(0o755)),
            |account| _ = account.groups.insert("sudo".into()),
            |account| (account.shell, account.home_mode) = ("/bin/sh".into(), None),
        ];
        for change in taking {
            assert!(wanted().effect(Verb::Change, &seen(change)).narrows, "{:?}", seen(change));
        }
        let locked = User { shell: "/usr/sbin/nologin".into(), ..wanted() };
        assert!(locked.effect(Verb::Change, &seen(|_| {})).narrows);
        assert!(wanted().effect(Verb::Remove, &seen(|_| {})).narrows);
    }

    #[test]
    fn a_missing_home_is_made_before_anything_is_taken_away() {
        let homeless = |account: &mut Account| {
            (account.shell, account.home_mode) = ("/bin/sh".into(), None);
            account.groups.insert("sudo".into());
        };
        let half = wanted().bridge(&seen(homeless)).unwrap();
        assert_eq!(half.differences(&seen(homeless)), [Difference::add("home", "/home/ada 0750")]);
        assert_eq!(wanted().bridge(&seen(|account| account.shell = "/bin/sh".into())), None, "its home is there");
    }
}
