use crate::rules::prelude::*;

rule! {
    /// CoreDNS answers any question of anybody.
    ///
    /// A forwarding server on port 53 without an acl or an address of its own is an open resolver: it is found within hours and
    /// used to flood others, and the provider takes the host off the net.
    ///
    /// ```coredns Corefile bad
    /// .:53 {
    ///     forward . 9.9.9.9
    ///     errors
    ///     cache
    /// }
    /// ```
    ///
    /// ```coredns Corefile good
    /// .:53 {
    ///     bind 10.0.0.1
    ///     forward . 9.9.9.9
    ///     errors
    ///     cache
    /// }
    /// ```
    ///
    /// An information: the port may be closed elsewhere, and in a cluster it is. Source: CoreDNS `plugin/bind/README.md`
    /// ("Normally, the listener binds to the wildcard host") and `plugin/acl/README.md` (what no rule names is allowed); read
    /// 2026-11-28. BCP 140.
    RULE = "coredns-open-resolver", Info, Medium, Look::File(&[Kind::Corefile], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for server in document.root().lines() {
        let inner: Vec<Value> = server.block().into_iter().flat_map(Value::lines).collect();
        let has = |name: &str| inner.iter().find(|line| line.word_text(0) == name);
        let zone = server.word_text(0);
        let usual_port = !zone.rsplit(':').next().is_some_and(|port| port.parse::<u16>().is_ok_and(|port| port != 53));
        let cluster = has("kubernetes").is_some();
        // A server for one zone answers nothing else.
        let any_zone = zone.trim_start_matches("dns://").split(':').next().is_some_and(|name| matches!(name, "." | ""));
        if let Some(forward) = has("forward").filter(|_| {
            has("acl").is_none()
                && has("bind").is_none()
                && usual_port
                && any_zone
                && !cluster
                && !zone.starts_with('(')
        }) && forward.word_text(1) == "."
        {
            report
                .at(*forward, "whoever reaches port 53 is answered any question")
                .help("`bind` to the private address, or an `acl` that ends with `block`");
        }
    }
}
