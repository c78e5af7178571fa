//! The values of secrets, as long as a session needs them: in memory, wiped afterwards, and never printed.

use super::{Fault, FaultCode};
use piton_plan::stack::mark;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use zeroize::Zeroizing;

/// Values by the names of their secrets.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretValues(BTreeMap<String, Zeroizing<String>>);

/// Shorter ones would take half of a log with them, and are no secrets.
const SHORTEST: usize = 6;

impl fmt::Debug for SecretValues {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "SecretValues({})", self.0.len())
    }
}

impl SecretValues {
    pub fn insert(&mut self, name: &str, value: &str) {
        self.0.insert(name.to_owned(), Zeroizing::new(value.to_owned()));
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A text with the values where its marks stand.
    pub(crate) fn fill(&self, text: &str) -> Result<Zeroizing<String>, Fault> {
        let value = |name: &str| self.0.get(name).map(|value| value.as_str());
        let filled = mark::fill(text, value).map_err(|error| {
            Fault::new(FaultCode::Refused, error.to_string()).help("set it: `piton secrets set`, then apply again")
        })?;
        Ok(Zeroizing::new(filled))
    }

    /// A program's words without any of the values, for a message.
    pub(crate) fn hidden(&self, text: &str) -> String {
        let values = self.0.iter().filter(|(_, value)| value.len() >= SHORTEST);
        values.fold(text.to_owned(), |text, (name, value)| text.replace(value.as_str(), &format!("[secret {name}]")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_neither_printed_nor_left_in_words() {
        let mut values = SecretValues::default();
        values.insert("token", "canary-1");
        values.insert("optional", "");
        assert_eq!(format!("{values:?}"), "SecretValues(2)");
        assert_eq!(values.hidden("bad token canary-1!"), "bad token [secret token]!");
    }
}
