use crate::rules::prelude::*;

rule! {
    /// A tunnel does not check the certificate behind it, or is told not to where there is none.
    ///
    /// On `https://` `noTLSVerify` takes any certificate, so the program behind it can be anybody. On `http://` it does nothing
    /// and makes people think of TLS where there is none.
    ///
    /// ```yaml config.yml bad
    /// tunnel: abc
    /// ingress:
    ///   - { hostname: app.example.org, service: "https://localhost:8443", originRequest: { noTLSVerify: true } }
    ///   - { service: "http_status:404" }
    /// ```
    ///
    /// ```yaml config.yml good
    /// tunnel: abc
    /// ingress:
    ///   - { hostname: app.example.org, service: "http://localhost:8080" }
    ///   - { service: "http_status:404" }
    /// ```
    ///
    /// An information where the program is on the same host. Source: cloudflared `ingress/origin_service.go`, newHTTPTransport
    /// (it is `InsecureSkipVerify` of the TLS client and nothing else); read 2026-11-28.
    RULE = "cf-no-tls-verify", Warning, High, Look::File(&[Kind::Cloudflared], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    // For all rules at once.
    if let Some(value) = find(document, "originRequest.noTLSVerify").filter(|value| value.is_true()) {
        report.at(value, "whatever answers there is taken for the program");
    }
    for rule in find(document, "ingress").into_iter().flat_map(Value::items) {
        let Some(value) = rule.path("originRequest.noTLSVerify").filter(|value| value.is_true()) else { continue };
        let plain = rule.get("service").and_then(Value::text).is_some_and(|service| service.starts_with("http://"));
        let here = rule.get("service").and_then(Value::text).is_some_and(|service| {
            let host = service.split("://").nth(1).unwrap_or_default();
            ["localhost", "127.", "[::1]"].iter().any(|own| host.starts_with(own))
        });
        let message =
            if plain { "on http:// this does nothing" } else { "whatever answers there is taken for the program" };
        report.at(value, message).severity(if plain || here { Severity::Info } else { Severity::Warning });
    }
}
