use crate::rules::prelude::*;

use super::section;
use crate::rules::caddy::all_lines;

rule! {
    /// A gateway behind a proxy that it does not trust.
    ///
    /// The gateway sees headers of a proxy from an address that it does not know: "Proxy headers detected from untrusted
    /// address". It takes every visitor for the proxy, or refuses them (403 in 2026.9).
    ///
    /// ```caddy Caddyfile bad
    /// chat.example.org {
    ///     reverse_proxy openclaw:18789
    /// }
    /// ```
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local", bind: "lan", auth: { mode: "token", token: "${OPENCLAW_GATEWAY_TOKEN}" } }, agents: {} }
    /// ```
    ///
    /// ```caddy Caddyfile good
    /// chat.example.org {
    ///     reverse_proxy openclaw:18789
    /// }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local", bind: "lan", trustedProxies: ["172.30.0.1"], auth: { mode: "token", token: "${OPENCLAW_GATEWAY_TOKEN}" } }, agents: {} }
    /// ```
    ///
    /// Source: openclaw/openclaw issues 8552 (the message) and 137665 (`proxy_attribution_required`); read 2026-11-27.
    MISSING = "openclaw-trusted-proxies-missing", Warning, High, Look::File(&[Kind::OpenClaw], missing)
}

rule! {
    /// A range of addresses where this OpenClaw takes single ones.
    ///
    /// Up to 2026.2.9 `trustedProxies` is compared letter by letter: a range matches nobody, without a word. Later versions
    /// take ranges.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   openclaw: { image: "ghcr.io/openclaw/openclaw:2026.2.9", init: true, volumes: ["./state:/home/node/.openclaw"] }
    /// ```
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local", trustedProxies: ["172.16.0.0/12"] }, agents: {} }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   openclaw: { image: "ghcr.io/openclaw/openclaw:2026.9.6", init: true, volumes: ["./state:/home/node/.openclaw"] }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local", trustedProxies: ["172.16.0.0/12"] }, agents: {} }
    /// ```
    ///
    /// Source: `isTrustedProxyAddress` in the npm packages 2026.2.1, 2026.2.9 (equality) and 2026.2.17 (`ipMatchesCIDR`);
    /// openclaw/openclaw issue 8552; read 2026-11-27.
    CIDR = "openclaw-trusted-proxies-cidr", Error, High, Look::File(&[Kind::OpenClaw], cidr)
}

rule! {
    /// The gateway trusts an address of its network that is nobody's.
    ///
    /// A tunnel or proxy on the host comes to the container from the bridge, which is the first address of the network
    /// (172.30.0.1). Another address in there is one that Docker gives to some container, or to none.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   openclaw:
    ///     image: ghcr.io/openclaw/openclaw:2026.9.6
    ///     init: true
    ///     networks: [gateway]
    ///     volumes: ["./state:/home/node/.openclaw"]
    /// networks: { gateway: { ipam: { config: [{ subnet: 172.30.0.0/24 }] } } }
    /// ```
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local", trustedProxies: ["172.30.0.2"] }, agents: {} }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   openclaw:
    ///     image: ghcr.io/openclaw/openclaw:2026.9.6
    ///     init: true
    ///     networks: [gateway]
    ///     volumes: ["./state:/home/node/.openclaw"]
    /// networks: { gateway: { ipam: { config: [{ subnet: 172.30.0.0/24 }] } } }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local", trustedProxies: ["172.30.0.1"] }, agents: {} }
    /// ```
    ///
    /// Source: Docker documentation, "Bridge network driver", gateway address; one production deployment.
    GATEWAY = "openclaw-trusted-proxies-gateway-ip", Warning, High, Look::File(&[Kind::OpenClaw], gateway)
}

fn proxies(document: &Document) -> impl Iterator<Item = Value<'_>> {
    section(document, "gateway.trustedProxies").into_iter().flat_map(Value::items)
}

fn missing(project: &Project, document: &Document, report: &mut Report) {
    let Some((key, gateway)) = document.root().entry("gateway") else { return };
    if !gateway.is_map() || proxies(document).next().is_some() || gateway.get("trustedProxies").is_some() {
        return;
    }
    let near = |file: &&Document| Project::are_related(file, document);
    let caddy = project.of_kind(Kind::Caddyfile).filter(near).flat_map(all_lines).find(|line| {
        line.word_text(0) == "reverse_proxy"
            && line.words().filter_map(Value::text).any(|word| word.ends_with(":18789"))
    });
    let tunnel = || {
        let rules = project.of_kind(Kind::Cloudflared).filter(near).filter_map(|file| find(file, "ingress"));
        let services = rules.flat_map(Value::items).filter_map(|rule| rule.get("service"));
        services.into_iter().find(|service| service.text().is_some_and(|text| text.ends_with(":18789")))
    };
    if let Some(proxy) = caddy.or_else(tunnel) {
        report
            .at(key, "the gateway does not know its proxy, and cannot tell visitors apart")
            .related(proxy, "the proxy")
            .help("trustedProxies: [the address from which the proxy comes]");
    }
}

fn cidr(project: &Project, document: &Document, report: &mut Report) {
    let Some(service) = super::service_of(project, document) else { return };
    let Some(version) = service.version().filter(|version| version.below("2026.2.10")) else { return };
    for proxy in proxies(document).filter(|proxy| proxy.literal().is_some_and(|text| text.contains('/'))) {
        report
            .at(proxy, format!("{version} compares addresses letter by letter: a range is nobody's"))
            .related(service.image_place(), "this image");
    }
}

fn gateway(project: &Project, document: &Document, report: &mut Report) {
    let Some(service) = super::service_of(project, document) else { return };
    let networks = find(service.document, "networks");
    for name in service.networks() {
        let subnet = networks.and_then(|all| all.get(name)?.path("ipam.config")?.items().next()?.get("subnet"));
        let Some(prefix) = subnet.and_then(Value::literal).and_then(|text| text.strip_suffix(".0/24")) else {
            continue;
        };
        let fixed: Vec<&str> = project
            .services_of(service.document)
            .iter()
            .flat_map(|other| other.all("networks"))
            .filter_map(|all| all.get(name)?.get("ipv4_address")?.text())
            .collect();
        for proxy in proxies(document) {
            let Some(address) = proxy.literal() else { continue };
            let last = address.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('.'));
            let is_host = last.is_some_and(|last| last != "1" && last.parse::<u8>().is_ok());
            if is_host && !fixed.contains(&address) {
                report
                    .at(proxy, format!("what comes from the host comes as {prefix}.1"))
                    .related(subnet.unwrap_or(service.key), "the gateway is on this network");
            }
        }
    }
}
