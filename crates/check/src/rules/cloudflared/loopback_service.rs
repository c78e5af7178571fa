use crate::address::{BY_NAME, host_and_port, is_localhost};
use crate::rules::prelude::*;
use std::cell::LazyCell;

rule! {
    /// A tunnel in a container leads to localhost.
    ///
    /// That is cloudflared's own container, which has nothing but cloudflared: visitors see 502. A service of the same file is called by
    /// its name, and a program on the host by `host.docker.internal`.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   cloudflared:
    ///     image: cloudflare/cloudflared:2026.11.0
    ///     command: tunnel run
    ///     volumes: ["./tunnel.yml:/etc/cloudflared/config.yml:ro"]
    ///   grafana: { image: "grafana/grafana:12.2.0" }
    /// ```
    ///
    /// ```yaml tunnel.yml bad
    /// tunnel: home
    /// ingress: [{ hostname: g.example.org, service: "http://localhost:3000" }, { service: "http_status:404" }]
    /// ```
    ///
    /// ```yaml compose.yaml bad 2
    /// services:
    ///   cloudflared:
    ///     image: cloudflare/cloudflared:2026.11.0
    ///     command: tunnel --no-autoupdate --url http://localhost:8080
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   cloudflared:
    ///     image: cloudflare/cloudflared:2026.11.0
    ///     command: tunnel --no-autoupdate --url http://grafana:3000 --metrics localhost:20241
    ///   grafana: { image: "grafana/grafana:12.2.0" }
    ///   other:
    ///     image: cloudflare/cloudflared:2026.11.0
    ///     network_mode: host
    ///     command: tunnel --url http://localhost:8080
    /// ```
    ///
    /// Not told on the host's network, and where another container shares the tunnel's. Source:
    /// cloudflare/cloudflare-docs pull request 272 (it is cloudflared that "sends a request to a local service"); read 2026-11-28. Tried with two network namespaces, which is what containers have, on the same day: what listens in
    /// one is refused at 127.0.0.1 in the other.
    RULE = "cf-loopback-service", Error, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    if !service.is("cloudflared") || service.has("network_mode") || service.has("build") {
        return;
    }
    let files = service.mounted(project).map(|(file, _)| file).filter(|file| file.kind == Kind::Cloudflared);
    let rules = files.flat_map(|file| find(file, "ingress")).flat_map(Value::items);
    let targets = rules.filter_map(|rule| rule.get("service")).filter_map(|value| Some((value, value.literal()?)));
    let words = service.words("command");
    let given = words.windows(2).filter(|pair| pair[0].1 == "--url").map(|pair| pair[1]);
    let joined = words.iter().filter_map(|(value, word)| Some((*value, word.strip_prefix("--url=")?)));
    let is_shared = LazyCell::new(|| service.is_shared(project));
    for (place, address) in targets.chain(given).chain(joined) {
        let Some((host, _)) = address.contains("://").then(|| host_and_port(address)).flatten() else { continue };
        if is_localhost(host) && !*is_shared {
            report
                .at(place, "localhost is cloudflared's own container: nothing else answers there")
                .related(service.key, "the tunnel runs here")
                .help(BY_NAME);
        }
    }
}
