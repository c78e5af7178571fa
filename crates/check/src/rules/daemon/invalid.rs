use crate::rules::prelude::*;

rule! {
    /// daemon.json is not strict JSON, or not as dockerd reads it.
    ///
    /// dockerd takes no comments, no comma behind the last entry, and only texts for `log-opts`. It does not start, and with it no
    /// container.
    ///
    /// ```json daemon.json bad
    /// {
    ///   "live-restore": true, // keep containers running
    ///   "log-driver": "local"
    /// }
    /// ```
    ///
    /// ```json daemon.json bad 2
    /// { "log-driver": "json-file", "log-opts": { "max-size": "10m", "max-file": 3 } }
    /// ```
    ///
    /// ```json daemon.json good
    /// {
    ///   "live-restore": true,
    ///   "log-driver": "local"
    /// }
    /// ```
    ///
    /// Source: moby `daemon/config/config.go` ("the following directives don't match any configuration option");
    /// <https://docs.docker.com/engine/logging/drivers/json-file/> (options of logs "must be provided as strings"); read 2026-11-28.
    RULE = "daemon-json-invalid", Error, High, Look::File(&[Kind::DaemonJson], check)
}

/// What dockerd takes; a long name that is nearly one of these is a mistake.
#[rustfmt::skip]
const KEYS: [&str; 97] = [
    "allow-direct-routing", "allow-nondistributable-artifacts", "api-cors-header", "authorization-plugins", "bip",
    "bip6", "bridge", "builder", "cdi-spec-dirs", "cgroup-parent", "cluster-advertise", "cluster-store",
    "cluster-store-opts", "containerd", "containerd-namespace", "containerd-plugins-namespace", "cpu-rt-period",
    "cpu-rt-runtime", "data-root", "debug", "default-address-pools", "default-cgroupns-mode", "default-gateway",
    "default-gateway-v6", "default-init", "default-ipc-mode", "default-network-opts", "default-runtime",
    "default-shm-size", "default-ulimits", "deprecated-key-path", "disable-legacy-registry", "dns", "dns-opts",
    "dns-search", "exec-opts", "exec-root", "experimental", "features", "firewall-backend", "fixed-cidr",
    "fixed-cidr-v6", "graph", "group", "host-gateway-ip", "host-gateway-ips", "hosts", "icc", "init", "init-path",
    "insecure-registries", "ip", "ip-forward", "ip-forward-no-drop", "ip-masq", "ip6tables", "iptables", "ipv6",
    "labels", "live-restore", "log-driver", "log-format", "log-level", "log-opts", "max-concurrent-downloads",
    "max-concurrent-uploads", "max-download-attempts", "metrics-addr", "min-api-version", "mtu",
    "network-control-plane-mtu", "network-diagnostic-port", "no-new-privileges", "no-proxy", "node-generic-resources",
    "oom-score-adjust", "pidfile", "proxies", "raw-logs", "registry-mirrors", "rootless", "runtimes",
    "seccomp-profile", "selinux-enabled", "shutdown-timeout", "storage-driver", "storage-opts",
    "swarm-default-advertise-addr", "tls", "tlscacert", "tlscert", "tlskey", "tlsverify", "userland-proxy",
    "userland-proxy-path", "userns-remap", "validate",
];

fn check(_: &Project, document: &Document, report: &mut Report) {
    if !document.templated.is_empty() || document.faults.iter().any(|fault| fault.kind == FaultKind::Syntax) {
        return;
    }
    if let Some(comment) = document.comments().into_iter().next() {
        report.at((document, comment), "dockerd takes no comments, and does not start");
    }
    for (key, value) in document.maps().flat_map(Value::entries) {
        let is_word = |text: &str| matches!(text, "true" | "false" | "null") || text.parse::<f64>().is_ok();
        let odd = |value: &Value| !value.written().starts_with('"');
        let place = [Some(key), value.text().map(|_| value)].into_iter().flatten();
        let mut places =
            place.filter(|place| odd(place) && !(place.range() == value.range() && is_word(place.written())));
        if let Some(place) = places.next() {
            report.at(place, "names and texts stand in double quotes, or dockerd does not start");
        }
    }
    for (key, _) in document.root().entries() {
        let Some(name) = key.text().filter(|name| name.len() > 5 && !KEYS.contains(name)) else { continue };
        if let Some(near) = piton_config::nearest(name, KEYS) {
            report.at(key, format!("dockerd does not know `{name}`, and does not start")).help(format!("`{near}`?"));
        }
    }
    for (_, value) in document.root().get("log-opts").map(Value::entries).unwrap_or_default() {
        // Anything else than a text is told above or cannot be meant.
        let is_plain = |text: &str| matches!(text, "true" | "false") || text.parse::<f64>().is_ok();
        if is_plain(value.written()) {
            report
                .at(value, "options of logs are texts, numbers too: dockerd does not start")
                .safe_fix("in double quotes", vec![Edit::replace(value, format!("\"{}\"", value.written()))]);
        }
    }
    let bytes = document.text.as_bytes();
    for value in document.maps() {
        let range = value.range();
        let end = range.end.saturating_sub(1);
        let before = document.text.get(range.start..end).unwrap_or_default().trim_end();
        let is_said = || document.comments().iter().any(|comment| comment.contains(&(range.start + before.len() - 1)));
        if before.ends_with(',') && bytes.get(end) == Some(&b'}') && !is_said() {
            let at = range.start + before.len() - 1;
            report
                .at((document, at..at + 1), "a comma behind the last entry: dockerd does not start")
                .safe_fix("take the comma out", vec![Edit::at(document, at..at + 1, "")]);
        }
    }
}
