use crate::rules::prelude::*;

rule! {
    /// Traefik believes whoever answers behind it.
    ///
    /// `serversTransport.insecureSkipVerify` is for every backend at once: whatever answers at the address is given the
    /// requests, with their cookies. A transport of its own (`http.serversTransports`) for the one appliance with a
    /// certificate of its own is enough.
    ///
    /// ```yaml traefik.yml bad
    /// entryPoints: { websecure: { address: ":443" } }
    /// serversTransport: { insecureSkipVerify: true }
    /// ```
    ///
    /// ```yaml traefik.yml good
    /// entryPoints: { websecure: { address: ":443" } }
    /// ```
    ///
    /// A reviewer of real files named it. Source: Traefik `reference/install-configuration/configuration-options.md`,
    /// `serverstransport.insecureskipverify`; read 2026-11-28; the twin of `cf-no-tls-verify`.
    RULE = "traefik-backend-no-tls-verify", Warning, High, Look::File(&[Kind::Yaml, Kind::Toml], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if let Some(value) = find(document, "serversTransport.insecureSkipVerify").filter(|value| value.is_true()) {
        report
            .at(value, "whatever answers behind Traefik is taken for the program, for all of them")
            .help("a transport of its own for the one backend that needs it");
    }
}
