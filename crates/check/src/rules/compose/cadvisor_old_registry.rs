use crate::rules::prelude::*;

rule! {
    /// cAdvisor from a registry that gets no new versions.
    ///
    /// Releases from 0.54 on are at ghcr.io/google/cadvisor only: such a tag at gcr.io does not exist, and cannot be pulled. What
    /// gcr.io calls `latest` is an old one. A version of before that is there, so then it is an information.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   cadvisor: { image: "gcr.io/cadvisor/cadvisor:v0.55.1" }
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
        match service.version() {
            Some(version) if version.at_least("0.54") => report
                .at(
                    service.image_place(),
                    format!("there is no cAdvisor {version} here: it is at ghcr.io/google/cadvisor"),
                )
                .severity(Severity::Error),
            Some(_) => report
                .at(service.image_place(), "new versions of cAdvisor are at ghcr.io/google/cadvisor only")
                .severity(Severity::Info),
            None => report.at(service.image_place(), "new versions of cAdvisor are at ghcr.io/google/cadvisor only"),
        };
    }
}
