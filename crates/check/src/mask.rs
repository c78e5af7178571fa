//! Secrets in lines that people are shown: a finding says where one stands, and must not be a second place where it does.
//!
//! The value behind a name that means a secret, and the password in an address, keep their first letter. The line keeps
//! its length in bytes, so that what points into it still does.

use crate::rules::is_secret_name;
use std::ops::Range;

/// A text with every secret in it hidden.
pub fn mask(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let mut bytes = line.to_owned();
        for range in secrets(line) {
            bytes.replace_range(range.clone(), &hidden(&line[range]));
        }
        out.push_str(&bytes);
    }
    out
}

/// The first letter, a sign that more was there, and blanks to keep the length.
fn hidden(secret: &str) -> String {
    let first = secret.chars().next().filter(char::is_ascii).unwrap_or('…');
    let sign = if first == '…' { "" } else { "…" };
    let shown = format!("{first}{sign}");
    format!("{shown}{}", " ".repeat(secret.len().saturating_sub(shown.len())))
}

/// Where secrets stand in a line, from the left.
fn secrets(line: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, _) in line.match_indices([':', '=']) {
        if found.last().is_some_and(|last| at < last.end) {
            continue;
        }
        let range = if line[at..].starts_with("://") { in_address(line, at + 3) } else { behind_name(line, at) };
        found.extend(range);
    }
    found
}

/// `user:password@` behind a scheme.
fn in_address(line: &str, start: usize) -> Option<Range<usize>> {
    let authority = line[start..].split(['/', '?', ' ', '"', '\'']).next()?;
    let (user, rest) = authority.split_once(':')?;
    let password = &rest[..rest.rfind('@')?];
    let from = start + user.len() + 1;
    is_written_out(password).then_some(from..from + password.len())
}

/// `NAME=value`, `name: value`, `"name": "value"`.
fn behind_name(line: &str, at: usize) -> Option<Range<usize>> {
    let before = line[..at].trim_end_matches([' ', '"', '\'']);
    let is_apart = |letter: char| !letter.is_ascii_alphanumeric() && letter != '_' && letter != '-';
    let name = before.rsplit(is_apart).next().unwrap_or_default().replace('-', "_");
    let upper = name.to_ascii_uppercase();
    if !is_secret_name(&name) && !["TOKEN", "_PASS", "REQUIREPASS"].iter().any(|end| upper.ends_with(end)) {
        return None;
    }
    let rest = &line[at + 1..];
    let bare = rest.trim_start_matches([' ', '\t']);
    let quote = bare.chars().next().filter(|letter| matches!(letter, '"' | '\''));
    let from = at + 1 + rest.len() - bare.len() + quote.map_or(0, char::len_utf8);
    let value = match quote {
        Some(quote) => line[from..].split(quote).next()?,
        None => line[from..].split([' ', '\t', ',', '}', '\n', '\r', '"', '\'']).next()?,
    };
    is_written_out(value).then_some(from..from + value.len())
}

/// Whether it is the secret, and not where to find it, nor too short to hide anything of.
fn is_written_out(value: &str) -> bool {
    let elsewhere = value.starts_with(['$', '/', '!', '{', '[', '<', '%', '&', '*', '|', '>']) || value.contains("{{");
    value.len() >= 4
        && !elsewhere
        && !value.starts_with("os.environ")
        && !matches!(value, "true" | "false" | "null" | "none")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_keeps_its_first_letter_and_the_line_its_length() {
        for (line, shown) in [
            ("POSTGRES_PASSWORD: hunter2supersecret", "POSTGRES_PASSWORD: h…"),
            ("  - API_TOKEN=abcdefgh # x", "  - API_TOKEN=a…     # x"),
            ("\"botToken\": \"12345678\",", "\"botToken\": \"1…    \","),
            ("DATABASE_URL=postgres://me:hunter22@db/x", "DATABASE_URL=postgres://me:h…    @db/x"),
        ] {
            let masked = mask(line);
            assert_eq!(masked.trim_end(), shown);
            assert_eq!(masked.len(), line.len());
        }
    }

    #[test]
    fn letters_of_many_bytes_do_not_hurt() {
        for line in ["# contraseña: añadir", "é_password: üüüüüü", "ß://ö:ääää@x", "clave está: PASSWORD=ñandúñ"]
        {
            assert_eq!(mask(line).len(), line.len());
        }
    }

    #[test]
    fn what_is_no_secret_stays() {
        for line in
            ["PASSWORD_FILE: /run/x", "A_TOKEN: ${A_TOKEN}", "ports: [\"8080:8080\"]", "PASSWORD=", "token_scopes: a b"]
        {
            assert_eq!(mask(line), line);
        }
    }
}
