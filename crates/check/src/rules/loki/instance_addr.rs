use crate::rules::prelude::*;

rule! {
    /// Loki tells its parts an address at which it does not listen.
    ///
    /// `common.instance_addr` is where queriers and ingesters find each other. If the server listens elsewhere only,
    /// every query fails with "connection refused".
    ///
    /// ```yaml loki.yaml bad
    /// server: { grpc_listen_address: 10.0.0.2 }
    /// common: { instance_addr: 127.0.0.1 }
    /// schema_config: { configs: [] }
    /// ```
    ///
    /// ```yaml loki.yaml good
    /// server: { grpc_listen_address: 10.0.0.2 }
    /// common: { instance_addr: 10.0.0.2 }
    /// schema_config: { configs: [] }
    /// ```
    ///
    /// Source: Loki `pkg/loki/config_wrapper.go` (`common.instance_addr` becomes that of the rings, the frontend and the
    /// index gateway); read 2026-11-28. One production incident.
    RULE = "loki-instance-addr-mismatch", Warning, High, Look::File(&[Kind::Loki], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let (Some(address), Some(grpc)) =
        (find(document, "common.instance_addr"), find(document, "server.grpc_listen_address"))
    else {
        return;
    };
    let (Some(mine), Some(theirs)) = (address.literal(), grpc.literal()) else { return };
    let numbers = |text: &str| text.parse::<std::net::IpAddr>().is_ok();
    if mine != theirs && numbers(mine) && numbers(theirs) && theirs != "0.0.0.0" && theirs != "::" {
        report.at(address, format!("nothing listens at {mine}")).related(grpc, "gRPC listens here");
    }
}
