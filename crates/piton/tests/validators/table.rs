//! Which file goes to which program. The one list.

use crate::asked::From;

pub struct Row {
    /// Paths on a host; `*` is anything.
    pub files: &'static str,
    pub how: How,
}

pub enum How {
    Asked(Asked),
    /// Nobody can be asked, and why.
    Nobody(&'static str),
}

pub struct Asked {
    pub program: &'static str,
    pub from: From,
    /// Ends well if the program accepts the file: `$F`, in the folder `$D`.
    pub line: &'static str,
    /// What makes the file wrong when it stands at its end: the program must refuse that.
    pub wrong: &'static str,
}

const fn asked(files: &'static str, program: &'static str, from: From, line: &'static str, wrong: &'static str) -> Row {
    Row { files, how: How::Asked(Asked { program, from, line, wrong }) }
}

const fn nobody(files: &'static str, why: &'static str) -> Row {
    Row { files, how: How::Nobody(why) }
}

use From::{Containers, Hosts, Node, Python};

/// Of programs that no registry of packages has.
const NOT_TO_BE_HAD: &str = "its program is in no package registry: piton's own rules, and the lab's stand-in reads it";

macro_rules! verify {
    () => {
        r#"case "$D" in *.d) unit=$(basename "$D" .d);; *) unit=$F;; esac
        said=$(systemd-analyze verify --man=no "$unit" 2>&1); code=$?
        echo "$said"; test $code = 0 && test -z "$said""#
    };
}

pub const ROWS: &[Row] = &[
    // Of hosts.
    asked(
        "/etc/apt/apt.conf.d/*",
        "apt-config dump",
        Hosts,
        r#"APT_CONFIG="$F" apt-config dump"#,
        r#"APT::Periodic::Enable "1"#,
    ),
    // It knows no column for the user.
    asked(
        "/etc/cron.d/*",
        "crontab -n",
        Hosts,
        r#"sed -E 's/^(([^ ]+ ){5})root /\1/' "$F" > /tmp/table; crontab -n /tmp/table"#,
        "61 3 * * * root true",
    ),
    asked("/etc/docker/daemon.json", "dockerd --validate", Hosts, r#"dockerd --validate --config-file="$F""#, "{"),
    asked("/etc/fail2ban/jail.local", "fail2ban-client -t", Hosts, "fail2ban-client -t", "filter = nobodys"),
    asked("/etc/ssh/sshd_config.d/*", "sshd -t", Hosts, "mkdir /run/sshd; sshd -t", "PermitRootLogn no"),
    asked("/etc/sudoers.d/*", "visudo -c", Hosts, r#"visudo -c -f "$F""#, "adminclaw ALL=(ALL NOPASSWD:ALL"),
    asked(
        "/etc/sysctl.d/*",
        "sysctl --dry-run",
        Hosts,
        r#"sysctl --dry-run --load="$F""#,
        "net.ipv4.tcp_syncokies = 1",
    ),
    asked("/etc/systemd/system/*.d/*", "systemd-analyze verify", Hosts, VERIFY, "ListenStreem=22"),
    asked("/etc/systemd/system/*.timer", "systemd-analyze verify", Hosts, VERIFY, "OnCalender=daily"),
    asked(
        "/etc/systemd/system/*.service",
        "systemd-analyze verify",
        Hosts,
        // The guard's program comes with the first change.
        concat!("mkdir -p /var/lib/piton/guard; ln -s /bin/true /var/lib/piton/guard/piton\n", verify!()),
        "WantedBuy=multi-user.target",
    ),
    // wg-quick alone lets pass whatever it does not know; a tunnel does not.
    asked(
        "/etc/wireguard/*.conf",
        "wg setconf",
        Hosts,
        r#"set -e
        wg-quick strip "$F" > /tmp/stripped
        wireguard-go wg0
        wg setconf wg0 /tmp/stripped"#,
        "AllowedIP = 10.0.0.9/32",
    ),
    asked(
        "*/.ssh/authorized_keys",
        "ssh-keygen -l",
        Hosts,
        r#"test "$(grep -c . "$F")" = "$(ssh-keygen -l -f "$F" | wc -l)""#,
        "ssh-ed25519 AAAA",
    ),
    asked("*.sh", "shellcheck", Hosts, r#"shellcheck "$F""#, "if true; then"),
    // Of compose.
    asked(
        "*/docker-compose.yml",
        "docker-compose config",
        Hosts,
        r#"docker-compose -f "$F" config --quiet"#,
        "volums: {}",
    ),
    asked(
        "*.env",
        "docker-compose config",
        Hosts,
        r#"printf 'services: {one: {image: one, env_file: ["%s"]}}' "$F" > /tmp/compose.yml
        docker-compose -f /tmp/compose.yml config --quiet"#,
        "NAME='not closed",
    ),
    nobody("*/Dockerfile", "only a running engine reads it; what it builds runs in the lab"),
    // Of containers.
    asked(
        "*/Caddyfile",
        "caddy validate",
        Containers,
        // Providers of DNS are plugins, which Debian's Caddy has none of.
        r#"sed -E '/^\tacme_dns .*\{$/,/^\t\}/d; /^\tacme_dns /d' "$F" > /tmp/Caddyfile
        caddy validate --adapter caddyfile --config /tmp/Caddyfile"#,
        "example.net {\n\treverse_prxy one:80\n}",
    ),
    asked(
        "*/prometheus.yml",
        "promtool check config",
        Containers,
        r#"set -e
        mkdir -p /etc/prometheus; cp "$D"/*.yml /etc/prometheus
        promtool check config "$F""#,
        "scrape_config: []",
    ),
    asked(
        "*/alerts.yml",
        "promtool check rules",
        Containers,
        r#"promtool check rules "$F""#,
        "  - name: wrong\n    rules: [{alert: Wrong, expr: 'sum(up'}]",
    ),
    asked("*/alertmanager.yml", "amtool check-config", Containers, r#"amtool check-config "$F""#, "recievers: []"),
    asked(
        "*/grafana/dashboards/*.json",
        "promtool check rules",
        Containers,
        r#"python3 - "$F" > /tmp/rules.yml <<'END' && promtool check rules /tmp/rules.yml
import json, re, sys
found = []
def look(panels):
    for panel in panels:
        look(panel.get("panels", []))
        for target in panel.get("targets", []):
            if target["datasource"]["type"] == "prometheus":
                query = re.sub(r"\$__(rate_interval|interval|range)", "5m", target["expr"])
                found.append({"record": f"query:{len(found)}", "expr": re.sub(r"\$\{?\w+\}?", "any", query)})
look(json.load(open(sys.argv[1]))["panels"])
print(json.dumps({"groups": [{"name": "dashboard", "rules": found}]}))
END"#,
        "{",
    ),
    asked("*/redis/redis.conf", "redis-server", Containers, REDIS, "maxmemory lots"),
    asked("*/redis/users.acl", "redis-server", Containers, REDIS, "user guest on +@everything"),
    asked(
        "*/postgresql.conf",
        "postgres -C",
        Containers,
        r#"cd /tmp; setpriv --reuid=postgres --regid=postgres --clear-groups \
            /usr/lib/postgresql/18/bin/postgres -D "$(mktemp -d)" -C shared_buffers -c config_file="$F""#,
        "shared_bufers = 1GB",
    ),
    asked("*/openclaw.json", "openclaw config validate", Node, OPENCLAW, "{"),
    asked("*/litellm/config.yaml", "litellm's own classes", Python, LITELLM, "general_settings: 5"),
    nobody("*/loki-config.yml", NOT_TO_BE_HAD),
    nobody("*/tempo-config.yml", NOT_TO_BE_HAD),
    nobody("*/promtail-config.yml", NOT_TO_BE_HAD),
    nobody("*/alloy/*", NOT_TO_BE_HAD),
    nobody("*/headscale/config.yaml", NOT_TO_BE_HAD),
    nobody("*/qdrant/production.yaml", NOT_TO_BE_HAD),
    nobody("/etc/cloudflared/*", NOT_TO_BE_HAD),
    nobody("*/grafana/provisioning/*", NOT_TO_BE_HAD),
    nobody("*/SKILL.md", "OpenClaw leaves out what it does not like and says nothing: piton's own rules"),
    nobody("*.html", "a page of ours that only a browser reads"),
];

/// It has no way to be asked but to be started.
const REDIS: &str = r#"set -e
    mkdir -p /etc/redis /data; cp "$D"/* /etc/redis
    redis-server /etc/redis/redis.conf & server=$!
    until redis-cli --no-auth-warning -a "$SECRET" ping | grep -q PONG; do kill -0 $server; sleep 0.05; done"#;

/// What it does not like it says, and ends well all the same.
const VERIFY: &str = verify!();

/// In the version that the files beside it name, away from the machine's own engine. The older one has no word for it, and
/// refuses to be asked anything instead.
pub const OPENCLAW: &str = r#"mkdir -p /root/.openclaw; cp "$F" /root/.openclaw/openclaw.json
    export DO_NOT_TRACK=1 DOCKER_HOST=unix:///nonexistent
    for name in $(grep -oE '[$][{][A-Z_]+' "$F" | tr -d '${' | sort -u); do export "$name=$SECRET"; done
    case "$(grep -rhoE 'openclaw/openclaw:[0-9.]+' /opt /home)" in
        *:2026.2.17*) version=2026.2.17; set -- config get gateway.port;;
        *) version=2026.9.6; set -- config validate
            mkdir -p /root/.openclaw/extensions; cp -r /usr/local/lib/openclaw/$version/package /root/.openclaw/extensions/brave;;
    esac
    node /usr/local/lib/openclaw/$version/node_modules/openclaw/openclaw.mjs "$@""#;

/// It has no way to be asked either; these are what it reads its file with.
pub const LITELLM: &str = r#"LITELLM_LOCAL_MODEL_COST_MAP=True /usr/local/lib/litellm/bin/python3 - "$F" <<'END'
import copy, sys, yaml
from litellm import Router
from litellm.proxy._types import ConfigYAML
told = yaml.safe_load(open(sys.argv[1]))
ConfigYAML(**copy.deepcopy(told))
Router(model_list=told.get("model_list", []), fallbacks=told.get("litellm_settings", {}).get("fallbacks", []))
END"#;

impl Row {
    pub fn is_for(&self, path: &str) -> bool {
        fits(self.files, path)
    }

    pub fn program(&self) -> &'static str {
        match self.how {
            How::Asked(Asked { program, .. }) => program,
            How::Nobody(_) => "nobody",
        }
    }
}

fn fits(pattern: &str, path: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == path,
        Some((start, rest)) => path.strip_prefix(start).is_some_and(|path| {
            path.char_indices().map(|(at, _)| at).chain([path.len()]).any(|at| fits(rest, &path[at..]))
        }),
    }
}
