use crate::rules::prelude::*;
use crate::rules::wireguard::own_address;

rule! {
    /// What listens in the mesh is not let in from the mesh.
    ///
    /// Loki or Prometheus bind to the mesh address so that other hosts can send to them; ufw drops what comes over the tunnel
    /// like everything else, and telemetry stops without a word.
    ///
    /// ```ini host/wg0.conf bad
    /// [Interface]
    /// Address = 10.0.0.2/24
    /// ListenPort = 51820
    /// PrivateKey = {{ wg_private_key }}
    /// ```
    ///
    /// ```yaml host/loki.yaml bad
    /// server: { http_listen_address: 10.0.0.2, http_listen_port: 3100, grpc_listen_address: 10.0.0.2 }
    /// schema_config: { configs: [] }
    /// ```
    ///
    /// ```ufw host/ufw/user.rules bad
    /// *filter
    /// -A ufw-user-input -p tcp --dport 222 -j ACCEPT
    /// -A ufw-user-input -p udp --dport 51820 -j ACCEPT
    /// COMMIT
    /// ```
    ///
    /// ```ini host/wg0.conf good
    /// [Interface]
    /// Address = 10.0.0.2/24
    /// ListenPort = 51820
    /// PrivateKey = {{ wg_private_key }}
    /// ```
    ///
    /// ```yaml host/loki.yaml good
    /// server: { http_listen_address: 10.0.0.2, http_listen_port: 3100, grpc_listen_address: 10.0.0.2 }
    /// schema_config: { configs: [] }
    /// ```
    ///
    /// ```ufw host/ufw/user.rules good
    /// *filter
    /// -A ufw-user-input -p tcp --dport 222 -j ACCEPT
    /// -A ufw-user-input -p udp --dport 51820 -j ACCEPT
    /// -A ufw-user-input -s 10.0.0.0/24 -j ACCEPT
    /// COMMIT
    /// ```
    ///
    /// Compared in one folder's tree. Tried with ufw 0.36.2, 2026-11-28: "Default: deny (incoming)", for each interface but lo.
    RULE = "ufw-wg-subnet-missing", Warning, Medium, Look::File(&[Kind::WireGuard], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let Some(address) = own_address(document).filter(|address| address.parse::<std::net::Ipv4Addr>().is_ok()) else {
        return;
    };
    let top = document.folder().trim_end_matches("/wireguard").trim_end_matches("/etc");
    if top.is_empty() || matches!(top, "wireguard" | "etc") {
        return;
    }
    let near = |file: &&Document| file.path.starts_with(&format!("{top}/"));
    let mut filters = project.of_kind(Kind::Ufw).filter(near).filter(|file| file.file_name() == "user.rules");
    let (Some(filter), None) = (filters.next(), filters.next()) else { return };
    let prefix = address.rsplit_once('.').map_or("", |(prefix, _)| prefix);
    let device = document.file_name().split('.').next().unwrap_or_default();
    let wide = |line: Value| {
        let words: Vec<&str> = line.words().filter_map(Value::text).collect();
        let narrowed = words.iter().any(|word| word.contains("dport")) || words.contains(&"lo");
        words.first() == Some(&"-A") && words.contains(&"ufw-user-input") && words.contains(&"ACCEPT") && !narrowed
    };
    let open = filter.text.contains(prefix) || filter.text.contains(device) || filter.root().lines().any(wide);
    if open || !filter.text.contains("ufw-user-input") {
        return;
    }
    for kind in [Kind::Loki, Kind::Tempo] {
        for file in project.of_kind(kind).filter(near) {
            let bound = find(file, "server.http_listen_address").filter(|value| value.literal() == Some(address));
            let port = find(file, "server.http_listen_port").and_then(Value::text).unwrap_or("3100");
            if let Some(bound) = bound.filter(|_| !filter.text.contains(&format!("--dport {port}"))) {
                report
                    .at(bound, format!("ufw lets nothing in from the mesh: nobody reaches port {port} there"))
                    .related((filter, 0..0), "these are its rules")
                    .help(format!("ufw allow from {prefix}.0/24"));
            }
        }
    }
}
