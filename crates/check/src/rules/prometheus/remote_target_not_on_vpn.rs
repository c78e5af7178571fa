use super::targets;
use crate::rules::prelude::*;

rule! {
    /// Prometheus asks a host over the Internet, in clear.
    ///
    /// An exporter that answers on a public address answers everybody: what is installed, how full the disks are, which users
    /// there are. Over the mesh's address nobody else hears it.
    ///
    /// ```yaml prometheus.yml bad
    /// scrape_configs: [{ job_name: node, static_configs: [{ targets: ["203.0.113.10:9100"] }] }]
    /// ```
    ///
    /// ```yaml prometheus.yml good
    /// scrape_configs: [{ job_name: node, static_configs: [{ targets: ["10.0.0.1:9100"] }] }]
    /// ```
    ///
    /// Not told for jobs with TLS or a login, nor for what a prober is told to ask, nor of an address in a network of a Compose file. Source: Prometheus documentation, "Security Model"; read 2026-11-27.
    RULE = "prom-remote-target-not-on-vpn", Warning, High, Look::File(&[Kind::Prometheus], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for job in find(document, "scrape_configs").into_iter().flat_map(Value::items) {
        let guarded = ["basic_auth", "authorization", "tls_config", "bearer_token", "oauth2"]
            .iter()
            .any(|key| job.get(key).is_some());
        if guarded || job.get("scheme").and_then(Value::text) == Some("https") {
            continue;
        }
        // A prober asks the target itself; what stands here is only its parameter.
        let path = job.get("metrics_path").and_then(Value::text).unwrap_or_default();
        let relabels = job.get("relabel_configs").into_iter().flat_map(Value::items);
        let probed =
            relabels.filter_map(|relabel| relabel.get("target_label")?.text()).any(|label| label == "__param_target");
        if probed || ["/probe", "/snmp"].contains(&path) {
            continue;
        }
        for target in targets(job) {
            let Some((host, _)) = target.literal().and_then(|text| text.rsplit_once(':')) else { continue };
            let public = |address: &std::net::Ipv4Addr| is_public(*address) && !is_of_own_network(project, *address);
            if host.parse().ok().filter(public).is_some() {
                report.at(target, "this goes over the Internet in clear, and the program answers everybody");
            }
        }
    }
}

/// Whether an address is one of the Internet.
fn is_public(address: std::net::Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    let shared = first == 100 && (64..128).contains(&second);
    !(address.is_private() || address.is_loopback() || address.is_link_local() || shared || first == 0 || first >= 224)
}

/// Whether a network of a Compose file has the address, whatever the Internet has there.
fn is_of_own_network(project: &Project, address: std::net::Ipv4Addr) -> bool {
    let networks = project.of_kind(Kind::Compose).filter_map(|file| find(file, "networks"));
    let networks = networks.flat_map(Value::entries).filter_map(|(_, network)| network.path("ipam.config"));
    let mut subnets = networks.flat_map(Value::items).filter_map(|config| config.get("subnet")?.literal());
    subnets.any(|subnet| holds(subnet, address).unwrap_or(false))
}

/// Whether an address is in `172.200.0.0/24`.
fn holds(subnet: &str, address: std::net::Ipv4Addr) -> Option<bool> {
    let (start, bits) = subnet.split_once('/')?;
    let start: std::net::Ipv4Addr = start.parse().ok()?;
    let bits: u32 = bits.parse().ok().filter(|bits| (1..=32).contains(bits))?;
    Some((start.to_bits() ^ address.to_bits()) >> (32 - bits) == 0)
}
