//! What a zone file says, as far as it can be told without a server: its origin, and which names it has.

use piton_config::read::Document;
use std::ops::Range;

/// A zone file, its lines taken apart.
pub(in crate::rules) struct Zone<'a> {
    pub(in crate::rules) document: &'a Document,
    /// Without the dot at its end, in small letters.
    pub(in crate::rules) origin: String,
    /// Nothing is brought in from elsewhere.
    pub(in crate::rules) is_whole: bool,
    pub(super) records: Vec<Record<'a>>,
}

pub(super) struct Record<'a> {
    /// The whole name in small letters, without the dot at its end.
    pub(super) name: String,
    pub(super) kind: &'a str,
    /// What follows the type.
    pub(super) data: Vec<&'a str>,
    pub(super) range: Range<usize>,
}

const TYPES: [&str; 18] = [
    "SOA", "NS", "A", "AAAA", "CNAME", "MX", "TXT", "SRV", "CAA", "PTR", "DS", "DNSKEY", "TLSA", "HTTPS", "SVCB",
    "SSHFP", "NAPTR", "DNAME",
];

impl<'a> Zone<'a> {
    /// Nothing where the file does not say whose zone it is.
    pub(in crate::rules) fn read(document: &'a Document) -> Option<Zone<'a>> {
        if !document.templated.is_empty() || document.text.contains("{{") {
            return None;
        }
        let declared =
            document.lines().find_map(|(_, line)| line.trim().strip_prefix("$ORIGIN")?.split_whitespace().next());
        let origin = match declared {
            Some(origin) => origin.strip_suffix('.')?.to_owned(),
            None => by_name(document.file_name())?,
        };
        let origin = origin.to_ascii_lowercase();
        let is_whole = !document.text.contains("$INCLUDE")
            && !document.text.contains("$GENERATE")
            && document.text.matches("$ORIGIN").count() <= 1;
        let records = records(document, &origin);
        let has_start = records.iter().any(|record| record.kind == "SOA");
        has_start.then_some(Zone { document, origin, is_whole, records })
    }

    pub(in crate::rules) fn holds(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        host == self.origin || host.ends_with(&format!(".{}", self.origin))
    }

    /// Whether a name has an address here: itself, by a wildcard, or in a zone below that others answer for.
    pub(in crate::rules) fn answers(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        self.records.iter().any(|record| {
            let wild = record.name.strip_prefix("*.").is_some_and(|rest| host.ends_with(&format!(".{rest}")));
            let delegated = record.kind == "NS" && record.name != self.origin && host.ends_with(&record.name);
            (matches!(record.kind, "A" | "AAAA" | "CNAME" | "HTTPS" | "DNAME") && (record.name == host || wild))
                || delegated
        })
    }
}

/// `example.org.zone` and `db.example.org` are named for what they hold.
fn by_name(name: &str) -> Option<String> {
    let bare = name.strip_prefix("db.").or_else(|| name.strip_suffix(".zone"))?;
    let is_domain =
        bare.contains('.') && bare.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    is_domain.then(|| bare.to_owned())
}

fn records<'a>(document: &'a Document, origin: &str) -> Vec<Record<'a>> {
    let mut found = Vec::new();
    let mut last = origin.to_owned();
    let mut current = origin.to_owned();
    let mut open = false;
    for (range, line) in document.lines() {
        let bare = line.split(';').next().unwrap_or_default();
        let depth = |sign: char| bare.matches(sign).count();
        let was_open = open;
        open = if depth('(') > depth(')') {
            true
        } else if depth(')') > depth('(') {
            false
        } else {
            open
        };
        if was_open || bare.trim().is_empty() {
            continue;
        }
        if let Some(rest) = bare.trim().strip_prefix("$ORIGIN") {
            current = absolute(rest.trim(), &current);
            continue;
        }
        if bare.starts_with('$') {
            continue;
        }
        let words: Vec<&str> = bare.split_whitespace().collect();
        // A name stands at the very start; a line that begins with a blank goes on with the last one.
        let named = !bare.starts_with([' ', '\t']);
        if named {
            last = absolute(words[0], &current);
        }
        let rest = &words[usize::from(named)..];
        let is_class_or_life = |word: &&&str| {
            matches!(word.to_ascii_uppercase().as_str(), "IN" | "CH")
                || word.starts_with(|letter: char| letter.is_ascii_digit())
        };
        let skipped = rest.iter().take_while(is_class_or_life).count();
        let Some(kind) = rest.get(skipped).and_then(|kind| TYPES.iter().find(|known| known.eq_ignore_ascii_case(kind)))
        else {
            continue;
        };
        found.push(Record { name: last.clone(), kind, data: rest[skipped + 1..].to_vec(), range });
    }
    found
}

fn absolute(name: &str, origin: &str) -> String {
    let lower = name.to_ascii_lowercase();
    match lower.strip_suffix('.') {
        Some(whole) => whole.to_owned(),
        None if lower == "@" => origin.to_owned(),
        None => format!("{lower}.{origin}"),
    }
}
