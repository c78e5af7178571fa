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
    /// Told where a cast in the query shows the type. Tried with PostgreSQL 18.6.
    RULE = "pg-round-double", Warning, High, Look::File(&[Kind::GrafanaDashboard], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for value in document.texts() {
        let Some(text) = value.text().filter(|text| text.len() < 20_000) else { continue };
        let lower = text.to_ascii_lowercase();
        for (at, _) in lower.match_indices("round(") {
            let inside = &lower[at + 6..];
            let end = closing(inside);
            let double = ["::double precision,", "::float8,", "::float,", "::real,"]
                .iter()
                .any(|cast| inside[..end].replace(", ", ",").contains(cast));
            if double {
                report.at(value, "PostgreSQL rounds a numeric to digits, and no double").help("::numeric");
                break;
            }
        }
    }
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
