use crate::rules::prelude::*;

rule! {
    /// A zone's serial is no date.
    ///
    /// Secondaries take a zone only when its number has grown. `2026112701` says when it was changed last, and nobody has to
    /// look up what the last one was.
    ///
    /// ```dns example.org.zone bad
    /// $TTL 3600
    /// @ IN SOA ns1.example.org. admin.example.org. ( 7 3600 900 604800 300 )
    ///   IN NS ns1.example.org.
    /// ```
    ///
    /// ```dns example.org.zone good
    /// $TTL 3600
    /// @ IN SOA ns1.example.org. admin.example.org. ( 2026112701 3600 900 604800 300 )
    ///   IN NS ns1.example.org.
    /// ```
    ///
    /// Source: RFC 1912 section 2.2.
    RULE = "zone-serial-format", Info, High, Look::File(&[Kind::Zone], check), strict
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let text = &document.text;
    let Some(soa) = text.find("SOA") else { return };
    let without_comments: String =
        text[soa..].lines().map(|line| line.split(';').next().unwrap_or_default()).collect::<Vec<_>>().join(" ");
    let Some(serial) = without_comments
        .split(|letter: char| letter.is_whitespace() || letter == '(')
        .find(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit()))
    else {
        return;
    };
    let is_date =
        serial.len() == 10 && (serial.starts_with("19") || serial.starts_with("20")) && document.templated.is_empty();
    if let Some(at) = text[soa..].find(serial).map(|at| soa + at).filter(|_| !is_date) {
        report
            .at((document, at..at + serial.len()), "this number does not say when the zone was changed last")
            .help("YYYYMMDDnn");
    }
}
