use crate::rules::prelude::*;

rule! {
    /// The Caddyfile uses a plugin that the image does not have.
    ///
    /// `rate_limit`, `layer4` and the DNS providers are not in the official image. Caddy stops with "unrecognized
    /// directive" or "module not registered", and with it every site.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   edge:
    ///     image: caddy:2.11
    ///     volumes: ["./Caddyfile:/etc/caddy/Caddyfile:ro", "data:/data"]
    /// volumes: { data: {} }
    /// ```
    ///
    /// ```caddy Caddyfile bad
    /// example.org {
    ///     tls {
    ///         dns cloudflare {env.CF_TOKEN}
    ///     }
    ///     reverse_proxy app:8080
    /// }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   edge:
    ///     build: ./caddy
    ///     volumes: ["./Caddyfile:/etc/caddy/Caddyfile:ro", "data:/data"]
    /// volumes: { data: {} }
    /// ```
    ///
    /// ```caddy Caddyfile good
    /// example.org {
    ///     tls {
    ///         dns cloudflare {env.CF_TOKEN}
    ///     }
    ///     reverse_proxy app:8080
    /// }
    /// ```
    ///
    /// Tried with Caddy 2.6.2 and 2.11.4, 2026-11-28: `caddy validate` refuses each of these, with the line. Source:
    /// caddyserver/caddy-docker 2.11 `alpine/Dockerfile` (the plain release binary); read 2026-11-28.
    RULE = "compose-caddy-missing-plugin", Error, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    if !service.is("caddy") || service.has("build") {
        return;
    }
    let files = service.mounted(project).map(|(file, _)| file).filter(|file| file.kind == Kind::Caddyfile);
    let mut waiting: Vec<Value> = files.flat_map(|file| file.root().lines()).collect();
    while let Some(line) = waiting.pop() {
        waiting.extend(line.block().into_iter().flat_map(Value::lines));
        let (name, second) = (line.word_text(0), line.word_text(1));
        let plugin = match name {
            "rate_limit" | "layer4" | "cache" | "authenticate" | "authorize" | "crowdsec" => Some(name),
            "dns" if !second.is_empty() && line.word(0).is_some_and(|word| !word.is_quoted()) => Some(second),
            "acme_dns" => Some(second),
            _ => None,
        };
        if let Some(plugin) = plugin {
            let place = line.word(0).unwrap_or(line);
            report
                .at(
                    place,
                    format!("`{plugin}` is a plugin that the official image does not have: Caddy does not start"),
                )
                .related(service.image_place(), "this image")
                .help("build an image with xcaddy");
        }
    }
}
