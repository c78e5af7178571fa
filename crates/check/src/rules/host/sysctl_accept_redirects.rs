use crate::rules::prelude::*;

rule! {
    /// Redirects are not sent, and are still believed.
    ///
    /// `send_redirects` is about what the host tells others; what it believes is `accept_redirects`. A comment beside the first
    /// often means the second. Where the host does not forward, `all` or the interface's own setting is enough to switch it on:
    /// `default` is needed too.
    ///
    /// ```conf sysctl.d/99-server.conf bad
    /// net.ipv4.conf.all.send_redirects = 0
    /// ```
    ///
    /// ```conf sysctl.d/99-server.conf good
    /// net.ipv4.conf.all.send_redirects = 0
    /// net.ipv4.conf.all.accept_redirects = 0
    /// net.ipv4.conf.default.accept_redirects = 0
    /// ```
    ///
    /// Source: Linux 7.2, `Documentation/networking/ip-sysctl`, accept_redirects ("at least one of … is TRUE in the case
    /// forwarding … is disabled") and send_redirects; read 2026-11-28.
    RULE = "sysctl-accept-redirects-missing", Info, High, Look::File(&[Kind::Sysctl], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let named = |end: &'static str| {
        super::settings(document)
            .find(move |(key, _)| key.text().is_some_and(|name| name.trim_end_matches('=').ends_with(end)))
    };
    if let (Some((key, _)), None) = (named("send_redirects"), named("accept_redirects")) {
        report
            .at(key, "this is about what the host tells others; what it believes is accept_redirects")
            .help("net.ipv4.conf.all.accept_redirects = 0, and …default.… = 0");
    }
}
