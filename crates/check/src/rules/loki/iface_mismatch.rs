use crate::rules::prelude::*;

rule! {
    /// Loki listens for HTTP and for gRPC on different addresses.
    ///
    /// Its parts talk to each other over gRPC at the address that the ring names. With `http_listen_address` on one
    /// interface and gRPC on another, queries end in "connection refused" inside of one process.
    ///
    /// ```yaml loki.yaml bad
    /// server: { http_listen_address: 10.0.0.2, grpc_listen_address: 127.0.0.1 }
    /// common: { instance_addr: 10.0.0.2 }
    /// schema_config: { configs: [] }
    /// ```
    ///
    /// ```yaml loki.yaml good
    /// server: { http_listen_address: 10.0.0.2, grpc_listen_address: 10.0.0.2 }
    /// common: { instance_addr: 10.0.0.2 }
    /// schema_config: { configs: [] }
    /// ```
    ///
    /// Source: Loki `docs/sources/shared/configuration.md` (`http_listen_address`, `grpc_listen_address`; the ring
    /// advertises the port of gRPC), read 2026-11-28; one production incident, not tried by piton.
    RULE = "loki-http-grpc-iface-mismatch", Warning, Medium, Look::File(&[Kind::Loki], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let http = find(document, "server.http_listen_address");
    let grpc = find(document, "server.grpc_listen_address");
    let (Some(http), Some(grpc)) = (http, grpc) else { return };
    let everywhere = |value: &Value| matches!(value.literal(), Some("0.0.0.0" | "" | "::"));
    if http.literal().is_some() && grpc.literal().is_some() && http.text() != grpc.text() && !everywhere(&grpc) {
        report.at(grpc, "Loki's parts look for each other at another address than this").related(http, "HTTP is here");
    }
}
