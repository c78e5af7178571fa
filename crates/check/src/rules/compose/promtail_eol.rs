use crate::rules::prelude::*;

rule! {
    /// Promtail is at its end of life.
    ///
    /// It gets no fixes since March 2026, security ones included. Alloy reads its configuration
    /// (`alloy convert --source-format=promtail`).
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   promtail: { image: "grafana/promtail:3.5.8" }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   alloy: { image: "grafana/alloy:v1.12.0" }
    /// ```
    ///
    /// Source: <https://grafana.com/docs/loki/latest/send-data/promtail/>.
    RULE = "promtail-eol", Info, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    if service.is("promtail") {
        report.at(service.image_place(), "Promtail gets no fixes any more; Alloy takes its place");
    }
}
