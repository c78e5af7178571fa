use crate::rules::prelude::*;

rule! {
    /// A zone is served to the world without an acl.
    ///
    /// An authoritative server for a public zone may answer everybody; one for a private zone tells strangers what stands behind
    /// the door.
    ///
    /// ```coredns Corefile bad
    /// home.arpa {
    ///     file home.arpa.zone
    ///     errors
    /// }
    /// ```
    ///
    /// ```coredns Corefile good
    /// home.arpa {
    ///     bind 10.0.0.1
    ///     file home.arpa.zone
    ///     errors
    /// }
    /// ```
    ///
    /// Told for names that are private by their ending. Source: CoreDNS `plugin/bind/README.md` ("binds to the wildcard
    /// host" without it) and `plugin/acl/README.md`; read 2026-11-28. The endings are those of RFC 6762 appendix G and RFC 8375.
    RULE = "coredns-acl-missing", Info, Medium, Look::File(&[Kind::Corefile], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for server in document.root().lines() {
        let zone = server.word_text(0).trim_end_matches('.').split(':').next().unwrap_or_default();
        let private =
            [".arpa", ".lan", ".local", ".internal", ".home", ".intranet"].iter().any(|end| zone.ends_with(end))
                && !zone.ends_with("in-addr.arpa")
                && !zone.ends_with("ip6.arpa")
                && !zone.ends_with("cluster.local");
        let inner: Vec<Value> = server.block().into_iter().flat_map(Value::lines).collect();
        let has = |name: &str| inner.iter().any(|line| line.word_text(0) == name);
        if private && has("file") && !has("acl") && !has("bind") && !has("forward") && !has("import") {
            report
                .at(server.word(0).unwrap_or(server), "a private zone is answered to everybody")
                .help("bind to the private address, or an acl that ends with block");
        }
    }
}
