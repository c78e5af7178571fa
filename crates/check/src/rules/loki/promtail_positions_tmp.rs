use crate::rules::prelude::*;

rule! {
    /// Promtail keeps its positions where they are lost.
    ///
    /// /tmp is emptied at a reboot, and goes with a container. All logs are sent again.
    ///
    /// ```yaml promtail.yaml bad
    /// positions: { filename: /tmp/positions.yaml }
    /// clients: [{ url: "http://loki:3100/loki/api/v1/push" }]
    /// scrape_configs: []
    /// ```
    ///
    /// ```yaml promtail.yaml good
    /// positions: { filename: /var/lib/promtail/positions.yaml }
    /// clients: [{ url: "http://loki:3100/loki/api/v1/push" }]
    /// scrape_configs: []
    /// ```
    ///
    /// Source: Promtail documentation, `positions`.
    RULE = "promtail-positions-tmp", Warning, High, Look::File(&[Kind::Promtail], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let mounted = project.services().any(|service| {
        service.is("promtail")
            && service
                .mounts
                .iter()
                .any(|mount| mount.target.trim_end_matches('/') == "/tmp" || mount.target.starts_with("/tmp/positions"))
    });
    if let Some(place) = find(document, "positions.filename")
        .filter(|place| !mounted && place.literal().is_some_and(|text| text.starts_with("/tmp/")))
    {
        report.at(place, "what lies in /tmp is gone after a restart, and every log is sent again");
    }
}
