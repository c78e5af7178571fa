//! Where a secret belongs in a text: `@secret(litellm_master_key)`, or `@secret(redis_password,sha256)`.
//!
//! A rendered text has marks and never values. Whoever holds the secrets fills them in, on the host,
//! on the way to a file that only its owner reads, and says with [`fill`] in which form: a value that
//! goes into JSON is escaped as JSON wants it. What cannot stand in its form is an error that names the
//! secret and not its value.

use crate::Digest;
use std::fmt::Write;

const OPENS: &str = "@secret(";

/// In which form a value is written where its mark stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As it is; only letters, digits and `-_.~+/=:@` pass, which no format gives a meaning within a quoted word.
    Plain,
    /// Within single quotes in a file of variables.
    Env,
    /// Within double quotes in JSON or YAML.
    Json,
    /// Within single quotes in SQL.
    Sql,
    /// Within an address, percent-encoded.
    Url,
    /// As it is, whatever it is: for a file that holds nothing else.
    Raw,
    /// Its SHA-256 in hex, for programs that take a password's digest.
    Sha256,
}

const FORMS: [(&str, Form); 7] = [
    ("plain", Form::Plain),
    ("env", Form::Env),
    ("json", Form::Json),
    ("sql", Form::Sql),
    ("url", Form::Url),
    ("raw", Form::Raw),
    ("sha256", Form::Sha256),
];

impl Form {
    pub fn of(word: &str) -> Option<Form> {
        FORMS.iter().find(|(name, _)| *name == word).map(|(_, form)| *form)
    }

    pub fn word(self) -> &'static str {
        FORMS.iter().find(|(_, form)| *form == self).map_or("plain", |(name, _)| name)
    }
}

/// One mark in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark<'a> {
    pub secret: &'a str,
    pub form: Form,
    start: usize,
    end: usize,
}

/// Why a text could not be filled; it never holds a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FillError {
    #[error("the secret `{0}` is not set")]
    Missing(String),
    #[error("the secret `{secret}` holds {what}, which cannot stand {place}")]
    Unfit { secret: String, what: &'static str, place: &'static str },
}

/// Writes a mark.
pub fn mark(secret: &str, form: Form) -> String {
    match form {
        Form::Plain => format!("{OPENS}{secret})"),
        form => format!("{OPENS}{secret},{})", form.word()),
    }
}

/// Whether a secret can have this name.
pub fn is_name(name: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    !name.is_empty() && name.len() <= 64 && name.chars().all(fits)
}

/// The marks of a text, in order. What only looks like one is text.
pub fn marks(text: &str) -> impl Iterator<Item = Mark<'_>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + text.get(from..)?.find(OPENS)?;
            let inner = start + OPENS.len();
            from = inner;
            let Some(length) = text[inner..].find(')') else { continue };
            let words = &text[inner..inner + length];
            let (secret, form) = words.split_once(',').unwrap_or((words, "plain"));
            if let (true, Some(form)) = (is_name(secret), Form::of(form)) {
                from = inner + length + 1;
                return Some(Mark { secret, form, start, end: from });
            }
        }
    })
}

/// Puts the values in. `value_of` gives a secret's value, or none if it is not set.
pub fn fill<'v>(text: &str, value_of: impl Fn(&str) -> Option<&'v str>) -> Result<String, FillError> {
    let mut filled = String::with_capacity(text.len());
    let mut from = 0;
    for mark in marks(text) {
        let value = value_of(mark.secret).ok_or_else(|| FillError::Missing(mark.secret.to_owned()))?;
        filled.push_str(&text[from..mark.start]);
        filled.push_str(&written(value, mark)?);
        from = mark.end;
    }
    filled.push_str(&text[from..]);
    Ok(filled)
}

fn written(value: &str, mark: Mark) -> Result<String, FillError> {
    let unfit = |what, place| Err(FillError::Unfit { secret: mark.secret.to_owned(), what, place });
    let any_sign = matches!(mark.form, Form::Sha256 | Form::Json | Form::Raw);
    if !any_sign && value.contains(|letter: char| letter.is_control()) {
        return unfit("a line break or another control character", "on one line");
    }
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.~+/=:@".contains(letter);
    Ok(match mark.form {
        Form::Plain if !value.chars().all(plain) => {
            return unfit("a space, a quote or another sign with a meaning", "in a file without quotes around it");
        }
        Form::Plain => value.to_owned(),
        // Compose and a shell do not agree on how a quote is written within quotes.
        Form::Env if value.contains('\'') => return unfit("a single quote", "in a file of variables"),
        Form::Env if value.ends_with('\\') => return unfit("a backslash at its end", "in a file of variables"),
        Form::Env => value.to_owned(),
        Form::Json => {
            let quoted = serde_json::Value::from(value).to_string();
            quoted[1..quoted.len() - 1].to_owned()
        }
        Form::Sql => value.replace('\'', "''"),
        Form::Url => percent_encoded(value),
        Form::Raw => value.to_owned(),
        Form::Sha256 => Digest::of(value).as_str().to_owned(),
    })
}

fn percent_encoded(value: &str) -> String {
    let mut encoded = String::new();
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => encoded.push(byte.into()),
            _ => _ = write!(encoded, "%{byte:02X}"),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str, value: &'static str) -> Result<String, FillError> {
        fill(text, |name| (name == "key").then_some(value))
    }

    #[test]
    fn each_form_is_written_as_its_format_reads_it() {
        assert_eq!(filled("K='@secret(key,env)'", "a b\"$c").unwrap(), "K='a b\"$c'");
        assert_eq!(filled(r#"{"k": "@secret(key,json)"}"#, "a\"b\n").unwrap(), r#"{"k": "a\"b\n"}"#);
        assert_eq!(filled("PASSWORD '@secret(key,sql)'", "it's").unwrap(), "PASSWORD 'it''s'");
        assert_eq!(filled("postgresql://u:@secret(key,url)@h/d", "a/b@c").unwrap(), "postgresql://u:a%2Fb%40c@h/d");
        assert_eq!(filled("@secret(key,raw)", "{\"a\":\n1}").unwrap(), "{\"a\":\n1}");
        assert_eq!(filled("token: @secret(key)", "abc-1").unwrap(), "token: abc-1");
        let digest = "#ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(filled("#@secret(key,sha256)", "abc").unwrap(), digest);
    }

    #[test]
    fn what_cannot_be_written_is_refused_without_telling_the_value() {
        for (text, value) in [
            ("@secret(key)", "top secret"),
            ("'@secret(key,env)'", "don't"),
            ("'@secret(key,env)'", "a\nb"),
            ("'@secret(key,env)'", "ends with\\"),
            ("@secret(other)", "value"),
        ] {
            let error = filled(text, value).unwrap_err().to_string();
            assert!(!error.contains(value), "{error}");
        }
    }

    #[test]
    fn what_only_looks_like_a_mark_stays() {
        for text in ["@secret(", "@secret()", "@secret(Key)", "@secret(key,rot13)", "@secret(key", "secret(key)"] {
            assert_eq!(marks(text).count(), 0, "{text}");
            assert_eq!(filled(text, "value").unwrap(), text);
        }
        assert_eq!(filled("@secret(@secret(key)", "v").unwrap(), "@secret(v");
    }

    #[test]
    fn a_value_that_looks_like_a_mark_is_not_filled_again() {
        let error = filled("@secret(key)", "@secret(key)").unwrap_err();
        assert!(matches!(error, FillError::Unfit { .. }));
        assert_eq!(filled("'@secret(key,env)'", "@secret(key)").unwrap(), "'@secret(key)'");
    }
}
