use crate::rules::prelude::*;

use super::Zone;

rule! {
    /// A zone that means something else than it says.
    ///
    /// A name without a dot at its end is one of this zone: `mail.example.org` in example.org is
    /// `mail.example.org.example.org`, and mail goes nowhere. A CNAME at the top of a zone, or beside other records, is refused
    /// by servers, the whole zone with it.
    ///
    /// ```dns example.org.zone bad
    /// $ORIGIN example.org.
    /// $TTL 3600
    /// @ IN SOA ns1.example.org. admin.example.org. ( 2026112701 3600 900 604800 300 )
    /// @ IN NS ns1.example.org.
    /// ns1 IN A 203.0.113.53
    /// @ IN MX 10 mail.example.org
    /// ```
    ///
    /// ```dns example.org.zone good
    /// $ORIGIN example.org.
    /// $TTL 3600
    /// @ IN SOA ns1.example.org. admin.example.org. ( 2026112701 3600 900 604800 300 )
    /// @ IN NS ns1.example.org.
    /// ns1 IN A 203.0.113.53
    /// @ IN MX 10 mail.example.org.
    /// ```
    ///
    /// Tried with BIND's named-checkzone 9.18: a CNAME with other data is refused. Source: RFC 1035 section 5.1; RFC 1034
    /// section 3.6.2.
    RULE = "zone-syntax", Error, High, Look::File(&[Kind::Zone], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let Some(zone) = Zone::read(document).filter(|zone| zone.is_whole) else { return };
    for record in &zone.records {
        let target = match record.kind {
            "NS" | "CNAME" | "PTR" | "DNAME" => record.data.first(),
            "MX" => record.data.get(1),
            "SRV" => record.data.get(3),
            _ => None,
        };
        let Some(target) = target else { continue };
        let lower = target.to_ascii_lowercase();
        if lower == zone.origin || lower.ends_with(&format!(".{}", zone.origin)) {
            report
                .at(
                    (document, record.range.clone()),
                    format!("without a dot at its end this is {target}.{}", zone.origin),
                )
                .help(format!("{target}."));
        }
    }
    for alias in zone.records.iter().filter(|record| record.kind == "CNAME") {
        let signed = |kind: &str| matches!(kind, "DS" | "DNSKEY");
        let other = zone
            .records
            .iter()
            .find(|other| other.name == alias.name && other.range != alias.range && !signed(other.kind));
        if let Some(other) = other {
            report
                .at((document, alias.range.clone()), format!("{} is an alias, and has other records", alias.name))
                .related((document, other.range.clone()), "such as this one");
        }
    }
}
