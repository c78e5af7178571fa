use crate::rules::prelude::*;

use super::{all_lines, inside};

rule! {
    /// The proxy hangs up on OpenClaw's websocket.
    ///
    /// The gateway's page keeps one websocket for as long as it is open. A short `stream_timeout` ends it by the clock, and the
    /// read and write timeouts of the transport end it whenever nobody says anything.
    ///
    /// ```caddy Caddyfile bad
    /// chat.example.org {
    ///     reverse_proxy openclaw:18789 {
    ///         stream_timeout 60s
    ///     }
    /// }
    /// ```
    ///
    /// ```caddy Caddyfile good
    /// chat.example.org {
    ///     reverse_proxy openclaw:18789 {
    ///         stream_timeout 24h
    ///     }
    /// }
    /// ```
    ///
    /// Tried with Caddy 2.11.4, 2026-11-28: with `stream_timeout 3s`, and with `read_timeout 3s` in silence, an upgraded
    /// connection ends after three seconds; with neither it stays. Source: Caddy documentation, `reverse_proxy` ("Default: no
    /// timeout").
    RULE = "caddy-openclaw-websocket-timeout", Info, Medium, Look::File(&[Kind::Caddyfile], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for proxy in all_lines(document).filter(|line| line.word_text(0) == "reverse_proxy") {
        if !proxy.words().filter_map(Value::text).any(|word| word.ends_with(":18789")) {
            continue;
        }
        for line in inside(proxy) {
            let short = line.word_text(1).ends_with('s') && !line.word_text(1).contains(['h', 'm']);
            if short && matches!(line.word_text(0), "stream_timeout" | "read_timeout" | "write_timeout") {
                report.at(line, "the gateway's websocket is cut off after this");
            }
        }
    }
}
