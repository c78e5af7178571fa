use crate::rules::prelude::*;
use piton_config::nearest;

rule! {
    /// A key that Prometheus or Alertmanager does not know.
    ///
    /// Both read their files strictly: one unknown key, and they do not start. How long samples are kept is a flag
    /// (`--storage.tsdb.retention.time`), and a mail's subject is one of its `headers`.
    ///
    /// ```yaml prometheus.yml bad
    /// storage: { tsdb: { retention_time: 30d } }
    /// scrape_configs: [{ job_name: self, static_configs: [{ targets: ["localhost:9090"] }] }]
    /// ```
    ///
    /// ```yaml alertmanager.yml bad 2
    /// route: { receiver: ops }
    /// receivers: [{ name: ops, email_configs: [{ to: ops@example.org, subject: Alert }] }]
    /// ```
    ///
    /// ```yaml prometheus.yml bad 3
    /// scrape_configs: [{ job_name: self, scrape_intervall: 5s, static_config: [{ targets: ["localhost:9090"] }] }]
    /// ```
    ///
    /// ```yaml rules/hosts.yml bad 4
    /// groups: [{ name: hosts, rules: [{ alert: Down, expr: up == 0, for: 2m, annotation: { summary: Down } }] }]
    /// ```
    ///
    /// ```yaml prometheus.yml good
    /// storage: { tsdb: { out_of_order_time_window: 30m } }
    /// scrape_configs: [{ job_name: self, static_configs: [{ targets: ["localhost:9090"] }] }]
    /// ```
    ///
    /// ```yaml alertmanager.yml good 2
    /// route: { receiver: ops }
    /// receivers: [{ name: ops, email_configs: [{ to: ops@example.org, headers: { Subject: Alert } }] }]
    /// ```
    ///
    /// ```yaml prometheus.yml good 3
    /// scrape_configs: [{ job_name: self, scrape_interval: 5s, static_configs: [{ targets: ["localhost:9090"] }] }]
    /// ```
    ///
    /// ```yaml rules/hosts.yml good 4
    /// groups: [{ name: hosts, rules: [{ alert: Down, expr: up == 0, for: 2m, annotations: { summary: Down } }] }]
    /// ```
    ///
    /// Of jobs and rules, told is what is nearly a known key, of any version, of Thanos, Mimir or VictoriaMetrics. A
    /// reviewer of real files named it. Tried with promtool 2.42 ("field retention_time not found in type
    /// config.plain", "field scrape_intervall not found in type config.ScrapeConfig"), 2026-11-28. Source: `TSDBConfig`
    /// of Prometheus and `EmailConfig` of Alertmanager; read 2026-11-28.
    RULE = "prom-key-unknown", Error, High,
        Look::File(&[Kind::Prometheus, Kind::PrometheusRules, Kind::Alertmanager], check)
}

/// Keys below `storage.tsdb` that people write, and that were never there: flags.
const TSDB: [(&str, &str); 5] = [
    ("retention_time", "the flag --storage.tsdb.retention.time"),
    ("retention_size", "the flag --storage.tsdb.retention.size"),
    ("path", "the flag --storage.tsdb.path"),
    ("wal_compression", "the flag --storage.tsdb.wal-compression"),
    ("no_lockfile", "the flag --storage.tsdb.no-lockfile"),
];

/// Keys of a mail that people write, and what they mean.
const MAIL: [(&str, &str); 4] = [
    ("subject", "headers: { Subject: … }"),
    ("body", "text: or html:"),
    ("username", "auth_username"),
    ("password", "auth_password_file"),
];

fn check(_: &Project, document: &Document, report: &mut Report) {
    if document.kind != Kind::Alertmanager {
        unknown("Prometheus", find(document, "storage.tsdb"), &TSDB, report);
        for (map, known) in strict_maps(document) {
            misspelt(map, known, report);
        }
        return;
    }
    let receivers = find(document, "receivers").into_iter().flat_map(Value::items);
    for mail in receivers.filter_map(|receiver| receiver.get("email_configs")).flat_map(Value::items) {
        unknown("Alertmanager", Some(mail), &MAIL, report);
    }
}

fn unknown(program: &str, map: Option<Value>, keys: &[(&str, &str)], report: &mut Report) {
    for (key, instead) in keys {
        if let Some((name, _)) = map.and_then(|map| map.entry(key)) {
            report.at(name, format!("{program} knows no `{key}` here, and does not start")).help(*instead);
        }
    }
}

/// Every map of which all keys are known, with them.
fn strict_maps(document: &Document) -> Vec<(Value<'_>, &'static [&'static str])> {
    let mut maps = Vec::new();
    if document.kind == Kind::PrometheusRules {
        for group in document.roots().filter_map(|root| root.get("groups")).flat_map(Value::items) {
            maps.push((group, GROUP));
            // Grafana's own rules are written alike, with keys of theirs.
            let rules = group.get("rules").into_iter().flat_map(Value::items);
            maps.extend(rules.filter(|rule| rule.get("uid").is_none()).map(|rule| (rule, RULE_KEYS)));
        }
        return maps;
    }
    maps.extend(find(document, "global").map(|global| (global, GLOBAL)));
    // Promtail has sections of the same name, with words of its own.
    let of_promtail = ["pipeline_stages", "journal", "loki_push_api", "syslog"];
    let jobs = find(document, "scrape_configs").into_iter().flat_map(Value::items);
    for job in jobs.filter(|job| of_promtail.iter().all(|key| job.get(key).is_none())) {
        maps.push((job, JOB));
        maps.extend(job.get("static_configs").into_iter().flat_map(Value::items).map(|one| (one, STATIC)));
    }
    maps
}

/// Tells of keys that are nearly a known one.
fn misspelt(map: Value, known: &[&str], report: &mut Report) {
    for (key, _) in map.entries() {
        let Some(name) = key.literal() else { continue };
        // Kinds of discovery are added often.
        if known.contains(&name) || name.ends_with("_sd_configs") || !is_plain(name) {
            continue;
        }
        if let Some(meant) = nearest(name, known.iter().copied()) {
            report
                .at(key, format!("Prometheus knows no `{name}` here, and does not start"))
                .help(format!("did you mean `{meant}`?"));
        }
    }
}

/// Whether a key is a word as all of Prometheus' are; `<<` and `x-common` are others'.
fn is_plain(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
}

const GLOBAL: &[&str] = &[
    "scrape_interval",
    "scrape_timeout",
    "scrape_protocols",
    "evaluation_interval",
    "rule_query_offset",
    "query_log_file",
    "scrape_failure_log_file",
    "external_labels",
    "body_size_limit",
    "sample_limit",
    "target_limit",
    "label_limit",
    "label_name_length_limit",
    "label_value_length_limit",
    "keep_dropped_targets",
    "metric_name_validation_scheme",
    "metric_name_escaping_scheme",
    "scrape_native_histograms",
    "convert_classic_histograms_to_nhcb",
    "always_scrape_classic_histograms",
    "extra_scrape_metrics",
    "labels",
    "relabel_configs",
    "metric_relabel_configs",
    "relabel_debug",
];

const JOB: &[&str] = &[
    "job_name",
    "honor_labels",
    "honor_timestamps",
    "track_timestamps_staleness",
    "params",
    "scrape_interval",
    "scrape_timeout",
    "scrape_protocols",
    "fallback_scrape_protocol",
    "scrape_native_histograms",
    "scrape_classic_histograms",
    "always_scrape_classic_histograms",
    "convert_classic_histograms_to_nhcb",
    "scrape_failure_log_file",
    "metrics_path",
    "scheme",
    "enable_compression",
    "body_size_limit",
    "sample_limit",
    "target_limit",
    "label_limit",
    "label_name_length_limit",
    "label_value_length_limit",
    "native_histogram_bucket_limit",
    "native_histogram_min_bucket_factor",
    "keep_dropped_targets",
    "metric_name_validation_scheme",
    "metric_name_escaping_scheme",
    "extra_scrape_metrics",
    "relabel_configs",
    "metric_relabel_configs",
    "basic_auth",
    "authorization",
    "oauth2",
    "follow_redirects",
    "enable_http2",
    "tls_config",
    "proxy_url",
    "no_proxy",
    "proxy_from_environment",
    "proxy_connect_header",
    "http_headers",
    "bearer_token",
    "bearer_token_file",
    "static_configs",
    "target_groups",
    "azure_sd_configs",
    "consul_sd_configs",
    "digitalocean_sd_configs",
    "dns_sd_configs",
    "docker_sd_configs",
    "dockerswarm_sd_configs",
    "ec2_sd_configs",
    "eureka_sd_configs",
    "file_sd_configs",
    "gce_sd_configs",
    "hetzner_sd_configs",
    "http_sd_configs",
    "ionos_sd_configs",
    "kubernetes_sd_configs",
    "kuma_sd_configs",
    "lightsail_sd_configs",
    "linode_sd_configs",
    "marathon_sd_configs",
    "nerve_sd_configs",
    "nomad_sd_configs",
    "openstack_sd_configs",
    "ovhcloud_sd_configs",
    "puppetdb_sd_configs",
    "scaleway_sd_configs",
    "serverset_sd_configs",
    "triton_sd_configs",
    "uyuni_sd_configs",
    "scrape_align_interval",
    "scrape_offset",
    "stream_parse",
    "series_limit",
    "no_stale_markers",
    "disable_compression",
    "disable_keepalive",
    "relabel_debug",
    "metric_relabel_debug",
    "max_scrape_size",
    "headers",
    "proxy_headers",
    "proxy_basic_auth",
    "proxy_bearer_token",
    "proxy_bearer_token_file",
    "proxy_authorization",
    "proxy_oauth2",
    "proxy_tls_config",
    "sample_age_limit",
];

const STATIC: &[&str] = &["targets", "labels"];

const GROUP: &[&str] = &[
    "name",
    "interval",
    "query_offset",
    "limit",
    "labels",
    "rules",
    "partial_response_strategy",
    "source_tenants",
    "evaluation_delay",
    "align_evaluation_time_on_interval",
    "tenant",
    "type",
    "params",
    "headers",
    "notifier_headers",
    "concurrency",
    "eval_offset",
    "eval_delay",
    "eval_alignment",
    "extra_filter_labels",
    "debug",
    "remote_write",
];

const RULE_KEYS: &[&str] =
    &["record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations", "debug", "update_entries_limit"];
