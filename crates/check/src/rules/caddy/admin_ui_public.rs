use crate::rules::prelude::*;

use super::{Guard, hosts, sites};
use crate::caddyfile::{Line, Site};

rule! {
    /// A program that asks nobody for a password is put on the Internet.
    ///
    /// Prometheus, Alertmanager, Loki, cAdvisor and the like answer whoever asks. Behind a public name without a guard they
    /// tell strangers what runs where, and some let them delete it.
    ///
    /// ```caddy Caddyfile bad
    /// metrics.example.org {
    ///     reverse_proxy prometheus:9090
    /// }
    /// ```
    ///
    /// ```caddy Caddyfile bad 2
    /// metrics.example.org {
    ///     @outside not remote_ip 100.64.0.0/10
    ///     abort @outside
    ///     handle /loki/* {
    ///         reverse_proxy loki:3100
    ///     }
    ///     reverse_proxy prometheus:9090
    /// }
    /// ```
    ///
    /// ```caddy Caddyfile good
    /// metrics.example.org {
    ///     @outside not remote_ip 100.64.0.0/10
    ///     abort @outside
    ///     reverse_proxy prometheus:9090
    /// }
    /// logs.example.org {
    ///     handle {
    ///         @outside {
    ///             not remote_ip 100.64.0.0/10
    ///         }
    ///         error @outside 403
    ///         reverse_proxy loki:3100
    ///     }
    /// }
    /// grafana.example.org {
    ///     reverse_proxy grafana:3000
    /// }
    /// ```
    ///
    /// Programs with a login of their own (Grafana, n8n) are not told. Imports are followed into snippets and files;
    /// one of what is not here may be a guard, and is taken for one.
    /// Source: Prometheus documentation, "Security Model" ("untrusted users have access to the Prometheus HTTP endpoint"), read
    /// 2026-11-27; Loki documentation, "Manage authentication". The second one: Caddy puts `handle` before `abort`, tried with
    /// 2.11.4, 2026-11-28; `route` keeps the order of the file.
    RULE = "caddy-admin-ui-public", Warning, Medium, Look::File(&[Kind::Caddyfile], check)
}

/// Names of services, and the port that goes with each.
const OPEN: [(&str, &str); 9] = [
    ("prometheus", "9090"),
    ("alertmanager", "9093"),
    ("cadvisor", "8080"),
    ("node-exporter", "9100"),
    ("loki", "3100"),
    ("tempo", "3200"),
    ("victoriametrics", "8428"),
    ("promtail", "9080"),
    ("pushgateway", "9091"),
];

fn check(project: &Project, document: &Document, report: &mut Report) {
    for place in sites(document) {
        let Some((_, host)) = hosts(place).find(|(_, host)| is_public(host)) else { continue };
        let site = Site::read(project, place);
        let guard = Guard::of(&site, document);
        let sends =
            |(at, line): &(usize, &Line)| line.line.word_text(0) == "reverse_proxy" && !guard.covers(&site, *at);
        for (_, line) in site.lines.iter().enumerate().filter(sends) {
            let Some((word, _)) = line.arguments().find(|(_, text)| is_open(text)) else { continue };
            let message = format!("whoever finds {host} is let in: this program asks nobody for a password");
            let finding = report.at(line.import.unwrap_or(word), message);
            if line.import.is_some() {
                finding.related(line.line, "imported from here");
            }
        }
    }
}

fn is_open(upstream: &str) -> bool {
    let bare = upstream.split_once("://").map_or(upstream, |(_, rest)| rest);
    let Some((host, port)) = bare.split_once(':') else { return false };
    let port = port.split('/').next().unwrap_or_default();
    OPEN.iter().any(|(name, usual)| host.ends_with(name) && port == *usual)
}

/// Whether the world can ask for a name.
fn is_public(host: &str) -> bool {
    let private =
        [".local", ".lan", ".internal", ".home", ".arpa", ".localhost", ".ts.net", ".test", ".intranet", ".vpn"];
    !private.iter().any(|end| host.ends_with(end)) && host.parse::<std::net::IpAddr>().is_err()
}
