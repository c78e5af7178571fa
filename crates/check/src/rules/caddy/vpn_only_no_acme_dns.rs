use crate::rules::prelude::*;

use super::{all_lines, hosts, sites};

rule! {
    /// Certificates are to come over ports that the firewall keeps shut.
    ///
    /// HTTP-01 needs port 80 from everywhere, TLS-ALPN-01 port 443. With both closed to the world only DNS-01 is left; without
    /// it the certificates that are there run out, and nobody gets in by https any more.
    ///
    /// ```ufw host/ufw/user.rules bad
    /// *filter
    /// -A ufw-user-input -p tcp --dport 22 -j ACCEPT
    /// -A ufw-user-input -p tcp --dport 443 -s 100.64.0.0/10 -j ACCEPT
    /// COMMIT
    /// ```
    ///
    /// ```caddy host/Caddyfile bad
    /// admin.example.org {
    ///     reverse_proxy 127.0.0.1:8080
    /// }
    /// ```
    ///
    /// ```ufw host/ufw/user.rules good
    /// *filter
    /// -A ufw-user-input -p tcp --dport 22 -j ACCEPT
    /// -A ufw-user-input -p tcp --dport 443 -s 100.64.0.0/10 -j ACCEPT
    /// COMMIT
    /// ```
    ///
    /// ```caddy host/Caddyfile good
    /// {
    ///     acme_dns ovh
    /// }
    /// admin.example.org {
    ///     reverse_proxy 127.0.0.1:8080
    /// }
    /// ```
    ///
    /// Compared in one folder's tree, where Caddy does not run in a container: Docker publishes past ufw. Source: Caddy
    /// documentation, "Automatic HTTPS" ("requires port `80` to be externally accessible", 443 likewise); read 2026-11-28.
    RULE = "caddy-vpn-only-no-acme-dns", Warning, Medium, Look::File(&[Kind::Caddyfile], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let folder = document.folder();
    let top = folder.trim_end_matches("/caddy").trim_end_matches("/etc");
    if top.is_empty() || matches!(top, "caddy" | "etc") {
        return;
    }
    let near = |file: &&Document| file.path.starts_with(&format!("{top}/"));
    let mut filters = project.of_kind(Kind::Ufw).filter(near).filter(|file| file.file_name() == "user.rules");
    let (Some(filter), None) = (filters.next(), filters.next()) else { return };
    let in_container = project.services().any(|service| service.is("caddy") && near(&service.document));
    let other_ways =
        ["dns", "acme_dns", "tls", "local_certs", "auto_https", "http_port", "https_port", "import", "bind"];
    let settled = all_lines(document).any(|line| other_ways.contains(&line.word_text(0)));
    if in_container || settled || opens_the_web(filter) {
        return;
    }
    if let Some((place, host)) = sites(document).flat_map(hosts).next() {
        report
            .at(place, format!("nobody outside reaches port 80 or 443: the certificate of {host} cannot be renewed"))
            .related((filter, 0..0), "this firewall lets neither in from everywhere")
            .help("acme_dns, with a Caddy that has the provider's module");
    }
}

/// Whether a rule lets 80 or 443 in from everywhere, or could.
fn opens_the_web(filter: &Document) -> bool {
    filter.root().lines().any(|line| {
        let words: Vec<&str> = line.words().filter_map(Value::text).collect();
        let accepts = words.windows(2).any(|pair| pair == ["-j", "ACCEPT"]) && words.contains(&"ufw-user-input");
        let narrowed = words.contains(&"-s") || words.contains(&"-i");
        let port = words.windows(2).find(|pair| matches!(pair[0], "--dport" | "--dports")).map(|pair| pair[1]);
        accepts && !narrowed && port.is_none_or(|port| port.contains(['8', '4', ':', ',']) && port != "8080")
    })
}
