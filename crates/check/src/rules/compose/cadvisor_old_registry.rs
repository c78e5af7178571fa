use crate::rules::prelude::*;

rule! {
    /// cAdvisor from a registry that gets no new versions.
    ///
    /// Releases from 0.53 on are at ghcr.io/google/cadvisor; what gcr.io calls `latest` is 0.38.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   cadvisor: { image: "gcr.io/cadvisor/cadvisor:v0.49.1" }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   cadvisor: { image: "ghcr.io/google/cadvisor:0.56.2" }
    /// ```
    ///
    /// Source: google/cadvisor pull request 3806 (from 0.54.0 on images are pushed to ghcr.io instead of gcr.io); read
    /// 2026-11-27.
    RULE = "compose-cadvisor-old-registry", Warning, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let old = |name: &str| matches!(name, "gcr.io/cadvisor/cadvisor" | "google/cadvisor");
    if service.image.as_ref().is_some_and(|image| old(&image.repository)) {
        report.at(service.image_place(), "new versions of cAdvisor are at ghcr.io/google/cadvisor only");
    }
}
