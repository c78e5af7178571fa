use crate::rules::prelude::*;

use super::{hosts, sites};
use crate::rules::dns::Zone;

rule! {
    /// A site whose name is not in its zone.
    ///
    /// Caddy asks for a certificate again and again, and visitors see ERR_SSL_PROTOCOL_ERROR. The record comes first, then the
    /// site.
    ///
    /// ```caddy Caddyfile bad
    /// chat.example.org {
    ///     reverse_proxy app:8080
    /// }
    /// ```
    ///
    /// ```dns example.org.zone bad
    /// $ORIGIN example.org.
    /// $TTL 3600
    /// @ IN SOA ns1.example.org. admin.example.org. ( 2026112701 3600 900 604800 300 )
    /// @ IN NS ns1.example.org.
    /// ns1 IN A 203.0.113.53
    /// ```
    ///
    /// ```caddy Caddyfile good
    /// chat.example.org {
    ///     reverse_proxy app:8080
    /// }
    /// ```
    ///
    /// ```dns example.org.zone good
    /// $ORIGIN example.org.
    /// $TTL 3600
    /// @ IN SOA ns1.example.org. admin.example.org. ( 2026112701 3600 900 604800 300 )
    /// @ IN NS ns1.example.org.
    /// ns1 IN A 203.0.113.53
    /// chat IN A 203.0.113.10
    /// ```
    ///
    /// Told where one zone of the project is the site's, and has neither the name nor a wildcard. Source: Caddy documentation,
    /// "Automatic HTTPS", requirements.
    RULE = "caddy-domain-not-in-zone", Warning, High, Look::File(&[Kind::Caddyfile], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let zones: Vec<Zone> = project
        .of_kind(Kind::Zone)
        .filter(|file| Project::are_related(file, document))
        .filter_map(Zone::read)
        .collect();
    if zones.is_empty() {
        return;
    }
    for (place, host) in sites(document).flat_map(hosts) {
        // The nearest zone is the one that answers.
        let zone = zones.iter().filter(|zone| zone.holds(host)).max_by_key(|zone| zone.origin.len());
        if let Some(zone) = zone.filter(|zone| zone.is_whole && !zone.answers(host)) {
            report
                .at(place, format!("{host} has no record in its zone: no certificate will come"))
                .related((zone.document, 0..0), "this zone");
        }
    }
}
