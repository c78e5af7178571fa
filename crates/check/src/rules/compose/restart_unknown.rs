use crate::rules::prelude::*;
use piton_config::nearest;

rule! {
    /// A restart policy that Docker does not know.
    ///
    /// Compose takes the text as it is, and Docker refuses to create the container: "invalid restart policy". An unquoted
    /// `true` or `false` is refused by Compose: it "must be a string".
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     restart: allways
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     restart: always
    ///   job:
    ///     image: ghcr.io/acme/job:1.4.2
    ///     restart: no
    ///   other:
    ///     image: ghcr.io/acme/other:1.4.2
    ///     restart: on-failure:3
    /// ```
    ///
    /// Source: moby `daemon/container`, `ValidateRestartPolicy`; Docker Compose `pkg/compose/create.go`: a
    /// `deploy.restart_policy` goes before it. Read 2026-11-28; `false` tried with Docker Compose 2.26.1.
    RULE = "compose-restart-unknown", Error, High, Look::Service(check)
}

const POLICIES: [&str; 4] = ["always", "no", "on-failure", "unless-stopped"];

/// Words of `deploy.restart_policy`, which newer versions of Compose take here, too.
const CONDITIONS: [&str; 2] = ["any", "none"];

fn check(_: &Project, service: &Service, report: &mut Report) {
    let Some(value) = service.get("restart") else { return };
    let Some(text) = value.literal().filter(|text| !text.contains('$') && !text.is_empty()) else { return };
    let is_known = POLICIES.contains(&text)
        || CONDITIONS.contains(&text)
        || text.strip_prefix("on-failure:").is_some_and(|count| count.parse::<u32>().is_ok());
    if is_known || service.path("deploy.restart_policy").is_some() {
        return;
    }
    let finding = report.at(value, format!("Docker knows no restart policy `{text}`, and does not make the container"));
    match nearest(text, POLICIES) {
        Some(meant) => finding.help(format!("did you mean `{meant}`?")),
        None => finding.help("`no`, `always`, `unless-stopped`, or `on-failure` with or without `:3`"),
    };
}
