//! Variables of a compose file, filled in from what the site gives: `${PORT}`, `$PORT`, `${PORT:-8080}`.

use piton_config::Valued;
use std::collections::BTreeMap;

/// The variables that the site writes beside the file. What it has from a secret nobody knows here.
pub(super) struct Variables<'a>(pub(super) Option<&'a BTreeMap<String, Valued<String>>>);

/// A text with its variables filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Filled {
    pub(super) text: String,
    /// Every variable in it is one that the site gives.
    pub(super) is_known: bool,
}

impl Variables<'_> {
    pub(super) fn fill(&self, text: &str) -> Filled {
        let mut filled = Filled { text: String::new(), is_known: true };
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            filled.text.push_str(&rest[..at]);
            rest = self.variable(&rest[at + 1..], &mut filled);
        }
        filled.text.push_str(rest);
        filled
    }

    /// Fills in what stands behind a `$`, and gives what is behind that.
    fn variable<'t>(&self, text: &'t str, filled: &mut Filled) -> &'t str {
        if let Some(rest) = text.strip_prefix('$') {
            filled.text.push('$');
            return rest;
        }
        let braced = text.strip_prefix('{').and_then(|inner| inner.split_once('}'));
        let in_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let (inner, rest) = braced.unwrap_or_else(|| text.split_at(text.find(|c| !in_name(c)).unwrap_or(text.len())));
        let (name, otherwise) = inner.split_at(inner.find(|letter| !in_name(letter)).unwrap_or(inner.len()));
        let told = self.0.and_then(|known| known.get(name)).map(|value| value.as_str());
        match told.filter(|value| !value.starts_with("secret:")) {
            Some(value) if otherwise.is_empty() || (otherwise.contains('-') && !value.is_empty()) => {
                filled.text.push_str(value);
            }
            // A variable that is not set may be set on the host; what stands in its place is likely, and not sure.
            _ => {
                filled.is_known = false;
                let default = otherwise.strip_prefix(":-").or_else(|| otherwise.strip_prefix('-'));
                filled.text.push_str(default.unwrap_or_default());
            }
        }
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use piton_config::Origin;

    #[test]
    fn what_the_site_gives_is_filled_in_and_all_else_is_not_sure() {
        let value = |text: &str| Valued { value: text.to_owned(), origin: Origin::Default };
        let known = [("PORT", "9000"), ("HIDDEN", "secret:port")].map(|(name, text)| (name.to_owned(), value(text)));
        let known = BTreeMap::from(known);
        let fill = |text: &str| {
            let filled = Variables(Some(&known)).fill(text);
            (filled.text, filled.is_known)
        };
        for text in ["${PORT}:80", "$PORT:80", "${PORT:-1}:80", "${PORT-1}:80"] {
            assert_eq!(fill(text), ("9000:80".into(), true), "{text}");
        }
        assert_eq!(fill("$$PORT"), ("$PORT".into(), true));
        assert_eq!(fill("${OTHER:-8080}:80"), ("8080:80".into(), false));
        for text in ["${OTHER}:80", "$OTHER:80", "${HIDDEN}:80", "${OTHER:?say}:80"] {
            assert_eq!(fill(text), (":80".into(), false), "{text}");
        }
        for text in ["$", "${", "${PORT", "a$b$", "${}", "$é"] {
            _ = fill(text);
        }
    }
}
