use crate::rules::prelude::*;

rule! {
    /// A tunnel speaks HTTP to a port that speaks TLS, or the other way around.
    ///
    /// `http://localhost:443` gets "client sent an HTTP request to an HTTPS server", and the visitor a 400 or 502.
    ///
    /// ```yaml config.yml bad
    /// tunnel: abc
    /// ingress:
    ///   - { hostname: app.example.org, service: "http://localhost:443" }
    ///   - { service: "http_status:404" }
    /// ```
    ///
    /// ```yaml config.yml good
    /// tunnel: abc
    /// ingress:
    ///   - { hostname: app.example.org, service: "https://localhost:443", originRequest: { originServerName: app.example.org } }
    ///   - { service: "http_status:404" }
    /// ```
    ///
    /// A warning: a program may well speak http on 443. Tried with curl and Caddy 2.6.2, 2026-11-28: http to the TLS port gets
    /// that text and 400, https to the plain port a TLS error, which a tunnel hands on as 502.
    RULE = "cf-service-scheme-port", Warning, High, Look::File(&[Kind::Cloudflared], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for rule in find(document, "ingress").into_iter().flat_map(Value::items) {
        let Some(service) = rule.get("service") else { continue };
        let text = service.literal().unwrap_or_default().to_ascii_lowercase();
        let text = text.trim_end_matches('/');
        if (text.starts_with("http://") && text.ends_with(":443"))
            || (text.starts_with("https://") && text.ends_with(":80"))
        {
            report.at(service, "the scheme and the port speak different languages");
        }
    }
}
