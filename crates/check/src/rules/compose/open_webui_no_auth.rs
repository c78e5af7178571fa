use crate::rules::prelude::*;

rule! {
    /// Open WebUI asks nobody for a login.
    ///
    /// With `WEBUI_AUTH: "False"` whoever reaches the port is its administrator: chats, documents, the keys of the models
    /// behind it, and tools that run code.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   chat:
    ///     image: ghcr.io/open-webui/open-webui:v0.6.9
    ///     environment: { WEBUI_AUTH: "False" }
    ///     ports: ["3000:8080"]
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   chat:
    ///     image: ghcr.io/open-webui/open-webui:v0.6.9
    ///     environment: { WEBUI_AUTH: "True" }
    ///     ports: ["127.0.0.1:3000:8080"]
    /// ```
    ///
    /// An error where the port is published to whoever reaches the host, else an information. A reviewer of real files named it. Source:
    /// <https://docs.openwebui.com/getting-started/advanced-topics/env-configuration>, WEBUI_AUTH; read 2026-11-28.
    RULE = "open-webui-no-auth", Error, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let is_it = service.image.as_ref().is_some_and(|image| image.repository.ends_with("open-webui"));
    let is_off = |value: &str| matches!(value.to_ascii_lowercase().as_str(), "false" | "0" | "no");
    let Some(variable) = service.variable("WEBUI_AUTH").filter(|_| is_it) else { return };
    if !variable.value.as_deref().is_some_and(is_off) {
        return;
    }
    let published = service.ports.iter().find(|port| port.is_public() && port.host.is_some());
    let finding = report.at(variable.place, "whoever opens this page is its administrator, without a login");
    finding.help("WEBUI_AUTH: \"True\", or the port on 127.0.0.1");
    match published {
        Some(port) if !is_trial(service.document) => finding.related(port.value, "published here"),
        Some(_) => finding.severity(Severity::Warning),
        None => finding.severity(Severity::Info),
    };
}
