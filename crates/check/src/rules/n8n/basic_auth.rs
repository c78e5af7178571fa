use crate::rules::prelude::*;

rule! {
    /// A password for n8n that has no effect.
    ///
    /// `N8N_BASIC_AUTH_…` was taken out with n8n 1.0. Whoever sets it believes that a password is asked for; what protects n8n is
    /// the owner's account, and whoever comes first to a new n8n makes it.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   n8n:
    ///     image: docker.n8n.io/n8nio/n8n:2.8.4
    ///     environment: { N8N_BASIC_AUTH_ACTIVE: "true", N8N_BASIC_AUTH_USER: me, N8N_BASIC_AUTH_PASSWORD: "${N8N_PASSWORD}" }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   n8n:
    ///     image: docker.n8n.io/n8nio/n8n:2.8.4
    ///     environment: { N8N_HOST: n8n.example.org }
    ///   old:
    ///     image: n8nio/n8n:0.236.0
    ///     environment: { N8N_BASIC_AUTH_ACTIVE: "true" }
    /// ```
    ///
    /// An information where it is switched off. Source: n8n documentation, "Configure user management" ("n8n removed support for basic auth and JWT in version 1.0"); read
    /// 2026-11-27.
    RULE = "n8n-basic-auth-removed", Warning, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let old = service.version().is_some_and(|version| version.below("1"));
    if !service.is("n8n") || old {
        return;
    }
    let is_one = |name: &str| name.starts_with("N8N_BASIC_AUTH_");
    if let Some(variable) = service.variables.iter().find(|variable| is_one(variable.name)) {
        let finding = report.at(variable.place, "n8n has no basic auth since 1.0: this protects nothing");
        // Nobody takes that for a lock.
        let is_off = |one: &crate::compose::Variable| {
            one.value.as_deref().is_some_and(|value| value.eq_ignore_ascii_case("false"))
        };
        if service.variable("N8N_BASIC_AUTH_ACTIVE").is_some_and(is_off) {
            finding.severity(Severity::Info);
        }
        finding.help("take it out, and make the owner's account before others can reach n8n");
    }
}
