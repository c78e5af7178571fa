//! The one list of every key of site.toml: what it is called, what it takes, what it means.
//!
//! Reading, "did you mean", the JSON schema and the reference page are all made from [`SECTIONS`],
//! so a key that is not here does not exist, and one that is here is documented. The sections stand
//! in the files next to this one; what a value must look like is in `kind.rs`; defaults are not
//! here but in `profiles/default.toml`, which is read like a site file.

mod access;
mod check;
mod entries;
mod hosts;
mod machine;
mod network;
mod services;
mod site;
mod ssh;

use crate::kind::Kind;

/// Every section there is, in the order of the reference page.
pub(crate) static SECTIONS: &[Section] = &[
    site::SITE,
    hosts::HOSTS,
    access::ACCESS,
    ssh::SSH,
    network::FILTER,
    network::FAIL2BAN,
    network::MESH,
    machine::SYSCTL,
    machine::UPDATES,
    machine::DOCKER,
    services::SERVICES,
    services::STACKS,
    services::NETWORKS,
    services::EDGE,
    machine::LAB,
    check::CHECK,
    entries::USERS,
    entries::GROUPS,
    entries::DIRECTORIES,
    entries::FILES,
    entries::LINKS,
    entries::CRON,
    entries::TIMERS,
    entries::UNITS,
];

/// A top-level table of site.toml.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Section {
    pub(crate) name: &'static str,
    pub(crate) form: Form,
    /// One line.
    pub(crate) brief: &'static str,
    pub(crate) details: &'static str,
    pub(crate) keys: &'static [Key],
}

/// How a section is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Once, for the whole site.
    Once,
    /// A table that each host may override; `false` switches it off.
    Layered,
    /// Like `Layered`, but its keys are somebody else's: kernel parameters.
    Parameters,
    /// `[[users]]`: a list of entries, to which each host may add.
    Entries,
    /// `[hosts.NAME]`.
    Hosts,
    /// `[services.NAME]`: tables by name, for the whole site.
    Named,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) layering: Layering,
    /// What holds when no layer says: `required`, `none`.
    pub(crate) otherwise: &'static str,
    /// One line.
    pub(crate) brief: &'static str,
    pub(crate) details: &'static str,
    /// The value as it would be written.
    pub(crate) example: &'static str,
}

/// What a nearer layer does to a farther one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layering {
    Replaces,
    Adds,
    Merges,
}

/// The word in `otherwise` of a key that must be written.
pub(crate) const REQUIRED: &str = "required";

impl Section {
    pub(crate) fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// Says whether `[hosts.NAME.section]` may be written.
    pub(crate) fn per_host(&self) -> bool {
        matches!(self.form, Form::Layered | Form::Parameters | Form::Entries)
    }

    /// Gives the path of a key as people write it: `ssh.port`, `hosts.*.address`, `users.name`.
    pub(crate) fn path(&self, key: &str) -> String {
        match self.form {
            Form::Hosts | Form::Named => format!("{}.*.{key}", self.name),
            _ => format!("{}.{key}", self.name),
        }
    }
}

pub(crate) fn section(name: &str) -> Option<&'static Section> {
    SECTIONS.iter().find(|section| section.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_key_is_documented_in_full_sentences() {
        for section in SECTIONS {
            assert!(section.brief.len() > 10, "[{}] has no brief", section.name);
            assert!(section.details.ends_with('.'), "[{}] has no details", section.name);
            for key in section.keys {
                let path = section.path(key.name);
                assert!(
                    key.brief.len() > 10 && !key.brief.ends_with('.'),
                    "{path}: the brief is a line without a full stop"
                );
                assert!(key.details.ends_with('.'), "{path} has no details");
                assert!(!key.example.is_empty(), "{path} has no example");
                assert!(!key.otherwise.is_empty(), "{path} does not say what holds otherwise");
            }
        }
    }

    #[test]
    fn no_key_is_listed_twice() {
        let mut seen = BTreeSet::new();
        for section in SECTIONS {
            assert!(seen.insert(section.name.to_owned()), "[{}] is listed twice", section.name);
            for key in section.keys {
                assert!(seen.insert(section.path(key.name)), "{} is listed twice", section.path(key.name));
            }
        }
    }

    #[test]
    fn a_key_of_hosts_is_not_also_a_section_but_for_the_mesh_and_the_lab() {
        for key in hosts::HOSTS.keys {
            let clash = section(key.name).is_some();
            assert_eq!(clash, ["mesh", "lab"].contains(&key.name), "hosts.*.{}", key.name);
        }
    }
}
