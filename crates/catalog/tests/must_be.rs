//! What two documents of running servers say must be, line by line, against what the examples render to.
//!
//! S4 describes the two servers of `examples/two-vps-stack`, S0 the one of `examples/single-vps`. A row is the document's
//! section, a host, the end of a file's path (or `dir`, `image`, `network`), and what must be in it; one that begins
//! with `!` must not be. Where the catalog does otherwise on purpose, the row says what instead, and why.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "tests, also outside of their #[test] functions")]

mod site;

use piton_catalog::stacks;
use piton_plan::stack::Stack;

type Row = (&'static str, &'static str, &'static str, &'static str);

const TWO_VPS: &[Row] = &[
    ("S4 2.10", "openclaw", "cloudflared/config.yml", "hostname: claw.example.org"),
    ("S4 2.10", "openclaw", "cloudflared/config.yml", "service: http://localhost:18789"),
    ("S4 2.10", "openclaw", "cloudflared/config.yml", "noTLSVerify: true"),
    ("S4 2.10", "observe", "cloudflared/config.yml", "service: http://localhost:3000"),
    ("S4 2.10", "observe", "file", "/etc/cloudflared/credentials.json 0600"),
    ("S4 3.1", "openclaw", "requires", "sysbox-runc"),
    ("S4 3.2", "openclaw", "network", "openclaw-gateway-net 172.30.0.0/24 172.30.0.1 internal false"),
    ("S4 3.3", "openclaw", "file", "/home/openclaw/.openclaw/openclaw.json 0600 1000:1000"),
    ("S4 3.3", "openclaw", "dir", "/home/openclaw/.openclaw 0700 1000:1000"),
    ("S4 3.3", "openclaw", "dir", "/home/openclaw/.claude-sandbox 0700 1000:1000"),
    ("S4 3.3", "openclaw", "file", "/home/openclaw/openclaw/docker-compose.yml 0644 openclaw:openclaw"),
    ("S4 3.3", "openclaw", "file", "/home/openclaw/openclaw/promtail-config.yml"),
    ("S4 3.3", "openclaw", "dir", "/home/openclaw/openclaw/promtail-positions"),
    ("S4 3.3", "openclaw", "file", "/home/openclaw/openclaw/scripts/entrypoint-gateway.sh 0755"),
    ("S4 3.4", "openclaw", "image", "openclaw:local"),
    ("S4 3.4", "openclaw", "openclaw/docker-compose.yml", "runtime: sysbox-runc"),
    ("S4 3.4", "openclaw", "openclaw/docker-compose.yml", "user: \"0:0\""),
    ("S4 3.4", "openclaw", "openclaw/docker-compose.yml", "read_only: false"),
    ("S4 3.4", "openclaw", "openclaw/docker-compose.yml", "no-new-privileges:true"),
    ("S4 3.4", "openclaw", "openclaw/docker-compose.yml", "start_period: \"300s\""),
    ("S4 3.4", "openclaw", "openclaw/docker-compose.yml", "memory: \"8G\""),
    ("S4 3.4", "openclaw", "openclaw/docker-compose.yml", "cpus: \"4\""),
    ("S4 3.4", "openclaw", "openclaw/docker-compose.yml", "memory: \"2g\""),
    ("S4 3.4", "openclaw", "openclaw/docker-compose.yml", "- \"/tmp:size=1g\""),
    ("S4 3.4", "openclaw", "openclaw/docker-compose.yml", "- \"/var/tmp:size=200m\""),
    ("S4 3.4", "openclaw", "openclaw/docker-compose.yml", "- \"/run:size=100m\""),
    ("S4 3.4", "openclaw", "openclaw/docker-compose.yml", "- \"/var/log:size=100m\""),
    (
        "S4 3.4",
        "openclaw",
        "openclaw/docker-compose.yml",
        "./scripts/entrypoint-gateway.sh:/app/scripts/entrypoint-gateway.sh:ro",
    ),
    ("S4 3.4", "openclaw", "openclaw/docker-compose.yml", "/home/openclaw/.claude-sandbox:/home/node/.claude-sandbox"),
    ("S4 3.4", "openclaw", "openclaw/docker-compose.yml", "- \"--allow-unconfigured\""),
    ("S4 3.4", "openclaw", "openclaw/docker-compose.yml", "NODE_ENV: \"production\""),
    ("S4 3.5", "openclaw", "entrypoint-gateway.sh", "rm -f \"$home\"/gateway.*.lock"),
    ("S4 3.5", "openclaw", "entrypoint-gateway.sh", "chmod 600 \"$home/openclaw.json\""),
    ("S4 3.5", "openclaw", "entrypoint-gateway.sh", "chown -R 1000:1000 /home/node/.claude-sandbox"),
    (
        "S4 3.5",
        "openclaw",
        "entrypoint-gateway.sh",
        "dockerd --host=unix:///var/run/docker.sock --storage-driver=overlay2 --log-level=warn",
    ),
    ("S4 3.5", "openclaw", "entrypoint-gateway.sh", "exec gosu node \"$@\""),
    ("S4 3.6", "openclaw", "build/Dockerfile", "usermod -aG docker node"),
    ("S4 3.7", "openclaw", "openclaw.json", "\"restart\": true"),
    ("S4 3.7", "openclaw", "openclaw.json", "\"bind\": \"lan\""),
    ("S4 3.7", "openclaw", "openclaw.json", "\"trustedProxies\": [\"172.30.0.1\"]"),
    ("S4 3.7", "openclaw", "openclaw.json", "\"allow\": [\"diagnostics-otel\"]"),
    ("S4 3.7", "openclaw", "openclaw.json", "\"protocol\": \"http/protobuf\""),
    ("S4 3.7", "openclaw", "openclaw.json", "\"sampleRate\": 0.2"),
    ("S4 3.7", "openclaw", "openclaw.json", "\"flushIntervalMs\": 20000"),
    ("S4 3.7", "openclaw", "openclaw.json", "!\"endpoint\""),
    ("S4 3.7", "openclaw", "openclaw.json", "\"mode\": \"all\""),
    ("S4 3.7", "openclaw", "openclaw.json", "\"network\": \"bridge\""),
    ("S4 3.7", "openclaw", "openclaw.json", "\"readOnlyRoot\": true"),
    ("S4 3.7", "openclaw", "openclaw.json", "/home/linuxbrew:uid=1000,gid=1000"),
    ("S4 3.7", "openclaw", "openclaw.json", "\"capDrop\": [\"ALL\"]"),
    ("S4 3.7", "openclaw", "openclaw.json", "\"idleHours\": 168, \"maxAgeDays\": 60"),
    ("S4 3.7", "openclaw", "openclaw.json", "/home/node/.claude-sandbox:/home/linuxbrew/.claude"),
    (
        "S4 3.8",
        "openclaw",
        "openclaw/docker-compose.yml",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: \"http://10.0.0.2:4318/v1/traces\"",
    ),
    ("S4 3.8", "openclaw", "openclaw/docker-compose.yml", "\"http://10.0.0.2:9090/api/v1/otlp/v1/metrics\""),
    ("S4 3.8", "openclaw", "openclaw/docker-compose.yml", "\"http://10.0.0.2:3100/otlp/v1/logs\""),
    ("S4 3.9", "openclaw", "entrypoint-gateway.sh", "docker build -t openclaw-sandbox-claude:bookworm-slim -"),
    ("S4 3.9", "openclaw", "entrypoint-gateway.sh", "!docker commit"),
    ("S4 3.11", "openclaw", "promtail-config.yml", "url: http://10.0.0.2:3100/loki/api/v1/push"),
    ("S4 3.11", "openclaw", "promtail-config.yml", "__path__: /var/log/*log"),
    ("S4 3.11", "openclaw", "promtail-config.yml", "__path__: /var/lib/docker/containers/*/*-json.log"),
    ("S4 3.11", "openclaw", "promtail-config.yml", "host: openclaw"),
    // 0.0.0.0 there, shut to all but the mesh by the filter; here it listens on the mesh address in the first place.
    ("S4 3.12", "openclaw", "infra/docker-compose.yml", "--web.listen-address=10.0.0.1:9100"),
    ("S4 3.13", "openclaw", "backup.sh", "openclaw_backup_$(date +%Y%m%d_%H%M%S).tar.gz"),
    ("S4 3.13", "openclaw", "backup.sh", "-mtime +30 -delete"),
    ("S4 3.13", "openclaw", "backup.sh", "chown -R 1000:1000"),
    ("S4 3.13", "openclaw", "backup.sh", "promtail-positions"),
    ("S4 3.15", "openclaw", "openclaw/.env", "OPENCLAW_GATEWAY_TOKEN='@secret(openclaw_gateway_token,env)'"),
    ("S4 3.15", "openclaw", "openclaw/.env", "ANTHROPIC_API_KEY='@secret(anthropic_api_key,env)'"),
    // 0.0.0.0 there; Docker publishes past the filter, and its callers come by loopback and the mesh.
    ("S4 3.15", "openclaw", "openclaw/docker-compose.yml", "\"127.0.0.1:18789:18789\""),
    ("S4 3.15", "openclaw", "openclaw/docker-compose.yml", "\"10.0.0.1:18789:18789\""),
    ("S4 5", "openclaw", "openclaw/docker-compose.yml", "\"127.0.0.1:18790:18790\""),
    ("S4 4.1", "observe", "monitoring/docker-compose.yml", "network_mode: host"),
    ("S4 4.1", "observe", "monitoring/docker-compose.yml", "./data/prometheus:/prometheus"),
    ("S4 4.2", "observe", "dir", "/home/openclaw/monitoring/data/prometheus 0750 65534:65534"),
    ("S4 4.2", "observe", "dir", "/home/openclaw/monitoring/data/grafana 0750 472:0"),
    ("S4 4.2", "observe", "dir", "/home/openclaw/monitoring/data/loki 0750 10001:10001"),
    ("S4 4.2", "observe", "dir", "/home/openclaw/monitoring/data/tempo 0750 10001:10001"),
    ("S4 4.2", "observe", "dir", "/home/openclaw/monitoring/data/alertmanager 0750 65534:65534"),
    ("S4 4.2", "observe", "file", "/home/openclaw/monitoring/grafana/provisioning/datasources/datasources.yml"),
    ("S4 4.3", "observe", "monitoring/docker-compose.yml", "--web.listen-address=10.0.0.2:9090"),
    ("S4 4.3", "observe", "monitoring/docker-compose.yml", "--storage.tsdb.retention.time=30d"),
    ("S4 4.3", "observe", "monitoring/docker-compose.yml", "--web.enable-otlp-receiver"),
    ("S4 4.3", "observe", "prometheus.yml", "scrape_interval: 15s"),
    ("S4 4.3", "observe", "prometheus.yml", "evaluation_interval: 15s"),
    ("S4 4.3", "observe", "prometheus.yml", "targets: [\"10.0.0.2:9090\"]"),
    (
        "S4 4.3",
        "observe",
        "prometheus.yml",
        "- job_name: node-exporter-openclaw\n    static_configs:\n      - targets: [\"10.0.0.1:9100\"]\n        labels: { host: openclaw }",
    ),
    ("S4 4.3", "observe", "prometheus.yml", "targets: [\"127.0.0.1:8080\"]\n        labels: { host: observe }"),
    ("S4 4.4", "observe", "monitoring/docker-compose.yml", "GF_SECURITY_ADMIN_USER: \"admin\""),
    ("S4 4.4", "observe", "monitoring/docker-compose.yml", "GF_USERS_ALLOW_SIGN_UP: \"false\""),
    (
        "S4 4.4",
        "observe",
        "monitoring/docker-compose.yml",
        "GF_SERVER_ROOT_URL: \"https://watch.example.org/grafana/\"",
    ),
    ("S4 4.4", "observe", "monitoring/docker-compose.yml", "GF_SERVER_SERVE_FROM_SUB_PATH: \"true\""),
    ("S4 4.4", "observe", "monitoring/docker-compose.yml", "GF_SERVER_HTTP_ADDR: \"127.0.0.1\""),
    ("S4 4.5", "observe", "datasources.yml", "url: http://10.0.0.2:9090"),
    ("S4 4.5", "observe", "datasources.yml", "uid: loki"),
    ("S4 4.5", "observe", "datasources.yml", "url: http://127.0.0.1:3200"),
    ("S4 4.5", "observe", "datasources.yml", "tracesToLogsV2:"),
    ("S4 4.5", "observe", "datasources.yml", "filterBySpanID: true"),
    ("S4 4.5", "observe", "datasources.yml", "spanStartTimeShift: \"-1h\""),
    ("S4 4.6", "observe", "loki-config.yml", "auth_enabled: false"),
    ("S4 4.6", "observe", "loki-config.yml", "http_listen_address: 10.0.0.2"),
    ("S4 4.6", "observe", "loki-config.yml", "grpc_listen_address: 10.0.0.2\n  grpc_listen_port: 9096"),
    ("S4 4.6", "observe", "loki-config.yml", "instance_addr: 10.0.0.2"),
    ("S4 4.6", "observe", "loki-config.yml", "store: tsdb"),
    ("S4 4.6", "observe", "loki-config.yml", "schema: v13"),
    ("S4 4.6", "observe", "loki-config.yml", "period: 24h"),
    ("S4 4.6", "observe", "loki-config.yml", "retention_period: 720h"),
    ("S4 4.6", "observe", "loki-config.yml", "store: inmemory"),
    ("S4 4.6", "observe", "loki-config.yml", "replication_factor: 1"),
    ("S4 4.6", "observe", "loki-config.yml", "allow_structured_metadata: true"),
    ("S4 4.6", "observe", "loki-config.yml", "alertmanager_url: http://127.0.0.1:9093"),
    ("S4 4.7", "observe", "image", "grafana/tempo:2.10.0"),
    ("S4 4.7", "observe", "tempo-config.yml", "stream_over_http_enabled: true"),
    ("S4 4.7", "observe", "tempo-config.yml", "http_listen_address: 127.0.0.1\n  http_listen_port: 3200"),
    ("S4 4.7", "observe", "tempo-config.yml", "endpoint: 10.0.0.2:4318"),
    ("S4 4.7", "observe", "tempo-config.yml", "max_block_duration: 5m"),
    ("S4 4.7", "observe", "tempo-config.yml", "backend: local"),
    ("S4 4.7", "observe", "tempo-config.yml", "!\ncompactor:"),
    (
        "S4 4.8",
        "observe",
        "alerts.yml",
        "alert: OpenClawHostDown\n        expr: \"up{job=\\\"node-exporter-openclaw\\\"} == 0\"\n        for: 2m\n        labels: { severity: critical }",
    ),
    ("S4 4.8", "observe", "alerts.yml", "* 100 > 90\"\n        for: 5m\n        labels: { severity: warning }"),
    ("S4 4.8", "observe", "alerts.yml", "* 100 > 85\"\n        for: 5m\n        labels: { severity: warning }"),
    ("S4 4.8", "observe", "alerts.yml", "* 100 > 80\"\n        for: 10m\n        labels: { severity: warning }"),
    ("S4 4.9", "observe", "alertmanager.yml", "resolve_timeout: 5m"),
    ("S4 4.9", "observe", "alertmanager.yml", "group_by: [alertname, host]"),
    ("S4 4.9", "observe", "alertmanager.yml", "group_wait: 10s"),
    ("S4 4.9", "observe", "alertmanager.yml", "group_interval: 10s"),
    ("S4 4.9", "observe", "alertmanager.yml", "repeat_interval: 1h"),
    ("S4 4.9", "observe", "monitoring/docker-compose.yml", "--web.listen-address=127.0.0.1:9093"),
    ("S4 4.10", "observe", "infra/docker-compose.yml", "--web.listen-address=127.0.0.1:9100"),
    ("S4 4.11", "observe", "monitoring/docker-compose.yml", "--listen_ip=127.0.0.1"),
];

const SINGLE_VPS: &[Row] = &[
    ("S0 2.1", "vps", "infra/docker-compose.yml", "!localhost"),
    ("S0 2.2", "vps", "infra/docker-compose.yml", "!depends_on"),
    ("S0 2.2", "vps", "apps/docker-compose.yml", "external: true"),
    ("S0 2.3", "vps", "apps/docker-compose.yml", "cap_drop: [\"ALL\"]"),
    ("S0 3.1", "vps", "infra/docker-compose.yml", "./data/postgresql:/var/lib/postgresql\""),
    (
        "S0 3.1",
        "vps",
        "infra/docker-compose.yml",
        "cap_add: [\"CHOWN\", \"DAC_OVERRIDE\", \"FOWNER\", \"SETGID\", \"SETUID\"]",
    ),
    ("S0 3.1", "vps", "infra/docker-compose.yml", "--locale-provider=icu --icu-locale=fr-FR --locale=C"),
    ("S0 3.1", "vps", "postgresql.conf", "logging_collector = off"),
    ("S0 3.2", "vps", "provision", "database litellm of litellm"),
    ("S0 3.3", "vps", "provision", "score integer NOT NULL DEFAULT 50"),
    ("S0 3.4", "vps", "provision", "ELSE 0.5::numeric"),
    ("S0 4.1", "vps", "redis.conf", "protected-mode yes"),
    ("S0 4.1", "vps", "redis.conf", "!\nrename-command"),
    ("S0 4.1", "vps", "redis.conf", "aclfile"),
    ("S0 5.1", "vps", "infra/docker-compose.yml", ":> /dev/tcp/127.0.0.1/6333"),
    ("S0 5.1", "vps", "infra/docker-compose.yml", "/qdrant/config/production.yaml"),
    ("S0 5.1", "vps", "qdrant.env", "QDRANT__SERVICE__API_KEY="),
    ("S0 6.1", "vps", "infra/docker-compose.yml", "[\"CMD\", \"caddy\", \"version\"]"),
    ("S0 6.1", "vps", "infra/docker-compose.yml", "cap_add: [\"NET_BIND_SERVICE\", \"DAC_OVERRIDE\"]"),
    ("S0 6.1", "vps", "Caddyfile", "!rate_limit"),
    ("S0 6.2", "vps", "Caddyfile", "remote_ip 100.64.0.0/10"),
    ("S0 6.2", "vps", "Caddyfile", "error @blocked 403"),
    // Elsewhere than in a route the pages below it would be answered before anybody is sent away.
    ("S0 6.2", "vps", "Caddyfile", "\troute {\n\t\timport vpn_only"),
    ("S0 6.2", "vps", "headscale/config.yaml", "{ name: tala.example.org, type: A, value: 100.64.0.1 }"),
    ("S0 6.3", "vps", "Caddyfile", "javisi.example.org {"),
    ("S0 6.3", "vps", "Caddyfile", "!strip_prefix"),
    ("S0 6.4", "vps", "apps/docker-compose.yml", "!SERVE_FROM_SUB_PATH"),
    ("S0 7.1", "vps", "infra/docker-compose.yml", "\"/usr/bin/loki\", \"-health\""),
    ("S0 7.2", "vps", "infra/docker-compose.yml", "-target=all"),
    ("S0 7.2", "vps", "loki-config.yml", "join_members: []"),
    ("S0 8.1", "vps", "dir", "/opt/single-vps/infra/data/victoria-metrics 0750 1000:1000"),
    ("S0 8.1", "vps", "dir", "/opt/single-vps/infra/data/loki 0750 10001:10001"),
    ("S0 8.1", "vps", "dir", "/opt/single-vps/apps/data/grafana 0750 472:0"),
    ("S0 8.3", "vps", "image", "ghcr.io/google/cadvisor:0.55.1"),
    ("S0 8.3", "vps", "infra/docker-compose.yml", "--docker_only=true"),
    ("S0 8.4", "vps", "datasources.yml", "name: VictoriaMetrics"),
    ("S0 8.4", "vps", "file", "dashboards/ai-cost-cockpit.json"),
    ("S0 8.5", "vps", "datasources.yml", "\n    user: n8n"),
    ("S0 8.5", "vps", "datasources.yml", "postgresVersion: 1800"),
    ("S0 9.2", "vps", "apps/docker-compose.yml", "NODE_FUNCTION_ALLOW_BUILTIN: \"fs,path,crypto\""),
    ("S0 9.2", "vps", "apps/docker-compose.yml", "NODE_FUNCTION_ALLOW_EXTERNAL: \"pg\""),
    ("S0 10.1", "vps", "litellm/config.yaml", "- \"minimax-m25\": [\"claude-sonnet\"]"),
    ("S0 10.1", "vps", "litellm/config.yaml", "master_key: os.environ/LITELLM_MASTER_KEY"),
    ("S0 10.2", "vps", "apps/docker-compose.yml", "memory: \"1024m\""),
    ("S0 11.2", "vps", "apps/docker-compose.yml", "init: true"),
    ("S0 11.2", "vps", "apps/docker-compose.yml", "NODE_OPTIONS: \"--max-old-space-size=768\""),
    ("S0 11.2", "vps", "apps/docker-compose.yml", "memory: \"1536m\""),
    ("S0 11.3", "vps", "openclaw.json", "\"model\": { \"primary\": \"litellm/minimax-m25\" }"),
    ("S0 11.3", "vps", "openclaw.json", "\"botToken\""),
    ("S0 11.4", "vps", "openclaw.json", "!readability"),
    ("S0 11.4", "vps", "openclaw.json", "\"provider\": \"brave\""),
    ("S0 11.5", "vps", "Caddyfile", "handle /__bootstrap__"),
    ("S0 11.6", "vps", "openclaw.json", "\"dmPolicy\": \"pairing\""),
    ("S0 11.8", "vps", "openclaw.json", "\"elevated\": { \"enabled\": false }"),
    ("S0 11.8", "vps", "openclaw.json", "\"workspaceOnly\": true"),
    ("S0 11.8", "vps", "openclaw.json", "\"network\": \"single-vps_sandbox\""),
    ("S0 12.1", "vps", "network", "single-vps_frontend 172.20.1.0/24 172.20.1.1 internal false"),
    ("S0 12.1", "vps", "network", "single-vps_backend 172.20.2.0/24 172.20.2.1 internal true"),
    ("S0 12.1", "vps", "network", "single-vps_monitoring 172.20.3.0/24 172.20.3.1 internal true"),
    ("S0 12.1", "vps", "network", "single-vps_egress 172.20.4.0/24 172.20.4.1 internal false"),
    ("S0 12.1", "vps", "network", "single-vps_sandbox 172.20.5.0/24 172.20.5.1 internal true"),
];

fn facts(stacks: &[Stack], what: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for stack in stacks {
        lines.extend(match what {
            "dir" => stack
                .directories
                .iter()
                .map(|it| format!("{} {} {}:{}", it.path, it.mode, it.owner, it.group))
                .collect(),
            "image" => stack.containers.iter().map(|it| it.image.reference.clone()).collect(),
            "network" => {
                let told = |it: &piton_plan::stack::Network| {
                    format!("{} {} {} internal {}", it.name, it.subnet, it.gateway, it.internal)
                };
                stack.networks.iter().map(told).collect()
            }
            "requires" => stack.requires.iter().map(|it| format!("{it:?}")).collect(),
            "provision" => stack.provisions.iter().map(|it| format!("{}\n{}", it.name, it.input)).collect(),
            "file" => {
                let told = |file: &piton_plan::stack::StackFile| {
                    let it = &file.file;
                    format!("{} {} {}:{}", it.path, it.mode, it.owner, it.group)
                };
                stack.files.iter().map(told).collect()
            }
            end => {
                let named = stack.files.iter().filter(|file| file.file.path.ends_with(end));
                named.map(|file| format!("\n{}", file.file.content)).collect::<Vec<_>>()
            }
        });
    }
    lines.join("\n")
}

fn misses(text: &str, rows: &[Row]) -> Vec<String> {
    let site = site::resolved(text);
    let mut missed = Vec::new();
    for (section, host, what, wanted) in rows {
        let host = site.hosts.iter().find(|it| it.name == *host).unwrap();
        let stacks = stacks(&site, host).unwrap_or_else(|problems| panic!("{problems:#?}"));
        let found = facts(&stacks, what);
        let (negative, text) = wanted.strip_prefix('!').map_or((false, *wanted), |text| (true, text));
        if found.is_empty() || found.contains(text) == negative {
            missed.push(format!("{section}: {} {what}: {wanted}", host.name));
        }
    }
    missed
}

#[test]
fn the_two_servers_are_as_their_document_says() {
    let missed = misses(site::TWO_VPS_STACK, TWO_VPS);
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn the_one_server_is_as_its_document_says() {
    let missed = misses(include_str!("../../../examples/single-vps/site.toml"), SINGLE_VPS);
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn the_examples_are_short() {
    for text in [site::TWO_VPS_STACK, include_str!("../../../examples/single-vps/site.toml")] {
        assert!(text.lines().count() < 120);
    }
}

#[test]
fn a_page_for_the_vpn_is_refused_at_its_own_line_where_there_is_no_vpn() {
    let without = |access: &str| {
        let text = format!(
            "[site]\nname = \"x\"\n[docker]\n[hosts.one]\naddress = \"203.0.113.10\"\n\
             [networks.frontend]\nsubnet = \"172.20.1.0/24\"\n[networks.backend]\nsubnet = \"172.20.2.0/24\"\n[services.caddy]\n\
             [services.page]\nis = \"container\"\ndomain = \"page.example.org\"\n{access}\
             values = {{ image = \"page:1\" }}\n"
        );
        let site = site::resolved(&text);
        stacks(&site, &site.hosts[0])
    };
    let refused: Vec<String> = without("").unwrap_err().into_iter().map(|it| format!("{it:?}")).collect();
    assert_eq!(refused.len(), 1, "{refused:#?}");
    assert!(refused[0].contains("catalog/no-vpn"), "{refused:#?}");
    assert!(refused[0].contains("the page of `page` is for the VPN alone"), "{refused:#?}");
    without("access = \"public\"\n").unwrap();
}

#[test]
fn the_public_way_in_closes_in_its_order_and_in_no_other() {
    let base = include_str!("../../../examples/single-vps/site.toml");
    let with = |lines: &str, more: &str| {
        let text = base.replace("# dns = \"ovh\"\n# vpn_only = \"prepared\"\n", lines);
        let site = site::resolved(&format!("{text}\n{more}"));
        stacks(&site, &site.hosts[0])
    };
    let tunnel = "[services.cloudflared]\nvalues = { webhooks_only = true }\noverride = { containers = { cloudflared = { host_network = false, networks = [\"backend\", \"egress\"] } } }\n";
    let refused = with("dns = \"ovh\"\nvpn_only = \"prepared\"\n", "").unwrap_err();
    assert!(refused.iter().any(|it| it.code == "catalog/vpn-only-order"), "{refused:#?}");

    let prepared = with("dns = \"ovh\"\nvpn_only = \"prepared\"\n", tunnel).unwrap();
    let compose = facts(&prepared, "infra/docker-compose.yml");
    assert!(!compose.contains("\"80:80\"") && compose.contains("\"443:443\""), "{compose}");
    assert!(facts(&prepared, "Caddyfile").contains("acme_dns ovh"));
    assert!(facts(&prepared, "requires").is_empty());

    let closed = with("dns = \"ovh\"\nvpn_only = \"on\"\n", tunnel).unwrap();
    let compose = facts(&closed, "infra/docker-compose.yml");
    assert!(compose.contains("\"100.64.0.1:443:443\"") && !compose.contains("\"443:443\""), "{compose}");
    assert!(facts(&closed, "requires").contains("CertificateByDns"), "not asked for the certificates first");
    assert!(facts(&closed, "cloudflared/config.yml").contains("path: ^/webhook/.*$"));
}
