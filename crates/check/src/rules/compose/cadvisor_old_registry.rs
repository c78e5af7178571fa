use crate::image::Version;
use crate::rules::prelude::*;

rule! {
    /// cAdvisor from a registry that gets no new versions.
    ///
    /// Releases are pushed to ghcr.io/google/cadvisor: of 0.53 and from 0.56 on there is no tag at gcr.io, so it cannot be pulled.
    /// What gcr.io calls `latest` is an old one. A version that is there is an information.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   cadvisor: { image: "gcr.io/cadvisor/cadvisor:v0.56.2" }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   cadvisor: { image: "ghcr.io/google/cadvisor:0.56.2" }
    /// ```
    ///
    /// Source: google/cadvisor issue 3712 (no 0.53.0 at gcr.io) and pull request 3806 (images are pushed to ghcr.io instead), which
    /// 0.54.1 and 0.55.1 still went past: many files that run pin them there; read 2026-11-28.
    RULE = "compose-cadvisor-old-registry", Warning, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let old = |name: &str| matches!(name, "gcr.io/cadvisor/cadvisor" | "google/cadvisor");
    if service.image.as_ref().is_some_and(|image| old(&image.repository)) {
        match service.version() {
            Some(version) if is_gone(&version) => report
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

/// Whether the old registry never had the version.
fn is_gone(version: &Version) -> bool {
    version.at_least("0.56") || version.at_least("0.53.0") && version.below("0.54")
}
