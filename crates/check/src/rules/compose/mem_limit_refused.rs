use crate::rules::prelude::*;

rule! {
    /// A memory limit that Docker refuses.
    ///
    /// A number without a unit is bytes. Docker takes no limit below six megabytes, and the container is not made.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   app: { image: "ghcr.io/acme/app:1.4.2", mem_limit: 512 }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   app: { image: "ghcr.io/acme/app:1.4.2", mem_limit: 512m }
    ///   web: { image: "ghcr.io/acme/web:1.4.2", mem_limit: 0 }
    /// ```
    ///
    /// Source: the engine's words in half a dozen reports ("Minimum memory limit allowed is 6MB", in older ones 4); read 2026-11-28.
    RULE = "compose-mem-limit-refused", Error, High, Look::Service(check)
}

/// What even older engines ask for.
const LEAST: u64 = 4 << 20;

fn check(_: &Project, service: &Service, report: &mut Report) {
    let Some((place, limit)) = service.memory_limit() else { return };
    let is_number = place.literal().is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    if (1..LEAST).contains(&limit) && place.literal().is_some() {
        let finding = report.at(
            place,
            format!("{limit} bytes: Docker takes no limit below 6 MB, and `{}` does not start", service.name),
        );
        if is_number {
            finding.help(format!("with a unit: `{limit}m`"));
        }
    }
}
