use crate::rules::prelude::*;

rule! {
    /// A tunnel is to lead to a path.
    ///
    /// cloudflared refuses the whole file: "ingress rules don't support proxying to a different path on the origin service".
    ///
    /// ```yaml config.yml bad
    /// tunnel: home
    /// ingress: [{ hostname: a.example.org, service: "http://localhost:8080/app" }, { service: "http_status:404" }]
    /// ```
    ///
    /// ```yaml config.yml good
    /// tunnel: home
    /// ingress: [{ hostname: a.example.org, service: "http://localhost:8080" }, { service: "http_status:404" }]
    /// ```
    ///
    /// The idea is `cloudflared tunnel ingress validate`. Source: cloudflared `ingress/ingress.go`; read 2026-11-27.
    RULE = "cf-service-path", Error, High, Look::File(&[Kind::Cloudflared], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for service in find(document, "ingress").into_iter().flat_map(Value::items).filter_map(|rule| rule.get("service")) {
        let Some((scheme, rest)) = service.literal().and_then(|text| text.split_once("://")) else { continue };
        let path = rest.split_once('/').map_or("", |(_, path)| path);
        if matches!(scheme, "http" | "https") && !path.is_empty() {
            report
                .at(service, "cloudflared refuses a service with a path")
                .help("let the program answer below the path");
        }
    }
}
