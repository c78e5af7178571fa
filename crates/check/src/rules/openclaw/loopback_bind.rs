use crate::rules::prelude::*;

rule! {
    /// OpenClaw listens on its container's own loopback.
    ///
    /// A published port leads to the container's network card. With `bind: "loopback"` nobody listens there: the page never loads.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   openclaw:
    ///     image: ghcr.io/openclaw/openclaw:2026.9.6
    ///     init: true
    ///     ports: ["127.0.0.1:18789:18789"]
    ///     volumes: ["./openclaw.json:/home/node/.openclaw/openclaw.json"]
    /// ```
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local", bind: "loopback" }, agents: {} }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   openclaw:
    ///     image: ghcr.io/openclaw/openclaw:2026.9.6
    ///     init: true
    ///     ports: ["127.0.0.1:18789:18789"]
    ///     volumes: ["./openclaw.json:/home/node/.openclaw/openclaw.json"]
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local", bind: "lan", auth: { mode: "token", token: "${OPENCLAW_GATEWAY_TOKEN}" } }, agents: {} }
    /// ```
    ///
    /// Source: <https://docs.openclaw.ai/install/docker>, "LAN vs loopback"; read 2026-11-27.
    RULE = "openclaw-docker-loopback-bind", Warning, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    let port = service.ports.iter().find(|port| port.reaches(18789));
    let Some(port) = port.filter(|_| service.is("openclaw") && !service.has("network_mode")) else { return };
    let by_command = service.words("command").iter().any(|(_, word)| *word == "lan" || *word == "--bind");
    for (file, _) in service.mounted(project).filter(|(file, _)| file.kind == Kind::OpenClaw && !by_command) {
        if let Some(bind) = super::section(file, "gateway.bind").filter(|bind| bind.text() == Some("loopback")) {
            report
                .at(bind, "nobody outside of the container can reach this")
                .related(port.value, "it is published here")
                .help("bind: \"lan\", and publish on 127.0.0.1");
        }
    }
}
