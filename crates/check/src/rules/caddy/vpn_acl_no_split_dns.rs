use crate::rules::prelude::*;

use super::{hosts, inside, sites};

rule! {
    /// A site for the mesh alone, to which the mesh knows no way.
    ///
    /// Who asks the public DNS for the name comes over the Internet, with a public address, and is refused although the VPN is
    /// up. Headscale's `dns.extra_records` sends members the mesh address instead.
    ///
    /// ```caddy Caddyfile bad
    /// admin.example.org {
    ///     @outside not remote_ip 100.64.0.0/10
    ///     error @outside 403
    ///     reverse_proxy app:8080
    /// }
    /// ```
    ///
    /// ```yaml headscale.yaml bad
    /// server_url: https://mesh.example.org
    /// noise: { private_key_path: /var/lib/headscale/noise.key }
    /// dns:
    ///   magic_dns: true
    ///   extra_records: [{ name: other.example.org, type: A, value: 100.64.0.1 }]
    /// ```
    ///
    /// ```caddy Caddyfile good
    /// admin.example.org {
    ///     @outside not remote_ip 100.64.0.0/10
    ///     error @outside 403
    ///     reverse_proxy app:8080
    /// }
    /// ```
    ///
    /// ```yaml headscale.yaml good
    /// server_url: https://mesh.example.org
    /// noise: { private_key_path: /var/lib/headscale/noise.key }
    /// dns:
    ///   magic_dns: true
    ///   extra_records: [{ name: admin.example.org, type: A, value: 100.64.0.1 }]
    /// ```
    ///
    /// Source: Headscale's `docs/ref/dns.md`, "extra_records"; read 2026-11-28. One production incident.
    RULE = "caddy-vpn-acl-no-split-dns", Warning, Medium, Look::File(&[Kind::Caddyfile], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let mut all = project.of_kind(Kind::Headscale).filter(|file| Project::are_related(file, document));
    let (Some(mesh), None) = (all.next(), all.next()) else { return };
    // Records may be in a file of their own, or in a split of name servers.
    let elsewhere = ["dns.extra_records_path", "dns.nameservers.split", "dns_config.restricted_nameservers"];
    if !mesh.templated.is_empty()
        || elsewhere.iter().any(|path| find(mesh, path).is_some_and(|value| !value.is_empty()))
    {
        return;
    }
    let records = ["dns.extra_records", "dns_config.extra_records"];
    let known: Vec<&str> = records
        .iter()
        .filter_map(|path| find(mesh, path))
        .flat_map(Value::items)
        .filter_map(|record| record.get("name")?.text())
        .collect();
    for site in sites(document) {
        let guarded = inside(site).any(|line| {
            let words: Vec<&str> = line.words().filter_map(Value::text).collect();
            words.contains(&"not")
                && words.iter().any(|word| matches!(*word, "remote_ip" | "client_ip"))
                && words.contains(&"100.64.0.0/10")
        });
        for (place, host) in hosts(site).filter(|(_, host)| guarded && !known.contains(host)) {
            report
                .at(place, format!("members of the mesh come to {host} over the Internet, and are refused"))
                .related((mesh, 0..0), "no record for it here")
                .help(format!("dns.extra_records: {host} with this host's mesh address"));
        }
    }
}
