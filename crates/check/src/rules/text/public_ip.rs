use crate::rules::prelude::*;

rule! {
    /// A public address stands in a document.
    ///
    /// Readers of the repository learn where the host is, past every tunnel. Documents say what a host is for just as well with
    /// 203.0.113.10, which is nobody's.
    ///
    /// ```markdown docs/hosts.md bad
    /// The gateway is 51.38.12.7, ssh on port 222.
    /// ```
    ///
    /// ```markdown docs/hosts.md good
    /// The gateway is 203.0.113.10, ssh on port 222; it asks 9.9.9.9 for names.
    /// ```
    ///
    /// Told with `--strict`. Source: RFC 5737 ("reserved for use in examples"); read 2026-11-28.
    RULE = "doc-public-ip", Info, Low, Look::File(&[Kind::Markdown], check), strict
}

/// Resolvers and anycast services that everybody may name.
const KNOWN: [&str; 12] = [
    "1.1.1.1",
    "1.0.0.1",
    "8.8.8.8",
    "8.8.4.4",
    "9.9.9.9",
    "149.112.112.112",
    "208.67.222.222",
    "208.67.220.220",
    "1.1.1.2",
    "1.1.1.3",
    "4.4.4.4",
    "1.2.3.4",
];

fn check(_: &Project, document: &Document, report: &mut Report) {
    let text = document.text.as_str();
    let mut at = 0;
    while let Some(start) = text[at..].find(|letter: char| letter.is_ascii_digit()).map(|offset| at + offset) {
        let end = text[start..]
            .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
            .map_or(text.len(), |end| start + end);
        at = end;
        let word = text[start..end].trim_end_matches('.');
        let before = text[..start].chars().next_back();
        let after = text[start + word.len()..].chars().next();
        let part = |letter: Option<char>| {
            letter.is_some_and(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.' | '/'))
        };
        let Ok(address) = word.parse::<std::net::Ipv4Addr>() else { continue };
        if part(before)
            || after.is_some_and(|letter| letter.is_alphanumeric() || letter == '-')
            || KNOWN.contains(&word)
        {
            continue;
        }
        if is_somebodys(address) {
            report
                .at((document, start..start + word.len()), "this address is somebody's")
                .help("203.0.113.10, or a name");
        }
    }
}

fn is_somebodys(address: std::net::Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    let shared = first == 100 && (64..128).contains(&second);
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || shared
        || !(5..224).contains(&first)
        || first == 198 && (second == 18 || second == 19))
}
