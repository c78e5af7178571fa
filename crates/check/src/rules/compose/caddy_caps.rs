use crate::rules::prelude::*;

rule! {
    /// Caddy lost the capability to listen on 80 and 443.
    ///
    /// The binary carries NET_BIND_SERVICE as a file capability; where the container may not have it, it does not
    /// even start: "operation not permitted".
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   edge: { image: "caddy:2.11", cap_drop: [ALL] }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   edge: { image: "caddy:2.11", cap_drop: [ALL], cap_add: [NET_BIND_SERVICE] }
    /// ```
    ///
    /// Source: caddyserver/caddy-docker Dockerfile, `setcap cap_net_bind_service=+ep`; read 2026-11-27.
    RULE = "compose-caddy-caps", Error, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    if service.is("caddy")
        && service.drops_all_capabilities()
        && !service.added_capabilities().iter().any(|name| name == "NET_BIND_SERVICE" || name == "ALL")
    {
        let place = service.get("cap_drop").unwrap_or(service.key);
        report.at(place, "Caddy does not start without NET_BIND_SERVICE").help("cap_add: [NET_BIND_SERVICE]");
    }
}
