use crate::rules::prelude::*;

rule! {
    /// One file is for two kinds of processor.
    ///
    /// A host is amd64 or arm64. What is pinned to the other one runs emulated, slowly, where binfmt is set up, and stops with
    /// "exec format error" where it is not.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   app: { image: "ghcr.io/acme/app:1.4.2", platform: linux/arm64 }
    ///   job: { image: "ghcr.io/acme/job:1.4.2", platform: linux/amd64 }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   app: { image: "ghcr.io/acme/app:1.4.2", platform: linux/arm64 }
    ///   job: { image: "ghcr.io/acme/job:1.4.2", platform: linux/arm64 }
    /// ```
    ///
    /// Source: compose-spec `05-services.md`, `platform`; read 2026-11-28. The two messages were not tried by piton.
    RULE = "compose-platform-mismatch", Warning, Medium, Look::File(&[Kind::Compose], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let pinned: Vec<(Value, &str)> = project
        .services_of(document)
        .iter()
        .filter_map(|service| service.get("platform"))
        .filter_map(|value| Some((value, processor(value.literal()?)?)))
        .collect();
    let Some((first, one)) = pinned.first() else { return };
    if let Some((other, _)) = pinned.iter().find(|(_, processor)| processor != one) {
        report
            .at(*other, "no host is both: one of these runs emulated, or not at all")
            .related(*first, "another processor");
    }
}

fn processor(platform: &str) -> Option<&'static str> {
    match platform.strip_prefix("linux/").unwrap_or(platform).split('/').next()? {
        "amd64" | "x86_64" => Some("amd64"),
        "arm64" | "aarch64" => Some("arm64"),
        _ => None,
    }
}
