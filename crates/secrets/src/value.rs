//! Named values, and the text that they are while somebody edits them.

use piton_plan::stack::mark::is_name;
use std::collections::BTreeMap;
use std::fmt;
use zeroize::Zeroizing;

/// A value that is never shown: nothing prints it, and it is wiped when it is let go.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

/// The secrets of a site, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secrets {
    values: BTreeMap<String, Secret>,
}

/// Why a text is not a list of secrets. It names lines and names, and quotes nothing of the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("line {line} is not `name = \"value\"`")]
    Syntax { line: usize },
    #[error("`{0}` cannot be the name of a secret: a-z, 0-9 and _, at most 64 of them")]
    Name(String),
    #[error("`{0}` is not a text in quotes")]
    NotText(String),
    #[error("`{0}` is empty")]
    Empty(String),
    #[error("`{0}` is longer than 64 KiB")]
    TooLong(String),
}

/// More than any key or certificate, and less than what would fill a session.
const LONGEST: usize = 64 << 10;

impl Secret {
    pub fn new(value: impl Into<String>) -> Secret {
        Secret(Zeroizing::new(value.into()))
    }

    /// The value itself, for whoever writes it where it belongs.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("[secret]")
    }
}

impl Secrets {
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    pub fn get(&self, name: &str) -> Option<&Secret> {
        self.values.get(name)
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Sets a value, and answers whether there was another one.
    pub fn set(&mut self, name: &str, value: Secret) -> Result<bool, ReadError> {
        check(name, value.reveal())?;
        Ok(self.values.insert(name.to_owned(), value).is_some())
    }

    /// Takes a value out, and answers whether it was there.
    pub fn remove(&mut self, name: &str) -> bool {
        self.values.remove(name).is_some()
    }

    /// The names that are not as they were in `before`: new, changed or gone.
    pub fn changed_since(&self, before: &Secrets) -> Vec<String> {
        let all = self.values.keys().chain(before.values.keys().filter(|name| !self.values.contains_key(*name)));
        let mut names: Vec<String> = all.filter(|name| self.get(name) != before.get(name)).cloned().collect();
        names.sort();
        names
    }

    /// Reads what [`Secrets::text`] wrote, or what a person made of it.
    pub fn read(text: &str) -> Result<Secrets, ReadError> {
        let document = toml_edit::Document::parse(text).map_err(|error| {
            let end = error.span().map_or(text.len(), |span| span.start.min(text.len()));
            ReadError::Syntax { line: text.as_bytes().iter().take(end).filter(|byte| **byte == b'\n').count() + 1 }
        })?;
        let mut secrets = Secrets::default();
        for (name, item) in document.iter() {
            let value = item.as_str().ok_or_else(|| ReadError::NotText(name.to_owned()))?;
            secrets.set(name, Secret::new(value))?;
        }
        Ok(secrets)
    }

    /// As a text that a person can edit: a line a value, longer ones in three quotes.
    pub fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(self.values.values().map(|it| it.0.len() + 80).sum()));
        for (name, value) in &self.values {
            text.push_str(name);
            text.push_str(" = ");
            quote(value.reveal(), &mut text);
            text.push('\n');
        }
        text
    }
}

fn check(name: &str, value: &str) -> Result<(), ReadError> {
    match () {
        () if !is_name(name) => Err(ReadError::Name(name.chars().take(64).collect())),
        () if value.is_empty() => Err(ReadError::Empty(name.to_owned())),
        () if value.len() > LONGEST => Err(ReadError::TooLong(name.to_owned())),
        () => Ok(()),
    }
}

/// A basic TOML string; one with line breaks in the form that spans lines.
fn quote(value: &str, out: &mut String) {
    let spans = value.contains('\n');
    out.push_str(if spans { "\"\"\"\n" } else { "\"" });
    for letter in value.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' if spans => out.push('\n'),
            letter if letter.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(letter))),
            letter => out.push(letter),
        }
    }
    out.push_str(if spans { "\"\"\"" } else { "\"" });
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_value_comes_back(values in proptest::collection::btree_map("[a-z0-9_]{1,20}", "\\PC{1,40}|[ -~\n\t\r]{1,40}", 0..6)) {
            let mut secrets = Secrets::default();
            for (name, value) in &values {
                secrets.set(name, Secret::new(value.as_str())).unwrap();
            }
            prop_assert_eq!(Secrets::read(&secrets.text()).unwrap(), secrets);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,100}") {
            let _ = Secrets::read(&text);
        }
    }

    #[test]
    fn nothing_of_a_value_is_in_what_is_said_about_it() {
        for (text, said) in [
            ("a = \"x\"\nhush hush", "line 2 is not `name = \"value\"`"),
            ("Big = \"hush\"", "`Big` cannot be the name of a secret: a-z, 0-9 and _, at most 64 of them"),
            ("a = 4711", "`a` is not a text in quotes"),
            ("a = \"\"", "`a` is empty"),
        ] {
            assert_eq!(Secrets::read(text).unwrap_err().to_string(), said);
        }
        let mut secrets = Secrets::default();
        secrets.set("a", Secret::new("hush")).unwrap();
        assert_eq!(format!("{secrets:?}"), "Secrets { values: {\"a\": [secret]} }");
    }

    #[test]
    fn what_was_changed_is_told_by_name() {
        let before = Secrets::read("a = \"1\"\nb = \"2\"\nc = \"3\"\n").unwrap();
        let after = Secrets::read("a = \"1\"\nb = \"9\"\nd = \"4\"\n").unwrap();
        assert_eq!(after.changed_since(&before), ["b", "c", "d"]);
    }
}
