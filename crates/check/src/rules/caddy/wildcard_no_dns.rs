use super::{all_lines, sites};
use crate::rules::prelude::*;

rule! {
    /// A wildcard certificate that nobody gives out this way.
    ///
    /// For `*.example.org` an authority asks for a record in DNS, and Caddy only makes one with a provider's module. Without it
    /// Caddy tries again for a month, and each browser is shown an error.
    ///
    /// ```caddy Caddyfile bad
    /// *.example.org {
    ///     reverse_proxy app:8080
    /// }
    /// ```
    ///
    /// ```caddy Caddyfile good
    /// *.example.org {
    ///     tls {
    ///         dns cloudflare {env.CF_API_TOKEN}
    ///     }
    ///     reverse_proxy app:8080
    /// }
    /// *.home.arpa {
    ///     reverse_proxy app:8080
    /// }
    /// http://*.example.net {
    ///     reverse_proxy app:8080
    /// }
    /// ```
    ///
    /// Not told where the file, or what it imports, says anything of TLS, of certificates or of on-demand ones. Source:
    /// smallstep/certificates issue 1821 (ACME has no other challenge for such a name), caddyserver/certmagic issue 52 ("requires the
    /// DNS challenge"); read 2026-11-28.
    RULE = "caddy-wildcard-no-dns", Error, High, Look::File(&[Kind::Caddyfile], check)
}

/// Words by which a file decides for itself how it comes by certificates.
const OTHER_WAYS: [&str; 13] = [
    "acme_ca",
    "acme_dns",
    "auto_https",
    "cert_issuer",
    "dns",
    "get_certificate",
    "http_port",
    "https_port",
    "import",
    "local_certs",
    "on_demand_tls",
    "skip_install_trust",
    "tls",
];

/// Names that no public authority knows: Caddy gives out their certificates itself.
const LOCAL: [&str; 7] = [".arpa", ".home", ".internal", ".lan", ".local", ".localhost", ".test"];

fn check(project: &Project, document: &Document, report: &mut Report) {
    if !document.text.contains("*.") {
        return;
    }
    let found = sites(document).find_map(|site| {
        site.words().find_map(|word| {
            let text = word.literal()?.trim_end_matches(',');
            let name = text.strip_prefix("https://").unwrap_or(text).strip_prefix("*.")?;
            let bare = name.strip_suffix(":443").unwrap_or(name);
            let is_name =
                bare.contains('.') && bare.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
            let is_local = LOCAL.iter().any(|end| bare.ends_with(end));
            (is_name && !is_local).then_some((word, bare))
        })
    });
    let Some((place, name)) = found else { return };
    let decides = |file: &Document| all_lines(file).any(|line| OTHER_WAYS.contains(&line.word_text(0)));
    // A file of sites is imported by one beside or above it, which may have decided.
    let is_above = |file: &&Document| {
        let rest = document.folder().strip_prefix(file.folder());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || file.folder().is_empty())
    };
    let others = || project.of_kind(Kind::Caddyfile).filter(is_above);
    let is_near = |service: &&Service| Project::are_related(service.document, document);
    let is_behind = || project.services().filter(is_near).any(|service| service.is("cloudflared"));
    if !others().any(decides) && !decides(document) && !is_behind() {
        report
            .at(place, format!("nobody certifies `*.{name}` without a record in DNS, and nothing here makes one"))
            .help("tls with `dns` and a Caddy that has the provider's module; or each name by itself");
    }
}
