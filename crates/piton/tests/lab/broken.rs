//! Every service of the catalog that runs a container, misconfigured, killed, and without what it needs: the error names
//! it, has its last lines and the next step, and what ran before runs again.
//!
//! One host and one boot, but an apply for each row of the table, so it runs only with `PITON_TEST_EXAMPLES=1`; `stacks.rs` does
//! the same with three services in every run.

use crate::rehearsal::{Rehearsal, Said, skipped};
use std::collections::BTreeSet;

const SITE: &str = r#"
[site]
name = "broken"

[docker]

[hosts.one]
address = "203.0.113.10"

[edge]
domain = "lab.localhost"
vpn = "100.64.0.0/10"

[networks.frontend]
subnet = "172.20.1.0/24"

[networks.backend]
subnet = "172.20.2.0/24"
internal = true

[networks.monitoring]
subnet = "172.20.3.0/24"
internal = true

[networks.egress]
subnet = "172.20.4.0/24"

[networks.sandbox]
subnet = "172.20.5.0/24"
internal = true

[services.postgresql]

[services.redis]

[services.qdrant]

[services.caddy]

[services.headscale]
domain = "vpn"

[services.tailscale]

[services.cloudflared]
override = { containers = { cloudflared = { host_network = false, networks = ["backend", "egress"] } } }

[services.victoria-metrics]

[services.prometheus]

[services.alertmanager]

[services.loki]

[services.tempo]

[services.promtail]
override = { containers = { promtail = { host_network = false, networks = ["monitoring"] } } }

[services.alloy]
values.docker_group = 102

[services.cadvisor]

[services.node-exporter]

[services.grafana]

[services.litellm]
override = { containers = { litellm = { health = { within = 20 } } } }
values.models = [{ name = "one", model = "openrouter/one", key = "openrouter_api_key" }]

[services.n8n]
override = { containers = { n8n = { health = { within = 20 } } } }

[services.openclaw]
values.browser = false
override = { containers = { openclaw = { networks = ["backend", "egress", "monitoring"] } } }

[services.page]
is = "container"
values = { image = "piton.lab/page:1" }

[services.own]
is = "compose"
templates."docker-compose.yml" = "own.yml"
"#;

/// A compose file of somebody's own.
const OWN: &str = r#"
services:
  own:
    image: piton.lab/page:1
    container_name: own
    healthcheck:
      test: ["CMD", "wget", "-q", "--spider", "http://127.0.0.1:8080/health"]
      start_period: 20s
      start_interval: 1s
"#;

/// What is said of a service anew, and what its program says to that.
struct Mistake {
    service: &'static str,
    /// A line of the site, and what stands in its place.
    line: &'static str,
    wrong: &'static str,
    /// A file of the site's folder that is there meanwhile.
    file: Option<(&'static str, &'static str)>,
    words: &'static str,
}

const fn mistake(service: &'static str, line: &'static str, wrong: &'static str, words: &'static str) -> Mistake {
    Mistake { service, line, wrong, file: None, words }
}

const fn with_file(
    service: &'static str,
    line: &'static str,
    wrong: &'static str,
    file: (&'static str, &'static str),
    words: &'static str,
) -> Mistake {
    Mistake { service, line, wrong, file: Some(file), words }
}

const MISTAKES: &[Mistake] = &[
    mistake("postgresql", "[services.postgresql]", "values.shared_buffers = \"many\"", "shared_buffers"),
    mistake("redis", "[services.redis]", "values.maxmemory = \"lots\"", "maxmemory"),
    with_file(
        "qdrant",
        "[services.qdrant]",
        "templates.\"production.yaml\" = \"wrong\"",
        ("wrong", "- service\n"),
        "production.yaml: it has no keys",
    ),
    with_file(
        "caddy",
        "[services.caddy]",
        "templates.Caddyfile = \"wrong\"",
        ("wrong", ":80 {\n\tanswer 200\n}\n"),
        "unrecognized directive: answer",
    ),
    with_file(
        "headscale",
        "[services.headscale]",
        "templates.\"config.yaml\" = \"wrong\"",
        ("wrong", "listen_addr: 0.0.0.0:8080\n"),
        "server_url is not set",
    ),
    mistake(
        "tailscale",
        "[services.tailscale]",
        "override = { containers = { tailscale = { env = { TS_USERSPACE = \"true\", TS_DEST_IP = \"10.0.0.9\" } } } }",
        "TS_DEST_IP is not supported with TS_USERSPACE",
    ),
    with_file(
        "cloudflared",
        "[services.cloudflared]",
        "templates.\"config.yml\" = \"wrong\"",
        ("wrong", "tunell: one\n"),
        "field tunell not found",
    ),
    mistake("victoria-metrics", "[services.victoria-metrics]", "values.retention = \"soon\"", "-retentionPeriod"),
    mistake(
        "prometheus",
        "[services.prometheus]",
        "override = { containers = { prometheus = { command = [\"--config.file=/nowhere\"] } } }",
        "/nowhere",
    ),
    with_file(
        "alertmanager",
        "[services.alertmanager]",
        "templates.\"alertmanager.yml\" = \"wrong\"",
        ("wrong", "route:\n  receiver: nobody\nreceivers:\n  - name: somebody\n"),
        "undefined receiver",
    ),
    with_file(
        "loki",
        "[services.loki]",
        "templates.\"loki-config.yml\" = \"wrong\"",
        ("wrong", "sever:\n  http_listen_port: 3100\n"),
        "field sever not found",
    ),
    with_file(
        "tempo",
        "[services.tempo]",
        "templates.\"tempo-config.yml\" = \"wrong\"",
        ("wrong", "sever:\n  http_listen_port: 3200\n"),
        "field sever not found",
    ),
    with_file(
        "promtail",
        "[services.promtail]",
        "templates.\"promtail-config.yml\" = \"wrong\"",
        ("wrong", "sever:\n  http_listen_port: 9080\n"),
        "field sever not found",
    ),
    with_file(
        "alloy",
        "[services.alloy]",
        "templates.\"config.alloy\" = \"wrong\"",
        ("wrong", "logging {\n"),
        "a brace is missing",
    ),
    mistake(
        "cadvisor",
        "[services.cadvisor]",
        "override = { containers = { cadvisor = { command = [\"--port=many\"] } } }",
        "'many'",
    ),
    mistake(
        "node-exporter",
        "[services.node-exporter]",
        "override = { containers = { node-exporter = { command = [\"--colour\"] } } }",
        "unknown long flag '--colour'",
    ),
    with_file(
        "grafana",
        "[services.grafana]",
        "templates.\"datasources.yml\" = \"wrong\"",
        ("wrong", "apiVersion: 1\ndatasources:\n  - name: Nobody\n    type: prometheus\n"),
        "Nobody has no uid",
    ),
    mistake(
        "litellm",
        "health = { within = 20 } } } }\nvalues.models",
        "health = { within = 20 }, command = [\"--config\", \"/nowhere\"] } } }\nvalues.models",
        "/nowhere",
    ),
    mistake(
        "n8n",
        "override = { containers = { n8n = { health",
        "override = { containers = { n8n = { env = { DB_TYPE = \"\" }, health",
        "DB_TYPE is not set",
    ),
    mistake(
        "openclaw",
        "openclaw = { networks",
        "openclaw = { command = [\"node\", \"dist/index.js\", \"getaway\"], networks",
        "unknown command getaway",
    ),
    mistake("page", "piton.lab/page:1\" }", "piton.lab/page:broken\" }", "the setting `colour` is not known"),
    with_file(
        "own",
        "templates.\"docker-compose.yml\" = \"own.yml\"",
        "templates.\"docker-compose.yml\" = \"wrong\"",
        ("wrong", OWN_BROKEN),
        "the setting `colour` is not known",
    ),
];

const OWN_BROKEN: &str = r#"
services:
  own:
    image: piton.lab/page:broken
    container_name: own
    healthcheck:
      test: ["CMD", "wget", "-q", "--spider", "http://127.0.0.1:8080/health"]
      start_period: 20s
      start_interval: 1s
"#;

/// At the first apply nobody has logged it in to its VPN yet.
const NOT_LOGGED_IN: &str = "[services.tailscale]
override = { containers = { tailscale = { health = { within = 10 }, secrets = { TS_AUTHKEY = { when = \"false\" } } } } }";

/// Who is told to begin anew while which other one is away, and what is said of it.
const WITHOUT: &[(&str, &str, &str)] =
    &[("litellm", "redis", "cache:"), ("litellm", "postgresql", "database:"), ("n8n", "postgresql", "database:")];

fn in_one_line(said: &Said) -> String {
    format!("{} {}", said.out, said.err).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is not in a text that must be.
fn missing(told: &str, words: &[&str]) -> Option<String> {
    let missing: Vec<&str> = words.iter().copied().filter(|word| !told.contains(word)).collect();
    (!missing.is_empty()).then(|| format!("{missing:?} is not in\n{told}\n"))
}

impl Mistake {
    /// The site with the mistake in it: beside a section's first line, or in the place of a piece of a line.
    fn in_site(&self) -> String {
        let wrong = match self.line.starts_with('[') {
            true => format!("{}\n{}", self.line, self.wrong),
            false => self.wrong.to_owned(),
        };
        assert_eq!(SITE.matches(self.line).count(), 1, "{}", self.service);
        let site = SITE.replace(self.line, &wrong);
        // A key that the section has already would be there twice.
        let begins = wrong.lines().nth(1).and_then(|line| line.split(" = ").next()).unwrap_or("[");
        let (before, after) = site.split_once(&wrong).unwrap();
        let (own, rest) = after.split_once("\n\n").unwrap_or((after, ""));
        let own: Vec<&str> = own.lines().filter(|line| !line.starts_with(begins)).collect();
        format!("{before}{wrong}{}\n\n{rest}\n[lab]\nimage = \"debian-13\"\n", own.join("\n"))
    }
}

#[test]
fn whatever_is_wrong_with_a_service_is_named_and_what_ran_runs_again() {
    if skipped() {
        return;
    }
    if std::env::var_os("PITON_TEST_EXAMPLES").is_none() {
        eprintln!("skipped: PITON_TEST_EXAMPLES=1 runs it");
        return;
    }
    // Its folder is made with it, so the compose file can only lie there afterwards.
    let rehearsal = Rehearsal::of(SITE.split("[services.own]").next().unwrap(), "debian-13");
    std::fs::write(rehearsal.path().join("own.yml"), OWN).unwrap();
    rehearsal.write(&format!("{SITE}\n[lab]\nimage = \"debian-13\"\n"));
    rehearsal.piton(&["lab", "images"]).ok();
    rehearsal.piton(&["lab", "images", "piton.lab/page:broken"]).ok();
    let good = rehearsal.site();
    what_waits_for_a_login_is_told_of_and_holds_nothing_up(&rehearsal);
    rehearsal.write(&good);
    rehearsal.apply().ok();
    assert_eq!(rehearsal.planned("one"), Vec::<String>::new());

    let mut misses = each_that_is_killed_is_named_and_mended(&rehearsal);
    misses.extend(each_says_what_it_needs(&rehearsal));
    for mistake in MISTAKES {
        if let Some((name, text)) = mistake.file {
            std::fs::write(rehearsal.path().join(name), text).unwrap();
        }
        rehearsal.write(&mistake.in_site());
        let said = rehearsal.apply();
        let told = in_one_line(&said);
        let named = format!("container {}", mistake.service);
        if said.code != 5 {
            misses.push(format!("{}: it ended with {}", mistake.service, said.code));
        }
        // One that was tried beside the old one never took its place.
        let beside = told.contains(&format!("the {} that runs was not touched", mistake.service));
        let now = if beside { "was not touched, and serves" } else { "the version before is back" };
        let words = [&named, mistake.words, "its last lines", now, "apply again"];
        misses.extend(missing(&told, &words).map(|miss| format!("{}: {miss}", mistake.service)));
        rehearsal.write(&good);
        let planned = rehearsal.planned("one");
        if !planned.is_empty() {
            misses.push(format!("{} is not as it was: {planned:?}", mistake.service));
            rehearsal.apply().ok();
        }
    }
    assert!(misses.is_empty(), "{}", misses.join("\n"));
}

fn what_waits_for_a_login_is_told_of_and_holds_nothing_up(rehearsal: &Rehearsal) {
    let good = rehearsal.site();
    assert_eq!(good.matches("[services.tailscale]").count(), 1);
    rehearsal.write(&good.replace("[services.tailscale]", NOT_LOGGED_IN));
    let said = rehearsal.apply();
    let told = in_one_line(&said);
    assert_eq!(said.code, 0, "{told}");
    let words =
        ["container tailscale", "To authenticate, visit", "does not hold the change up", "`piton logs tailscale`"];
    assert_eq!(missing(&told, &words), None);
    assert_eq!(rehearsal.planned("one"), Vec::<String>::new());
}

fn each_that_is_killed_is_named_and_mended(rehearsal: &Rehearsal) -> Vec<String> {
    let names: BTreeSet<&str> = MISTAKES.iter().map(|mistake| mistake.service).collect();
    for name in &names {
        rehearsal.on("one", &format!("docker kill {name}")).ok();
    }
    let told = in_one_line(&rehearsal.piton(&["plan", "--lab"]));
    let before = told.split(" stopped → running").filter_map(|before| before.rsplit_once("container"));
    let named: BTreeSet<&str> =
        before.flat_map(|(_, named)| named.trim_start_matches('s').split(',').map(str::trim)).collect();
    let unnamed = names.difference(&named).map(|name| format!("{name} was killed, and is not named in\n{told}"));
    let mut misses: Vec<String> = unnamed.collect();
    rehearsal.apply().ok();
    let planned = rehearsal.planned("one");
    if !planned.is_empty() {
        misses.push(format!("after all were killed, {planned:?} is left"));
    }
    misses
}

fn each_says_what_it_needs(rehearsal: &Rehearsal) -> Vec<String> {
    let mut misses = Vec::new();
    for (service, without, words) in WITHOUT {
        rehearsal.on("one", &format!("docker stop {without}")).ok();
        let said = rehearsal.piton(&["restart", service, "--lab"]);
        if said.code != 1 {
            misses.push(format!("{service} without {without}: it ended with {}", said.code));
        }
        let told = in_one_line(&said);
        let named = format!("container {service}");
        let miss = missing(&told, &[&named, words, "its last lines", &format!("piton logs {service}"), "piton apply"]);
        misses.extend(miss.map(|miss| format!("{service} without {without}: {miss}")));
        rehearsal.apply().ok();
        let planned = rehearsal.planned("one");
        if !planned.is_empty() {
            misses.push(format!("{service} without {without}: {planned:?} is left"));
        }
    }
    misses
}
