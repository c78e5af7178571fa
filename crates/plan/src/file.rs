//! Files as most kinds need them: what one shall be, what one was, and the difference.

use crate::Digest;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use similar::TextDiff;
use std::fmt;

/// Permission bits, written as people write them: `0600`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Mode(pub u32);

impl fmt::Display for Mode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:04o}", self.0)
    }
}

impl fmt::Debug for Mode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl Serialize for Mode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Mode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Mode, D::Error> {
        let text = String::deserialize(deserializer)?;
        match u32::from_str_radix(&text, 8) {
            Ok(bits) if bits <= 0o7777 => Ok(Mode(bits)),
            _ => Err(serde::de::Error::custom(format!("`{text}` is not a file mode like 0644"))),
        }
    }
}

/// A file as it shall be.
///
/// Where not everyone on the host may read it, no difference shows its text. The content itself
/// travels in the plan, which could not be applied without it: a saved plan is for its owner only,
/// and `--json` prints the plan that could be saved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileSpec {
    pub path: String,
    pub content: String,
    pub owner: String,
    pub group: String,
    pub mode: Mode,
}

/// A file as it was seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileState {
    pub digest: Digest,
    /// The content, when it is short UTF-8 and everyone on the host may read it; only ever used to
    /// show a difference.
    pub text: Option<String>,
    pub owner: String,
    pub group: String,
    pub mode: Mode,
    /// It has other names as well: hard links.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub other_names: bool,
}

/// One field of a resource that is not as it shall be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    pub field: String,
    /// None: there was nothing.
    pub from: Option<String>,
    /// None: there shall be nothing.
    pub to: Option<String>,
    /// A unified difference of the text, when there is one to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Difference {
    pub fn change(field: &str, from: impl fmt::Display, to: impl fmt::Display) -> Difference {
        Difference { field: field.to_owned(), from: Some(from.to_string()), to: Some(to.to_string()), text: None }
    }

    pub fn add(field: &str, to: impl fmt::Display) -> Difference {
        Difference { field: field.to_owned(), from: None, to: Some(to.to_string()), text: None }
    }

    pub fn drop(field: &str, from: impl fmt::Display) -> Difference {
        Difference { field: field.to_owned(), from: Some(from.to_string()), to: None, text: None }
    }

    /// A change where both sides are known, or nothing if they are equal.
    pub fn between<T: PartialEq + fmt::Display>(field: &str, from: &T, to: &T) -> Option<Difference> {
        (from != to).then(|| Difference::change(field, from, to))
    }
}

impl FileSpec {
    /// A file of root's that everyone may read, as most files under /etc are.
    pub fn of_root(path: impl Into<String>, content: impl Into<String>) -> FileSpec {
        FileSpec {
            path: path.into(),
            content: content.into(),
            owner: "root".into(),
            group: "root".into(),
            mode: Mode(0o644),
        }
    }

    pub fn with_mode(mut self, mode: u32) -> FileSpec {
        self.mode = Mode(mode);
        self
    }

    /// Everyone on the host may read it.
    fn is_public(&self) -> bool {
        self.mode.0 & 0o004 != 0
    }

    /// The file once it has been written.
    pub fn state(&self) -> FileState {
        FileState {
            digest: Digest::of(&self.content),
            text: self.is_public().then(|| self.content.clone()),
            owner: self.owner.clone(),
            group: self.group.clone(),
            mode: self.mode,
            other_names: false,
        }
    }

    pub fn differences(&self, seen: Option<&FileState>) -> Vec<Difference> {
        let Some(seen) = seen else {
            return vec![Difference {
                text: self.is_public().then(|| unified("", &self.content)),
                ..Difference::add(&self.path, format!("{} {}:{}", self.mode, self.owner, self.group))
            }];
        };
        let mut found = Vec::new();
        if seen.digest != Digest::of(&self.content) {
            found.push(Difference {
                text: seen.text.as_deref().filter(|_| self.is_public()).map(|text| unified(text, &self.content)),
                ..Difference::change(&self.path, seen.digest.short(), Digest::of(&self.content).short())
            });
        }
        let owner = (format!("{}:{}", seen.owner, seen.group), format!("{}:{}", self.owner, self.group));
        found.extend(Difference::between(&format!("{} owner", self.path), &owner.0, &owner.1));
        found.extend(Difference::between(&format!("{} mode", self.path), &seen.mode, &self.mode));
        // A new file takes the place of the old one, so that nobody ever reads half of one, and a power cut
        // leaves the old or the new. Written in place it would keep its other names, and lose that: too much
        // for a file by which people log in. So its other names stay with the old file, and it is said.
        if seen.other_names && !found.is_empty() {
            found.push(Difference::change("other names", "the same file", "stay with the old one"));
        }
        found
    }
}

fn unified(from: &str, to: &str) -> String {
    TextDiff::from_lines(from, to).unified_diff().context_radius(2).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(wanted: &FileSpec, seen: Option<&FileState>) -> Vec<Option<String>> {
        wanted.differences(seen).into_iter().map(|difference| difference.text).collect()
    }

    #[test]
    fn what_not_everyone_may_read_is_shown_neither_when_it_comes_nor_when_it_changes() {
        let secret = FileSpec::of_root("/etc/app.env", "TOKEN=1\n").with_mode(0o640);
        assert_eq!(texts(&secret, None), [None]);
        assert_eq!(secret.state().text, None);
        let was_open = FileSpec::of_root("/etc/app.env", "TOKEN=0\n").state();
        assert!(texts(&secret, Some(&was_open)).iter().all(Option::is_none));
    }

    #[test]
    fn what_everyone_may_read_is_shown() {
        let motd = FileSpec::of_root("/etc/motd", "hello\n");
        assert!(matches!(texts(&motd, None).as_slice(), [Some(text)] if text.contains("+hello")));
        let before = FileSpec::of_root("/etc/motd", "good day\n").state();
        assert!(matches!(texts(&motd, Some(&before)).as_slice(), [Some(text)] if text.contains("-good day")));
    }

    #[test]
    fn that_other_names_of_a_file_stay_behind_is_said_where_it_is_replaced() {
        let motd = FileSpec::of_root("/etc/motd", "hello\n");
        let said = |seen: &FileState| motd.differences(Some(seen)).iter().any(|found| found.field == "other names");
        let before = FileState { other_names: true, ..FileSpec::of_root("/etc/motd", "good day\n").state() };
        assert!(said(&before));
        assert!(!said(&FileState { other_names: false, ..before }));
        assert!(!said(&FileState { other_names: true, ..motd.state() }), "nothing takes its place");
    }
}
