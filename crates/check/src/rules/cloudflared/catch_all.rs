use crate::rules::prelude::*;

rule! {
    /// A tunnel's rules do not end with one for everything else.
    ///
    /// cloudflared refuses such a file: "The last ingress rule must match all URLs". All sites behind the tunnel are down.
    ///
    /// ```yaml config.yml bad
    /// tunnel: abc
    /// ingress:
    ///   - { hostname: app.example.org, service: "http://localhost:8080" }
    /// ```
    ///
    /// ```yaml config.yml good
    /// tunnel: abc
    /// ingress:
    ///   - { hostname: app.example.org, service: "http://localhost:8080" }
    ///   - { service: "http_status:404" }
    /// ```
    ///
    /// Source: cloudflared `ingress/ingress.go`, errLastRuleNotCatchAll; read 2026-11-27.
    RULE = "cf-catch-all-missing", Error, High, Look::File(&[Kind::Cloudflared], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let Some(last) =
        find(document, "ingress").and_then(|ingress| ingress.items().last()).filter(|_| document.templated.is_empty())
    else {
        return;
    };
    let narrows =
        last.get("hostname").is_some_and(|name| name.literal().is_some_and(|text| !text.is_empty() && text != "*"))
            || last.get("path").is_some();
    if narrows {
        report
            .at(last, "cloudflared refuses a file whose last rule is not for everything else")
            .help("- service: http_status:404");
    }
}
