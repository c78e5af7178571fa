use crate::rules::prelude::*;

rule! {
    /// Compose takes a part of a password's hash for a variable.
    ///
    /// A dollar before a letter begins a variable, inside of quotes too. There is none of that name, so Compose says "variable
    /// is not set. Defaulting to a blank string", goes on, and hands over a hash with a hole: nobody can log in with it.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   proxy:
    ///     image: traefik:v3.5
    ///     labels:
    ///       - "traefik.http.middlewares.login.basicauth.users=admin:$apr1$ruca84Hq$mbjdMZBAG.KWn7vfN/SNK/"
    /// ```
    ///
    /// ```yaml compose.yaml bad 2
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     environment:
    ///       ADMIN_HASH: '$2y$10$nJ9bUHhmwTdXR3wo3JSVN.bbMmXmBzw6KZp0s2t5jT6E6hT0d3K1m'
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   proxy:
    ///     image: traefik:v3.5
    ///     labels:
    ///       - "traefik.http.middlewares.login.basicauth.users=admin:$$apr1$$ruca84Hq$$mbjdMZBAG.KWn7vfN/SNK/"
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     environment:
    ///       ADMIN_HASH: '$2y$10$.J9bUHhmwTdXR3wo3JSVN.bbMmXmBzw6KZp0s2t5jT6E6hT0d3K1m'
    ///       COST: $PRICE
    /// ```
    ///
    /// Two dollars stand for one. Where a digit, a dot or a slash follows, the dollar stays, so that some hashes are whole by
    /// luck, like the last one here. Tried with Docker Compose 2.26.1, `config`, 2026-11-28; its pattern is in compose-go
    /// `template/template.go`.
    RULE = "compose-dollar-eaten", Error, High, Look::File(&[Kind::Compose], check)
}

/// The first words of hashes that are seen by them.
const NAMED: [&str; 6] = ["argon2id", "argon2i", "argon2d", "scrypt", "pbkdf2-sha512", "pbkdf2-sha256"];

/// Numbers alone also stand for arguments and columns: more of the hash must be there.
const NUMBERED: [&str; 3] = ["1", "5", "6"];

/// No hash is longer, with every dollar written twice.
const LONGEST: usize = 400;

fn check(_: &Project, document: &Document, report: &mut Report) {
    for value in document.texts() {
        let Some(text) = value.text().filter(|text| text.contains('$')) else { continue };
        if document.is_templated(&value.range()) {
            continue;
        }
        for (hash, eaten) in broken_hashes(text) {
            let what = format!("Compose takes `${eaten}` in this hash for a variable, and leaves nothing in its place");
            match value.written().match_indices(hash).collect::<Vec<_>>().as_slice() {
                [(at, _)] => {
                    let start = value.range().start + at;
                    let range = start..start + hash.len();
                    let edit = Edit::at(document, range.clone(), doubled(hash));
                    report.at((document, range), what).safe_fix("write each `$` twice", vec![edit]);
                }
                _ => _ = report.at(value, what).help("write each `$` of the hash twice"),
            }
        }
    }
}

/// The hashes of which Compose takes a part, each with the first name that it takes.
fn broken_hashes(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut next = 0;
    while let Some(start) = text[next..].find('$').map(|at| next + at) {
        next = start + text[start..].find(|letter| letter != '$').unwrap_or(text.len() - start);
        let Some(hash) = hash_at(text, start).filter(|hash| !hash.contains("$$$")) else { continue };
        next = start + hash.len();
        found.extend(first_name(hash).map(|eaten| (hash, eaten)));
    }
    found
}

/// The hash that begins at this dollar, whether or not dollars in it are written twice.
fn hash_at(text: &str, start: usize) -> Option<&str> {
    let belongs = |letter: char| letter.is_ascii_alphanumeric() || "$./+=,-_".contains(letter);
    let length = text[start..].bytes().take(LONGEST).take_while(|byte| belongs(char::from(*byte))).count();
    // Traefik takes several users in one value, parted by commas, and only argon2 has commas of its own.
    let mut end = start + length;
    if !text[start..].trim_start_matches('$').starts_with("argon2") {
        end = text[start..end].find(',').map_or(end, |comma| start + comma);
    }
    let hash = &text[start..end];
    let parts: Vec<&str> = hash.split('$').filter(|part| !part.is_empty()).collect();
    let (first, rest) = parts.split_first()?;
    let last = rest.last()?;
    let is_shown = last.contains("..") || last.to_ascii_lowercase().contains("xxx");
    let is_hash = match *first {
        "2a" | "2b" | "2y" => rest.len() == 2 && rest[0].len() == 2 && last.len() >= 20,
        "apr1" => rest.len() == 2 && rest[0].len() <= 8 && last.len() == 22,
        "y" => rest.len() >= 2 && rest[0].starts_with('j') && last.len() >= 22,
        named if NAMED.contains(&named) => rest.len() >= 2 && last.len() >= 16,
        number if NUMBERED.contains(&number) => rest.len() >= 2 && last.len() >= 22,
        _ => false,
    };
    (is_hash && !is_shown).then_some(hash)
}

/// The first name behind a dollar that is not written twice.
fn first_name(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        rest = &rest[at + 1..];
        if let Some(behind) = rest.strip_prefix('$') {
            rest = behind;
            continue;
        }
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(rest.len());
        if rest.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_') {
            return Some(&rest[..end]);
        }
    }
    None
}

/// Each dollar twice, where it is not already.
fn doubled(hash: &str) -> String {
    hash.replace("$$", "$").replace('$', "$$")
}
