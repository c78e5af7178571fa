use crate::rules::prelude::*;

rule! {
    /// A tunnel leads to a service that is not there.
    ///
    /// cloudflared asks Docker for the name, gets no address, and visitors see 502.
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
    /// ingress: [{ hostname: g.example.org, service: "http://grafanna:3000" }, { service: "http_status:404" }]
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   cloudflared:
    ///     image: cloudflare/cloudflared:2026.11.0
    ///     command: tunnel run
    ///     volumes: ["./tunnel.yml:/etc/cloudflared/config.yml:ro"]
    ///   grafana: { image: "grafana/grafana:12.2.0" }
    /// ```
    ///
    /// ```yaml tunnel.yml good
    /// tunnel: home
    /// ingress: [{ hostname: g.example.org, service: "http://grafana:3000" }, { service: "http_status:404" }]
    /// ```
    ///
    /// Told where every network that the tunnel is on is the file's own. Source: Docker documentation, "Networking in Compose".
    RULE = "cf-ingress-target-unknown", Warning, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    let networks = service.networks();
    if !service.is("cloudflared") || networks.is_empty() || service.has("extra_hosts") || service.has("links") {
        return;
    }
    let own = |name: &&str| {
        let network = find(service.document, "networks").and_then(|all| all.get(name));
        network.is_none_or(|network| network.get("external").is_none() && network.get("name").is_none())
    };
    if !networks.iter().all(own) {
        return;
    }
    for (file, _) in service.mounted(project).filter(|(file, _)| file.kind == Kind::Cloudflared) {
        for rule in find(file, "ingress").into_iter().flat_map(Value::items) {
            let Some(target) = rule.get("service") else { continue };
            let Some((_, rest)) = target.literal().and_then(|text| text.split_once("://")) else { continue };
            let host = rest.split([':', '/']).next().unwrap_or_default();
            let is_name = !host.is_empty() && !host.contains('.') && host != "localhost" && !host.contains('$');
            let others: Vec<&Service> = project.together(service.document).collect();
            if is_name && !others.iter().any(|other| other.answers_to(host)) {
                report
                    .at(target, format!("no service of this project is called `{host}`"))
                    .related(service.key, "the tunnel runs here");
            }
        }
    }
}
