use crate::rules::prelude::*;

rule! {
    /// Prometheus keeps fifteen days, because nobody said otherwise.
    ///
    /// The default ends any look at last month; on a small disk fifteen days may be too many. From 3.8 on it may also stand
    /// in prometheus.yml.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   prometheus: { image: "prom/prometheus:v3.5.3" }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   prometheus:
    ///     image: prom/prometheus:v3.5.3
    ///     command: ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.retention.time=30d"]
    /// ```
    ///
    /// ```yaml compose.yaml good 2
    /// services:
    ///   prometheus:
    ///     image: prom/prometheus:v3.8.0
    ///     volumes: ["./prometheus.yml:/etc/prometheus/prometheus.yml:ro"]
    /// ```
    ///
    /// ```yaml prometheus.yml good 2
    /// storage: { tsdb: { retention: { time: 30d } } }
    /// scrape_configs: [{ job_name: self, static_configs: [{ targets: ["localhost:9090"] }] }]
    /// ```
    ///
    /// Source: Prometheus `cmd/prometheus/main.go` (`defaultRetentionString = "15d"`), and from 3.8 on
    /// `storage.tsdb.retention` in the configuration; read 2026-11-28. Tried with 3.5.3, 2026-11-28: `"storageRetention":
    /// "15d"`.
    RULE = "compose-prometheus-retention", Info, High, Look::Service(check), strict
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    // From 3.8 on the configuration may say it.
    let in_file = || service.mounted(project).any(|(file, _)| find(file, "storage.tsdb.retention").is_some());
    if service.is("prometheus")
        && !in_file()
        && !service.words("command").iter().any(|(_, word)| word.contains("storage.tsdb.retention"))
    {
        report.at(service.key, "the default keeps fifteen days").help("--storage.tsdb.retention.time=30d");
    }
}
