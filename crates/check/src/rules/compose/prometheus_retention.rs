use crate::rules::prelude::*;

rule! {
    /// Prometheus keeps fifteen days, because nobody said otherwise.
    ///
    /// The default ends any look at last month; on a small disk fifteen days may be too many.
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
    /// Source: Prometheus documentation, "Storage".
    RULE = "compose-prometheus-retention", Info, High, Look::Service(check), strict
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    if service.is("prometheus")
        && !service.words("command").iter().any(|(_, word)| word.contains("storage.tsdb.retention"))
    {
        report.at(service.key, "the default keeps fifteen days").help("--storage.tsdb.retention.time=30d");
    }
}
