//! What `sshd -T` prints, and when two spellings of a value mean the same.

use std::collections::{BTreeMap, BTreeSet};

/// The keywords that sshd collects over several lines, which `sshd -T` prints one value a line.
const COLLECTED: [&str; 6] = ["allowusers", "denyusers", "allowgroups", "denygroups", "acceptenv", "setenv"];

/// The settings that sshd would run with.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Effective {
    values: BTreeMap<String, String>,
    pub(super) ports: BTreeSet<u16>,
}

impl Effective {
    pub(super) fn parse(printed: &str) -> Effective {
        let mut found = Effective::default();
        for line in printed.lines() {
            let Some((keyword, value)) = line.trim().split_once(' ') else { continue };
            let keyword = keyword.to_ascii_lowercase();
            let value = value.trim();
            if keyword == "port" {
                found.ports.extend(value.parse::<u16>());
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

    /// The value of a keyword, in the wanted spelling if it means the same.
    pub(super) fn value_as(&self, keyword: &str, wanted: &str) -> Option<String> {
        let is = self.values.get(keyword)?;
        Some(if means(keyword, is) == means(keyword, wanted) { wanted.to_owned() } else { is.clone() })
    }
}

/// A value in the one spelling that `sshd -T` uses for it.
fn means(keyword: &str, value: &str) -> String {
    let words: Vec<&str> = value.split_whitespace().collect();
    match keyword {
        // The order in which users are named does not matter.
        _ if COLLECTED.contains(&keyword) => words.into_iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" "),
        "permitrootlogin" if value.eq_ignore_ascii_case("prohibit-password") => "without-password".into(),
        "logingracetime" | "clientaliveinterval" => seconds(value).map_or(value.to_owned(), |time| time.to_string()),
        _ => match value.to_ascii_lowercase().as_str() {
            "true" => "yes".into(),
            "false" => "no".into(),
            yes_no @ ("yes" | "no") => yes_no.to_owned(),
            _ => words.join(" "),
        },
    }
}

/// sshd's times: `90`, `2m`, `1h30m`.
fn seconds(text: &str) -> Option<u64> {
    let mut total = 0_u64;
    let mut number = String::new();
    for letter in text.chars() {
        let unit = match letter.to_ascii_lowercase() {
            digit @ '0'..='9' => {
                number.push(digit);
                continue;
            }
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86400,
            'w' => 604_800,
            _ => return None,
        };
        total = total.checked_add(number.parse::<u64>().ok()?.checked_mul(unit)?)?;
        number.clear();
    }
    match number.is_empty() {
        true => (!text.is_empty()).then_some(total),
        false => total.checked_add(number.parse().ok()?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PRINTED: &str = "port 222\nport 22\nlogingracetime 120\nusepam yes\npermitrootlogin without-password\n\
        allowusers adminclaw\nallowusers deploy\nciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com\n";

    #[test]
    fn a_value_is_given_in_the_wanted_spelling_when_it_means_the_same() {
        let seen = Effective::parse(PRINTED);
        let same = [
            ("logingracetime", "2m"),
            ("permitrootlogin", "prohibit-password"),
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

    #[test]
    fn times_are_compared_as_seconds() {
        let times = [("30", Some(30)), ("1h30m", Some(5400)), ("2m10", Some(130)), ("", None), ("soon", None), ("m", None)];
        for (text, expected) in times {
            assert_eq!(seconds(text), expected, "{text}");
        }
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
