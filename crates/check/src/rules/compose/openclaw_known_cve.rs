use crate::rules::prelude::*;

rule! {
    /// This version of OpenClaw has a hole that is known.
    ///
    /// Approvals could be gone around (remote code execution), files written outside of the sandbox, the gateway taken over by
    /// a web page: each has its advisory and the version that mended it.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   openclaw: { image: "ghcr.io/openclaw/openclaw:2026.2.9", init: true }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   openclaw: { image: "ghcr.io/openclaw/openclaw:2026.9.6", init: true }
    /// ```
    ///
    /// Only tags that say their version are judged. Source: the advisory database of GitHub (OSV), package `openclaw`; the
    /// list with its date is in piton's data on OpenClaw; read 2026-11-27.
    RULE = "compose-openclaw-known-cve", Error, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let (Some(program), Some(version)) = (service.program.filter(|_| service.is("openclaw")), service.version()) else {
        return;
    };
    let known: Vec<_> = program.advisories.iter().filter(|advisory| version.below(&advisory.below)).collect();
    if let Some(worst) = known.first() {
        // The last one says from where on none is left.
        let mended = known.last().map_or("", |advisory| advisory.below.as_str());
        let finding = report.at(service.image_place(), format!("{} ({})", worst.what, worst.id));
        finding.note(format!("known as of {}", program.checked)).help(format!("{mended} or later"));
        for other in known.iter().skip(1) {
            finding.note(format!("also {}: {}", other.id, other.what));
        }
    }
}
