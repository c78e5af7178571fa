use crate::rules::prelude::*;

rule! {
    /// An alert watches a job that is not scraped.
    ///
    /// The expression gives nothing, so the alert never fires, and a green page looks like health.
    ///
    /// ```yaml prometheus.yml bad
    /// rule_files: [alerts.yml]
    /// scrape_configs: [{ job_name: node, static_configs: [{ targets: ["node:9100"] }] }]
    /// ```
    ///
    /// ```yaml alerts.yml bad
    /// groups:
    ///   - name: hosts
    ///     rules: [{ alert: Down, expr: 'up{job="nodes"} == 0', for: 2m, labels: { severity: critical } }]
    /// ```
    ///
    /// ```yaml prometheus.yml good
    /// rule_files: [alerts.yml]
    /// scrape_configs: [{ job_name: node, static_configs: [{ targets: ["node:9100"] }] }]
    /// ```
    ///
    /// ```yaml alerts.yml good
    /// groups:
    ///   - name: hosts
    ///     rules: [{ alert: Down, expr: 'up{job="node"} == 0', for: 2m, labels: { severity: critical } }]
    /// ```
    ///
    /// Only where exactly one prometheus.yml loads the rules, and no job comes from elsewhere (remote write, relabelling).
    /// Tried with promtool 2.42, 2026-11-28: `check config` finds nothing wrong, and `test rules` with targets that are all
    /// down gives no alert; with the right name it gives one.
    RULE = "prom-rule-job-unknown", Error, Medium, Look::File(&[Kind::PrometheusRules], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let loads = |file: &&Document| super::loads(file, document);
    let mut loading = project.of_kind(Kind::Prometheus).filter(loads);
    let (Some(config), None) = (loading.next(), loading.next()) else { return };
    if ["scrape_config_files", "relabel_configs", "honor_labels", "remote_write_receiver"]
        .iter()
        .any(|word| config.text.contains(word))
        || !config.templated.is_empty()
    {
        return;
    }
    let jobs: Vec<&str> = find(config, "scrape_configs")
        .into_iter()
        .flat_map(Value::items)
        .filter_map(|job| job.get("job_name")?.text())
        .collect();
    for (_, rule) in super::alerts(document) {
        let Some(expr) = rule.get("expr") else { continue };
        let text = expr.text().unwrap_or_default();
        for (at, _) in text.match_indices("job") {
            let Some(name) = asked(&text[at + 3..]) else { continue };
            let label = text[..at].trim_end().ends_with(['{', ',']);
            if label && !name.is_empty() && !jobs.contains(&name) && !name.contains(['$', '{']) {
                // Asked only now: it looks through all files.
                if report.findings.is_empty() && is_pushed_to(project) {
                    return;
                }
                report
                    .at(expr, format!("no job is called `{name}`, so this gives nothing and never fires"))
                    .related((config, 0..0), format!("the jobs are {}", jobs.join(", ")));
            }
        }
    }
}

/// The text behind `=`, in either quotes.
fn asked(text: &str) -> Option<&str> {
    let rest = text.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    rest[1..].split(quote).next()
}

/// Whether an agent or a collector brings metrics under names of its own.
fn is_pushed_to(project: &Project) -> bool {
    let signs = ["remote-write-receiver", "enable-otlp-receiver", "prometheus.remote_write", "prometheusremotewrite"];
    project.documents.iter().any(|other| signs.iter().any(|word| other.text.contains(word)))
}
