use crate::rules::prelude::*;

rule! {
    /// ROUND of a double with a number of digits.
    ///
    /// PostgreSQL has `round(numeric, integer)` and no such function for doubles: "function round(double precision, integer) does
    /// not exist".
    ///
    /// ```json dashboard.json bad
    /// { "uid": "x", "schemaVersion": 40, "panels": [{ "type": "table", "targets": [{ "rawSql": "SELECT ROUND(AVG(seconds)::double precision, 2) FROM calls" }] }] }
    /// ```
    ///
    /// ```json dashboard.json good
    /// { "uid": "x", "schemaVersion": 40, "panels": [{ "type": "table", "targets": [{ "rawSql": "SELECT ROUND(AVG(seconds)::numeric, 2) FROM calls" }] }] }
    /// ```
    ///
    /// Told where a cast in the query shows the type. Tried with PostgreSQL 17.12, 2026-11-28, for double precision and real.
    RULE = "pg-round-double", Warning, High, Look::File(&[Kind::GrafanaDashboard, Kind::Other], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if document.kind == Kind::Other {
        if document.file_name().ends_with(".sql")
            && let Some(at) = rounds_double(&document.text)
        {
            report.at((document, at..at + 5), WHAT).help("::numeric");
        }
        return;
    }
    for value in document.texts() {
        let Some(text) = value.text().filter(|text| text.len() < 20_000) else { continue };
        if rounds_double(text).is_some() {
            report.at(value, WHAT).help("::numeric");
        }
    }
}

const WHAT: &str = "PostgreSQL rounds a numeric to digits, and no double";

/// Where a double is rounded to a number of digits.
fn rounds_double(text: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    let is_double = |(at, _): &(usize, &str)| {
        let inside = &lower[at + 6..];
        let inside = &inside[..closing(inside)];
        let Some((value, digits)) = inside.rsplit_once(',') else { return false };
        let value = value.trim_end();
        let cast = ["::double precision", "::float8", "::float", "::real"].iter().any(|cast| value.ends_with(cast))
            || ["as double precision)", "as float8)", "as float)", "as real)"].iter().any(|cast| value.ends_with(cast));
        cast && digits.trim().parse::<u8>().is_ok()
    };
    lower.match_indices("round(").find(is_double).map(|(at, _)| at)
}

/// Where the bracket ends that has been opened.
fn closing(text: &str) -> usize {
    let mut depth = 1;
    for (position, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return position;
        }
    }
    text.len()
}
