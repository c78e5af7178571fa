use crate::rules::prelude::*;

rule! {
    /// Tempo without a version.
    ///
    /// Its newest image is 3.x, where the keys `ingester` and `compactor` are gone: a configuration of 2.x stops the
    /// container at the next pull.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   tempo: { image: "grafana/tempo:latest" }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   tempo: { image: "grafana/tempo:2.9.0" }
    /// ```
    ///
    /// Source: grafana/tempo pull requests 6273 and 6959, read 2026-11-27.
    RULE = "compose-tempo-unpinned", Error, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    if service.is("tempo") && service.image.as_ref().is_some_and(|image| image.is_moving()) {
        report.at(service.image_place(), "the newest Tempo is 3.x, which refuses the keys of 2.x");
    }
}
