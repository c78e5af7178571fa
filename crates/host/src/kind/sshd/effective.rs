//! What `sshd -T` prints.
//!
//! How a wanted value would be printed is `piton_plan::kind::sshd::effective_value`'s to say; here
//! is only what depends on what is seen.

use std::collections::{BTreeMap, BTreeSet};

/// The keywords that sshd collects over several lines, which `sshd -T` prints one value a line.
const COLLECTED: [&str; 6] = ["allowusers", "denyusers", "allowgroups", "denygroups", "acceptenv", "setenv"];

/// Whether every line of a keyword counts, and not only the first.
pub(super) fn adds_up(keyword: &str) -> bool {
    matches!(keyword, "port" | "listenaddress") || COLLECTED.contains(&keyword)
}

/// The settings that sshd would run with.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Effective {
    values: BTreeMap<String, String>,
    /// The ports of all its listening addresses; `Port` lines are only what those start from.
    pub(super) ports: BTreeSet<u16>,
}

impl Effective {
    pub(super) fn parse(printed: &str) -> Effective {
        let mut found = Effective::default();
        for line in printed.lines() {
            let Some((keyword, value)) = line.trim().split_once(' ') else { continue };
            let keyword = keyword.to_ascii_lowercase();
            let value = value.trim();
            if keyword == "listenaddress" {
                found.ports.extend(value.rsplit(':').next().and_then(|port| port.parse::<u16>().ok()));
                continue;
            }
            match found.values.get_mut(&keyword) {
                Some(known) if COLLECTED.contains(&keyword.as_str()) => {
                    known.push(' ');
                    known.push_str(value);
                }
                Some(_) => {}
                None => drop(found.values.insert(keyword, value.to_owned())),
            }
        }
        found
    }

    /// The value of a keyword, as it is wanted if it is the same to sshd.
    pub(super) fn value_as(&self, keyword: &str, wanted: &str) -> Option<String> {
        let is = self.values.get(keyword)?;
        Some(if same(keyword, is, wanted) { wanted.to_owned() } else { is.clone() })
    }
}

/// Whether two values are one to sshd, though not as text.
fn same(keyword: &str, one: &str, other: &str) -> bool {
    let words = |value: &str| value.split_whitespace().map(str::to_owned).collect::<BTreeSet<_>>();
    // The order in which users are named does not matter.
    match COLLECTED.contains(&keyword) {
        true => words(one) == words(other),
        false => one == other || (matches!(one, "yes" | "no") && one.eq_ignore_ascii_case(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PRINTED: &str = "port 222\nlistenaddress [::]:222\nlistenaddress 0.0.0.0:222\nlistenaddress 10.0.0.1:22\nlogingracetime 120\nusepam yes\npermitrootlogin without-password\n\
        allowusers adminclaw\nallowusers deploy\nciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com\n";

    #[test]
    fn a_value_is_given_in_the_wanted_spelling_when_it_means_the_same() {
        let seen = Effective::parse(PRINTED);
        let same = [
            ("logingracetime", "120"),
            ("usepam", "Yes"),
            ("allowusers", "deploy adminclaw"),
            ("ciphers", "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com"),
        ];
        for (keyword, wanted) in same {
            assert_eq!(seen.value_as(keyword, wanted).as_deref(), Some(wanted));
        }
    }

    #[test]
    fn a_value_that_means_something_else_is_given_as_it_is() {
        let seen = Effective::parse(PRINTED);
        assert_eq!(seen.value_as("permitrootlogin", "no").as_deref(), Some("without-password"));
        assert_eq!(seen.value_as("allowusers", "adminclaw").as_deref(), Some("adminclaw deploy"));
        assert_eq!(seen.value_as("denyusers", "root"), None, "a keyword that is not set");
    }

    #[test]
    fn ports_add_up() {
        assert_eq!(Effective::parse(PRINTED).ports, BTreeSet::from([22, 222]));
    }

    proptest! {
        #[test]
        fn nothing_makes_the_parser_panic(text in "\\PC{0,200}", wanted in "\\PC{0,40}") {
            let seen = Effective::parse(&text);
            for keyword in seen.values.keys() {
                prop_assert!(seen.value_as(keyword, &wanted).is_some());
            }
        }
    }
}
