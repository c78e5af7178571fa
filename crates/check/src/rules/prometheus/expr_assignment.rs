use crate::rules::prelude::*;

rule! {
    /// A rule compares with a single `=`.
    ///
    /// Outside of braces PromQL knows `==` only. The file is refused: none of its rules is loaded, and Prometheus does not start with
    /// it.
    ///
    /// ```yaml rules/hosts.yml bad
    /// groups:
    ///   - name: hosts
    ///     rules: [{ alert: Down, expr: up = 0, for: 5m, labels: { severity: critical } }]
    /// ```
    ///
    /// ```yaml rules/hosts.yml good
    /// groups:
    ///   - name: hosts
    ///     rules:
    ///       - { alert: Down, expr: 'up{job="node", mode!~"a=b"} == 0', for: 5m, labels: { severity: critical } }
    ///       - { alert: Full, expr: "disk_free <= 10 and on(host) disk_total >= 1 # a = b", for: 5m, labels: { severity: warning } }
    /// ```
    ///
    /// Tried with promtool 2.42, 2026-11-28: `parse error: unexpected "="`.
    RULE = "prom-expr-assignment", Error, High, Look::File(&[Kind::PrometheusRules], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let groups = document.roots().filter_map(|root| root.get("groups")).flat_map(Value::items);
    for rule in groups.flat_map(|group| group.get("rules").into_iter().flat_map(Value::items)) {
        let Some(value) = rule.get("expr") else { continue };
        let Some(text) = value.text().filter(|text| may_assign(text)).and(value.literal()) else { continue };
        // Logs are asked otherwise: `| json | level = "error"`.
        let is_logs = text.contains(['|', '`']);
        if !is_logs && assigns(text) && !super::is_victoria(project) {
            report.at(value, "PromQL compares with `==`: with a single `=` the file is refused").help("==");
        }
    }
}

/// Whether a single `=` stands behind no opening brace, which nearly all do: those of labels.
fn may_assign(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_single = |at: usize| {
        let before = at.checked_sub(1).map_or(b' ', |at| bytes[at]);
        !b"=!<>".contains(&before) && !b"=~".contains(bytes.get(at + 1).unwrap_or(&b' '))
    };
    let mut is_open = false;
    bytes.iter().enumerate().any(|(at, byte)| {
        is_open = matches!(byte, b'{') || is_open && !matches!(byte, b'}');
        *byte == b'=' && !is_open && is_single(at)
    })
}

/// Whether a single `=` stands outside of braces, quotes and comments.
fn assigns(text: &str) -> bool {
    let bytes = text.as_bytes();
    let at_or_blank = |at: Option<usize>| at.and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
    let (mut depth, mut at) = (0u32, 0);
    // Most letters mean nothing here.
    while let Some(found) = bytes[at..].iter().position(|byte| matches!(byte, b'"' | b'\'' | b'#' | b'{' | b'}' | b'='))
    {
        at += found;
        match bytes[at] {
            quote @ (b'"' | b'\'') => at += end_of_quote(&bytes[at + 1..], quote),
            b'#' => at += bytes[at..].iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len() - at),
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {
                let (before, next) = (at_or_blank(at.checked_sub(1)), at_or_blank(Some(at + 1)));
                if depth == 0 && !b"=!<>".contains(&before) && !b"=~".contains(&next) {
                    return true;
                }
            }
        }
        at = bytes.len().min(at + 1);
    }
    false
}

/// How many bytes a text in quotes has with its closing quote.
fn end_of_quote(bytes: &[u8], quote: u8) -> usize {
    let is_end = |at: &usize| bytes[*at] == quote && at.checked_sub(1).is_none_or(|before| bytes[before] != b'\\');
    (0..bytes.len()).find(is_end).map_or(bytes.len(), |end| end + 1)
}
