use crate::rules::prelude::*;

rule! {
    /// OpenClaw runs as the first process of its container.
    ///
    /// It starts shells, browsers and tools. Without an init process nobody collects those that end, and a stop waits
    /// ten seconds and kills.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   openclaw:
    ///     image: ghcr.io/openclaw/openclaw:2026.4.26
    ///     volumes: ["./state:/home/node/.openclaw"]
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   openclaw:
    ///     image: ghcr.io/openclaw/openclaw:2026.9.6
    ///     init: true
    ///     volumes: ["./state:/home/node/.openclaw"]
    /// ```
    ///
    /// Of images from before May 2026: later ones begin with `tini`. Fix: safe. Source: OpenClaw's own docker-compose.yml;
    /// openclaw/openclaw pull request 78777 (`ENTRYPOINT ["tini", "-s", "--"]`, merged 2026-05-07); read 2026-11-28.
    RULE = "compose-openclaw-init-missing", Warning, Medium, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let sysbox = service.get("runtime").and_then(Value::text) == Some("sysbox-runc");
    let own_init = ["entrypoint", "command"]
        .iter()
        .any(|key| service.words(key).iter().any(|(_, word)| word.contains("tini") || word.contains("dumb-init")));
    let is_old = service.version().is_some_and(|version| version.below("2026.5"));
    if !service.is("openclaw") || !is_old || service.has("init") || sysbox || own_init || service.has("build") {
        return;
    }
    let finding = report
        .at(service.key, format!("`{}` has no init process to collect what its tools leave behind", service.name));
    finding.help("init: true");
    if let Some((image, _)) = service
        .document
        .root()
        .path("services")
        .and_then(|services| services.get(service.name))
        .and_then(|own| own.entry("image"))
    {
        let line_start = service.document.text[..image.range().start].rfind('\n').map_or(0, |newline| newline + 1);
        // In braces a line alone is no entry.
        let is_block = !service.document.text[service.own_range()][service.key.written().len()..]
            .trim_start_matches([':', ' '])
            .starts_with('{');
        if is_block && service.document.text[line_start..image.range().start].trim().is_empty() {
            finding.safe_fix("init: true", vec![Edit::line_above(service.document, image.range().start, "init: true")]);
        }
    }
}
