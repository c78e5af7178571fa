//! What a file is: by its name and place first, by its content where names say too little.
//!
//! `KINDS` is the one list: a kind, the name that people see, and the syntax that it is written in.

use super::Document;
use super::tree::Value;

/// How a kind of file is written; each has its reader beside this file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    Yaml,
    /// Markdown with YAML on top.
    FrontMatter,
    Json,
    Toml,
    Env,
    Sections,
    Lines,
    Docker,
    Blocks,
    /// Only its text is looked at.
    Opaque,
}

macro_rules! kinds {
    ($($kind:ident $name:literal $syntax:ident,)*) => {
        /// What a file is for, as far as piton knows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $($kind,)* }

        impl Kind {
            /// Every kind, in the order in which the docs name them.
            pub const ALL: &[Kind] = &[$(Kind::$kind,)*];

            /// As people call it.
            pub fn name(self) -> &'static str {
                match self { $(Kind::$kind => $name,)* }
            }

            pub fn syntax(self) -> Syntax {
                match self { $(Kind::$kind => Syntax::$syntax,)* }
            }
        }
    };
}

kinds! {
    Compose "Compose file" Yaml,
    Dockerfile "Dockerfile" Docker,
    Env "env file" Env,
    Caddyfile "Caddyfile" Blocks,
    Sshd "sshd_config" Lines,
    Unit "systemd unit" Sections,
    Ufw "ufw rules" Lines,
    UfwDefaults "/etc/default/ufw" Env,
    Iptables "iptables-save" Lines,
    Nftables "nftables" Blocks,
    Sysctl "sysctl" Lines,
    Jail "fail2ban jail" Sections,
    Fail2banFilter "fail2ban filter" Sections,
    WireGuard "WireGuard" Sections,
    DaemonJson "daemon.json" Json,
    Redis "redis.conf" Lines,
    Postgres "postgresql.conf" Lines,
    PgHba "pg_hba.conf" Lines,
    Qdrant "Qdrant" Yaml,
    LiteLlm "LiteLLM" Yaml,
    OpenClaw "openclaw.json" Json,
    N8nWorkflow "n8n workflow" Json,
    Loki "Loki" Yaml,
    Tempo "Tempo" Yaml,
    Promtail "Promtail" Yaml,
    Prometheus "Prometheus" Yaml,
    PrometheusRules "Prometheus rules" Yaml,
    Alertmanager "Alertmanager" Yaml,
    GrafanaDatasources "Grafana data sources" Yaml,
    GrafanaDashboard "Grafana dashboard" Json,
    Cloudflared "cloudflared" Yaml,
    Authelia "Authelia" Yaml,
    Headscale "Headscale" Yaml,
    Corefile "Corefile" Blocks,
    Zone "DNS zone" Opaque,
    Crontab "crontab" Lines,
    Playbook "Ansible playbook" Yaml,
    Tasks "Ansible tasks" Yaml,
    AnsibleVars "Ansible variables" Yaml,
    AnsibleCfg "ansible.cfg" Sections,
    AnsibleLint ".ansible-lint" Yaml,
    Yamllint ".yamllint" Yaml,
    Workflow "CI workflow" Yaml,
    Skill "SKILL.md" FrontMatter,
    ClaudeSettings "Claude settings" Json,
    Shell "shell script" Opaque,
    Makefile "Makefile" Opaque,
    Upgrades "unattended-upgrades" Opaque,
    AptSources "apt sources" Opaque,
    LxdProfile "LXD profile" Yaml,
    Site "site.toml" Toml,
    Yaml "YAML" Yaml,
    Json "JSON" Json,
    Toml "TOML" Toml,
    Markdown "Markdown" Opaque,
    Other "other file" Opaque,
}

/// The ends of names that mean "this is what it will look like": the kind is what stands before.
const WRAPPINGS: [&str; 11] =
    [".j2", ".jinja", ".jinja2", ".tmpl", ".tpl", ".template", ".example", ".sample", ".dist", ".bak", ".orig"];

pub(super) fn by_name(path: &str, text: &str) -> Kind {
    let lower = path.to_ascii_lowercase();
    let mut name = lower.rsplit('/').next().unwrap_or(&lower);
    while let Some(short) = WRAPPINGS.iter().find_map(|end| name.strip_suffix(end)).filter(|short| !short.is_empty()) {
        name = short;
    }
    let folders = lower.rsplit_once('/').map_or("", |(folders, _)| folders);
    let inside = |folder: &str| folders.split('/').any(|part| part == folder);
    let extension = name.rsplit_once('.').map_or("", |(_, end)| end);
    if PROGRAMS.contains(&extension) {
        // `Dockerfile.go` builds Go, `corefile_test.go` is about a Corefile and is none.
        let builds = name.starts_with("dockerfile.") && text.lines().any(|line| line.starts_with("FROM "));
        return if builds { Kind::Dockerfile } else { Kind::Other };
    }
    match extension {
        // What a change would make of a file is not that file.
        "patch" | "diff" | "rej" => return Kind::Other,
        // Texts about a file are called like it.
        "md" | "rst" | "adoc" | "html" if name != "skill.md" => {
            return by_extension(name, extension, &inside, text).unwrap_or(Kind::Other);
        }
        _ => {}
    }
    exact(name, &inside, text).or_else(|| by_extension(name, extension, &inside, text)).unwrap_or_else(|| by_text(text))
}

/// Ends of names of program sources: whatever else such a name says, it is no configuration.
const PROGRAMS: [&str; 16] =
    ["go", "rs", "py", "js", "mjs", "cjs", "ts", "tsx", "jsx", "rb", "java", "kt", "c", "h", "cpp", "php"];

fn exact(name: &str, inside: &dyn Fn(&str) -> bool, text: &str) -> Option<Kind> {
    Some(match name {
        "makefile" | "gnumakefile" => Kind::Makefile,
        "skill.md" => Kind::Skill,
        "sshd_config" => Kind::Sshd,
        "daemon.json" => Kind::DaemonJson,
        "pg_hba.conf" => Kind::PgHba,
        "ansible.cfg" => Kind::AnsibleCfg,
        // A workflow that runs it may be called so, too.
        ".ansible-lint" | "ansible-lint.yml" | ".ansible-lint.yml" | ".ansible-lint.yaml" if !inside("workflows") => {
            Kind::AnsibleLint
        }
        ".yamllint" | ".yamllint.yml" | ".yamllint.yaml" => Kind::Yamllint,
        "50unattended-upgrades" => Kind::Upgrades,
        "sources.list" => Kind::AptSources,
        "site.toml" => Kind::Site,
        "rules.v4" | "rules.v6" => Kind::Iptables,
        "user.rules" | "user6.rules" | "before.rules" | "before6.rules" | "after.rules" | "after6.rules" => Kind::Ufw,
        "jail.local" | "jail.conf" => Kind::Jail,
        "ufw" if inside("default") => Kind::UfwDefaults,
        // Others read about ufw in files of this name: fail2ban, Fluent Bit.
        "ufw.conf" if inside("ufw") || ["ENABLED=", "LOGLEVEL="].iter().any(|key| text.contains(key)) => {
            Kind::UfwDefaults
        }
        "crontab" => Kind::Crontab,
        "settings.json" | "settings.local.json" if inside(".claude") => Kind::ClaudeSettings,
        _ if name.starts_with("dockerfile") || name.starts_with("containerfile") => Kind::Dockerfile,
        _ if name.starts_with("caddyfile") => Kind::Caddyfile,
        _ if name.starts_with("corefile") => Kind::Corefile,
        // direnv runs it.
        _ if name.starts_with(".envrc") => Kind::Shell,
        _ if name.starts_with(".env") || name == "env" => env(text),
        _ if name.starts_with("openclaw.json") => Kind::OpenClaw,
        _ if inside("cron.d") => Kind::Crontab,
        _ => return None,
    })
}

/// A file of variables, unless it decides something: then a shell runs it.
fn env(text: &str) -> Kind {
    let decides = |line: &str| {
        let line = line.trim();
        matches!(line, "fi" | "esac" | "done") || ["if [", "case ", "for "].iter().any(|start| line.starts_with(start))
    };
    // The C shell's own words: no reader of variables takes them.
    if text.lines().any(|line| line.starts_with("setenv ")) {
        return Kind::Other;
    }
    if text.lines().any(decides) { Kind::Shell } else { Kind::Env }
}

fn by_extension(name: &str, extension: &str, inside: &dyn Fn(&str) -> bool, text: &str) -> Option<Kind> {
    Some(match extension {
        "dockerfile" | "containerfile" => Kind::Dockerfile,
        "env" => env(text),
        "caddyfile" | "caddy" => Kind::Caddyfile,
        "service" | "socket" | "timer" | "mount" | "path" | "slice" | "target" => Kind::Unit,
        "conf" if folder_of_unit(inside, text) => Kind::Unit,
        "conf" | "local" if inside("jail.d") => Kind::Jail,
        "conf" | "local" if inside("filter.d") => Kind::Fail2banFilter,
        "conf" if inside("sshd_config.d") => Kind::Sshd,
        "conf" if speaks_sshd(text) => Kind::Sshd,
        "conf" if inside("sysctl.d") || name == "sysctl.conf" => Kind::Sysctl,
        "conf" if name.starts_with("redis") || name.starts_with("valkey") => Kind::Redis,
        "conf" if name.starts_with("postgres") => Kind::Postgres,
        "conf" if name.starts_with("nftables") => Kind::Nftables,
        "conf" if speaks_wireguard(text) => Kind::WireGuard,
        "nft" => Kind::Nftables,
        "yml" | "yaml" if inside("workflows") => Kind::Workflow,
        "yml" | "yaml" => Kind::Yaml,
        "json" | "json5" | "jsonc" => Kind::Json,
        "toml" => Kind::Toml,
        "sh" | "bash" => Kind::Shell,
        "list" | "sources" if inside("sources.list.d") || inside("apt") => Kind::AptSources,
        "crontab" | "cron" => Kind::Crontab,
        "zone" => Kind::Zone,
        "mk" => Kind::Makefile,
        "md" => Kind::Markdown,
        "txt" if name.contains("crontab") => Kind::Crontab,
        _ if name.starts_with("db.") && text.contains("SOA") => Kind::Zone,
        _ => return None,
    })
}

/// Whether a line begins with what only sshd takes: its files may be included from anywhere.
fn speaks_sshd(text: &str) -> bool {
    let words = [
        "permitrootlogin",
        "allowusers",
        "allowgroups",
        "maxauthtries",
        "x11forwarding",
        "clientaliveinterval",
        "permitemptypasswords",
        "usepam",
        "logingracetime",
        "passwordauthentication",
    ];
    let word = |line: &str| line.split([' ', '\t', '=']).next().unwrap_or_default().to_ascii_lowercase();
    // A client's file has hosts, and other programs have sections.
    let mut lines = text.lines().map(str::trim);
    let is_other = lines.clone().any(|line| line.starts_with('[') || word(line) == "host");
    !is_other && lines.any(|line| words.contains(&word(line).as_str()))
}

/// Whether a text has WireGuard's section and a key's line; it does not ask how they are written.
fn speaks_wireguard(text: &str) -> bool {
    let begins = |line: &str, word: &str| line.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    let has = |word: &str| text.lines().any(|line| begins(line.trim_start(), word));
    has("[Interface]") && (text.contains("PrivateKey") || has("PrivateKey"))
}

/// Drop-ins lie in `name.service.d/` and the like.
fn folder_of_unit(inside: &dyn Fn(&str) -> bool, text: &str) -> bool {
    let dropin = ["ssh.socket.d", "docker.service.d", "sshd.service.d"].iter().any(|folder| inside(folder));
    dropin || (inside("systemd") && ["[Service]", "[Socket]", "[Unit]"].iter().any(|section| text.contains(section)))
}

/// What a file says about itself in its first lines.
fn by_text(text: &str) -> Kind {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    if first.starts_with("#!") {
        let shell = ["sh", "bash", "dash", "ash"]
            .iter()
            .any(|shell| first.ends_with(&format!("/{shell}")) || first.ends_with(&format!(" {shell}")));
        return if first.ends_with("nft -f") {
            Kind::Nftables
        } else if shell {
            Kind::Shell
        } else {
            Kind::Other
        };
    }
    let significant = text.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#')).unwrap_or_default();
    match significant.trim() {
        "*filter" | "*nat" | "*mangle" | "*raw" => Kind::Iptables,
        section if section.eq_ignore_ascii_case("[Interface]") => Kind::WireGuard,
        _ if text.contains("\n:INPUT ") && text.contains("\nCOMMIT") => Kind::Iptables,
        _ if significant.starts_with("$ORIGIN") || significant.starts_with("$TTL") => Kind::Zone,
        _ => Kind::Other,
    }
}

/// Looks into YAML and JSON whose name said no more than that.
pub(super) fn by_content(document: &Document) -> Kind {
    let root = document.root();
    match document.kind {
        Kind::Yaml => yaml(document, root),
        Kind::Json => json(document, root).unwrap_or(Kind::Json),
        // The name is a common one; without either section it is somebody else's.
        Kind::Site if root.get("site").is_none() && root.get("hosts").is_none() => Kind::Toml,
        other => other,
    }
}

fn yaml(document: &Document, root: Value) -> Kind {
    let has = |key: &str| root.get(key).is_some();
    let ansible = ansible(document);
    if let Some(services) = root.get("services")
        && (is_compose(document, services) || document.file_name().contains("compose"))
    {
        return Kind::Compose;
    }
    // One that holds only what the services of others use is laid beside them.
    let is_map = |key: &str| root.get(key).is_some_and(Value::is_map);
    let usual = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];
    if usual.contains(&document.file_name()) && !has("services") && (is_map("volumes") || is_map("networks")) {
        return Kind::Compose;
    }
    if has("scrape_configs") && (has("clients") || has("positions")) {
        return Kind::Promtail;
    }
    let keyed = [
        (&["model_list"][..], Kind::LiteLlm),
        (&["litellm_settings"], Kind::LiteLlm),
        (&["scrape_configs"], Kind::Prometheus),
        (&["global", "rule_files"], Kind::Prometheus),
        (&["route", "receivers"], Kind::Alertmanager),
        (&["schema_config"], Kind::Loki),
        (&["distributor", "storage"], Kind::Tempo),
        (&["datasources", "apiVersion"], Kind::GrafanaDatasources),
        (&["access_control", "authentication_backend"], Kind::Authelia),
        (&["access_control", "session"], Kind::Authelia),
        (&["tunnel", "ingress"], Kind::Cloudflared),
        (&["tunnel", "credentials-file"], Kind::Cloudflared),
        (&["server_url", "noise"], Kind::Headscale),
        (&["config", "devices"], Kind::LxdProfile),
    ];
    for (keys, kind) in keyed {
        if keys.iter().all(|key| has(key)) {
            return kind;
        }
    }
    if root.get("groups").is_some_and(|groups| groups.items().any(|group| group.get("rules").is_some())) {
        return Kind::PrometheusRules;
    }
    let is_qdrant = document.path.contains("qdrant") && (has("service") || has("storage"));
    if is_qdrant {
        return Kind::Qdrant;
    }
    if root.items().any(|item| {
        item.get("hosts").is_some()
            || item.get("import_playbook").is_some()
            || item.get("ansible.builtin.import_playbook").is_some()
    }) {
        return Kind::Playbook;
    }
    if ansible.0 && root.is_list() {
        return Kind::Tasks;
    }
    if ansible.1 { Kind::AnsibleVars } else { Kind::Yaml }
}

/// Whether every service says what it runs, as Compose wants it.
fn is_compose(document: &Document, services: Value) -> bool {
    let entries = services.entries();
    let runs = |service: Value| ["image", "build", "extends"].iter().any(|key| service.get(key).is_some());
    !document.path.contains("/workflows/") && !entries.is_empty() && entries.iter().any(|(_, service)| runs(*service))
}

/// Whether the file lies where Ansible keeps tasks, and where it keeps variables.
fn ansible(document: &Document) -> (bool, bool) {
    let path = &document.path;
    let inside = |folder: &str| path.split('/').rev().skip(1).any(|part| part == folder);
    let vars = ["group_vars", "host_vars", "vars", "defaults"].iter().any(|folder| inside(folder));
    (inside("tasks") || inside("handlers") || inside("playbooks"), vars)
}

fn json(document: &Document, root: Value) -> Option<Kind> {
    let has = |key: &str| root.get(key).is_some();
    // Every JSON file is YAML, so Compose takes it.
    if document.file_name().contains("compose") && root.get("services").is_some_and(Value::is_map) {
        return Some(Kind::Compose);
    }
    if has("panels") && (has("schemaVersion") || has("uid")) {
        return Some(Kind::GrafanaDashboard);
    }
    let is_workflow =
        root.get("nodes").is_some_and(Value::is_list) && root.get("connections").is_some_and(Value::is_map);
    if is_workflow {
        return Some(Kind::N8nWorkflow);
    }
    // Agents after its example have the same sections, and other keys in them.
    let is_other = ["nullclaw", "picoclaw", "zeroclaw"].iter().any(|agent| document.path.contains(agent));
    let is_openclaw = has("gateway") && (has("agents") || has("channels")) && !is_other;
    is_openclaw.then_some(Kind::OpenClaw)
}
