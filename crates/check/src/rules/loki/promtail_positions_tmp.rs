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
    /// Source: Loki v3.5.8 `send-data/promtail/configuration.md`, `positions` ("needed for when Promtail is restarted");
    /// read 2026-11-28.
    RULE = "promtail-positions-tmp", Warning, High, Look::File(&[Kind::Promtail], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    // Where a service of the project reads the file, compose-promtail-positions knows better.
    let known = project
        .services()
        .any(|service| service.is("promtail") && service.mounted(project).any(|(file, _)| file.path == document.path));
    // A quadlet or a `docker run` that mounts something there keeps it.
    let kept = project.documents.iter().any(|file| {
        file.text.contains("promtail")
            && (file.text.contains(":/tmp:") || file.text.contains(":/tmp\n") || file.text.contains(":/tmp \\"))
    });
    let known = known || kept;
    let place = find(document, "positions.filename")
        .filter(|place| !known && place.literal().is_some_and(|text| text.starts_with("/tmp/")));
    if let Some(place) = place {
        report.at(place, "what lies in /tmp is gone after a restart, and every log is sent again");
    }
}
