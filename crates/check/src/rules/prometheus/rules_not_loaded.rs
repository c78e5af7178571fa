use crate::rules::prelude::*;

rule! {
    /// A file of rules that Prometheus does not load.
    ///
    /// It lies beside prometheus.yml and looks as if it were in force; `rule_files` does not name it.
    ///
    /// ```yaml prom/prometheus.yml bad
    /// rule_files: [other.yml]
    /// scrape_configs: [{ job_name: node, static_configs: [{ targets: ["node:9100"] }] }]
    /// ```
    ///
    /// ```yaml prom/alerts.yml bad
    /// groups:
    ///   - name: hosts
    ///     rules: [{ alert: Down, expr: up == 0, for: 2m, labels: { severity: critical } }]
    /// ```
    ///
    /// ```yaml prom/prometheus.yml good
    /// rule_files: ["*.yml"]
    /// scrape_configs: [{ job_name: node, static_configs: [{ targets: ["node:9100"] }] }]
    /// ```
    ///
    /// ```yaml prom/alerts.yml good
    /// groups:
    ///   - name: hosts
    ///     rules: [{ alert: Down, expr: up == 0, for: 2m, labels: { severity: critical } }]
    /// ```
    ///
    /// A warning: the file may be mounted under another name. Tried with Prometheus 3.5.3, 2026-11-28: `/api/v1/rules` has
    /// no group of such a file, and no line of the log names it.
    RULE = "prom-rules-not-loaded", Warning, Medium, Look::File(&[Kind::PrometheusRules], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    // A role copies its files under other names, and for a Prometheus that another role may set up.
    if document.path.split('/').any(|part| part == "roles" || part == "templates") || !document.templated.is_empty() {
        return;
    }
    let beside: Vec<&Document> = project
        .of_kind(Kind::Prometheus)
        .filter(|file| document.path.starts_with(file.folder()) && file.templated.is_empty())
        .collect();
    let [config] = beside.as_slice() else { return };
    if config.folder() != document.folder() && !document.folder().starts_with(&format!("{}/", config.folder())) {
        return;
    }
    // A comment that names it is somebody's decision.
    let is_left_out =
        config.lines().any(|(_, line)| line.trim_start().starts_with('#') && line.contains(document.file_name()));
    if is_left_out {
        return;
    }
    if !super::loads(config, document) && document.folder().len() <= config.folder().len() + 16 {
        let place = config.root().entry("rule_files").map_or((*config, 0..0), |(key, _)| (*config, key.range()));
        let finding = report
            .at((document, 0..0), format!("{} does not name this file, so none of it is in force", config.file_name()))
            .related(place, "what it names");
        // The one that runs may name it.
        if is_sample(config) {
            finding.severity(Severity::Info);
        }
    }
}
