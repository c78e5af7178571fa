use crate::rules::prelude::*;

rule! {
    /// A time that Prometheus and Alertmanager cannot read.
    ///
    /// A time is numbers with units, the greatest first: `1h30m`. A number without a unit, `5min` and `1.5h` are none,
    /// and the whole file is refused: no rule of it is loaded, and Prometheus does not start with it.
    ///
    /// ```yaml rules/hosts.yml bad
    /// groups:
    ///   - name: hosts
    ///     rules: [{ alert: Down, expr: up == 0, for: 5min, labels: { severity: critical } }]
    /// ```
    ///
    /// ```yaml prometheus.yml bad 2
    /// global: { scrape_interval: 15 }
    /// scrape_configs: [{ job_name: self, static_configs: [{ targets: ["localhost:9090"] }] }]
    /// ```
    ///
    /// ```yaml rules/hosts.yml good
    /// groups:
    ///   - name: hosts
    ///     rules: [{ alert: Down, expr: up == 0, for: 5m, labels: { severity: critical } }]
    /// ```
    ///
    /// ```yaml prometheus.yml good 2
    /// global: { scrape_interval: 15s }
    /// scrape_configs: [{ job_name: self, static_configs: [{ targets: ["localhost:9090"] }] }]
    /// ```
    ///
    /// VictoriaMetrics takes more, so nothing is told where it is named. Tried with promtool 2.42, 2026-11-28: `not a
    /// valid duration string: "5min"`. Source: `ParseDuration` of Prometheus' common library, which Alertmanager uses,
    /// too; read 2026-11-28.
    RULE = "prom-duration-invalid", Error, High,
        Look::File(&[Kind::Prometheus, Kind::PrometheusRules, Kind::Alertmanager], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for (owner, name) in times(document) {
        let Some(value) = owner.get(name) else { continue };
        let starts_as_one = |text: &&str| text.starts_with(|first: char| first.is_ascii_digit());
        let Some(text) = value.literal().filter(starts_as_one) else { continue };
        // What is none of these letters may be filled in by something.
        let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b". ".contains(&byte));
        if is_plain && !is_duration(text) && !super::is_victoria(project) {
            report
                .at(value, format!("`{text}` is no time, and the file is refused"))
                .help("numbers with units, the greatest first: y, w, d, h, m, s, ms");
        }
    }
}

/// Each map that may hold times, with the name of one.
fn times(document: &Document) -> Vec<(Value<'_>, &'static str)> {
    let mut found = Vec::new();
    match document.kind {
        Kind::PrometheusRules => {
            for group in document.roots().filter_map(|root| root.get("groups")).flat_map(Value::items) {
                found.extend(each(group, &["interval"]));
                for rule in group.get("rules").into_iter().flat_map(Value::items) {
                    found.extend(each(rule, &["for", "keep_firing_for"]));
                }
            }
        }
        Kind::Prometheus => {
            let global = find(document, "global").into_iter();
            found.extend(
                global.flat_map(|one| each(one, &["scrape_interval", "scrape_timeout", "evaluation_interval"])),
            );
            let jobs = find(document, "scrape_configs").into_iter().flat_map(Value::items);
            found.extend(jobs.flat_map(|job| each(job, &["scrape_interval", "scrape_timeout"])));
        }
        _ => {
            let routes = super::routes(document).into_iter();
            found.extend(routes.flat_map(|route| each(route, &["group_wait", "group_interval", "repeat_interval"])));
        }
    }
    found
}

fn each<'a>(owner: Value<'a>, names: &[&'static str]) -> Vec<(Value<'a>, &'static str)> {
    names.iter().map(|name| (owner, *name)).collect()
}

/// Whether a text is a time: each unit at most once, from years to milliseconds.
fn is_duration(text: &str) -> bool {
    let mut rest = text;
    for unit in ["y", "w", "d", "h", "m", "s", "ms"] {
        let after = rest.trim_start_matches(|letter: char| letter.is_ascii_digit());
        let word_end = after.find(|letter: char| letter.is_ascii_digit()).unwrap_or(after.len());
        if after.len() < rest.len() && after.get(..word_end) == Some(unit) {
            rest = after.get(word_end..).unwrap_or_default();
        }
    }
    text == "0" || rest.is_empty() && !text.is_empty()
}

#[cfg(test)]
mod tests {
    use super::is_duration;

    #[test]
    fn times_are_read_as_promtool_reads_them() {
        for right in ["0", "0s", "5m", "1h30m", "1d2h", "15s", "500ms", "1y2w3d4h5m6s7ms"] {
            assert!(is_duration(right), "{right}");
        }
        for wrong in ["", "5", "5min", "1.5h", "5M", "5 m", "30s1m", "1mo", "10sec", "5m5m"] {
            assert!(!is_duration(wrong), "{wrong}");
        }
    }
}
