//! Which image is made how, as data: one line of the list for every repository that the catalog's services name.

use super::layer::{Layer, in_hex};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// How near an image is to what its name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Kind {
    /// The program itself, as Debian has it.
    Real,
    /// The program itself, in the version of the tag, as PyPI or npm have it: gigabytes and minutes.
    Published,
    /// A program of the lab's that reads the keys it needs of the real configuration, listens where that says, and
    /// answers what the real one answers when it is asked how it is.
    StandIn,
}

/// One image, for whoever lists them.
pub struct Known {
    pub repository: &'static str,
    pub kind: Kind,
    pub about: &'static str,
}

#[derive(Serialize)]
pub(super) struct Recipe {
    repositories: &'static [&'static str],
    pub(super) kind: Kind,
    pub(super) about: &'static str,
    packages: &'static [&'static str],
    before: &'static str,
    after: &'static str,
    program: Option<Program>,
    /// Path, mode, content.
    files: &'static [(&'static str, u32, &'static str)],
    /// As whom it runs where nobody says; root, if empty.
    pub(super) user: &'static str,
    pub(super) path: &'static str,
    pub(super) environment: &'static [(&'static str, &'static str)],
    pub(super) entrypoint: &'static [&'static str],
    pub(super) command: &'static [&'static str],
    pub(super) folder: &'static str,
}

/// What a script gets from where its program is published. `VERSION` in it is the tag's.
#[derive(Serialize)]
struct Program {
    tools: &'static [&'static str],
    script: &'static str,
    keep: &'static [&'static str],
}

const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const REAL: Recipe = Recipe {
    repositories: &[],
    kind: Kind::Real,
    about: "",
    packages: &[],
    before: "",
    after: "",
    program: None,
    files: &[],
    user: "",
    path: PATH,
    environment: &[],
    entrypoint: &[],
    command: &[],
    folder: "/",
};

const STAND_IN: Recipe = Recipe { kind: Kind::StandIn, ..REAL };

/// A stand-in's program under the name of the real one.
macro_rules! program {
    ($path:literal, $file:literal) => {
        ($path, 0o755, include_str!(concat!("../../containers/", $file)))
    };
}

/// What all stand-ins have in common.
const COMMON: &[(&str, u32, &str)] = &[
    ("/usr/lib/piton-lab/serve.py", 0o644, include_str!("../../containers/serve.py")),
    ("/usr/lib/piton-lab/ask.py", 0o644, include_str!("../../containers/ask.py")),
];

const RECIPES: &[Recipe] = &[
    Recipe {
        repositories: &["postgres"],
        about: "Debian's PostgreSQL 18",
        packages: &["postgresql-18", "postgresql-client-18"],
        // The number that the image of the registry has; and no cluster of Debian's own.
        before: "groupadd --gid 999 postgres; useradd --uid 999 --gid 999 --home-dir /var/lib/postgresql postgres\n\
                 mkdir -p /etc/postgresql-common; echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf",
        after: "install -d -o postgres -g postgres -m 3775 /var/run/postgresql",
        files: &[program!("/usr/local/bin/start-postgresql", "postgresql.sh")],
        path: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postgresql/18/bin",
        environment: &[("PGDATA", "/var/lib/postgresql/18/docker")],
        entrypoint: &["start-postgresql"],
        command: &["postgres"],
        ..REAL
    },
    Recipe {
        repositories: &["redis"],
        about: "Debian's Redis 8",
        packages: &["redis-server", "redis-tools"],
        after: "chmod 755 /etc/redis; install -d -o 999 -g 1000 /data",
        command: &["redis-server"],
        folder: "/data",
        ..REAL
    },
    Recipe {
        repositories: &["caddy"],
        about: "Debian's Caddy 2",
        packages: &["caddy"],
        environment: &[("XDG_CONFIG_HOME", "/config"), ("XDG_DATA_HOME", "/data")],
        command: &["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"],
        folder: "/srv",
        ..REAL
    },
    Recipe {
        repositories: &["prom/prometheus"],
        about: "Debian's Prometheus 3; it has no OTLP receiver, whose flag is taken and left out",
        packages: &["prometheus"],
        files: &[program!("/usr/local/bin/start-prometheus", "prometheus.sh")],
        entrypoint: &["start-prometheus"],
        ..REAL
    },
    Recipe {
        repositories: &["prom/alertmanager"],
        about: "Debian's Alertmanager",
        packages: &["prometheus-alertmanager"],
        entrypoint: &["prometheus-alertmanager"],
        ..REAL
    },
    Recipe {
        repositories: &["prom/node-exporter"],
        about: "Debian's node exporter",
        packages: &["prometheus-node-exporter"],
        entrypoint: &["prometheus-node-exporter"],
        ..REAL
    },
    Recipe {
        repositories: &["victoriametrics/victoria-metrics"],
        about: "Debian's VictoriaMetrics",
        packages: &["victoria-metrics"],
        entrypoint: &["victoria-metrics"],
        ..REAL
    },
    Recipe {
        repositories: &["qdrant/qdrant"],
        about: "stands in for Qdrant",
        files: &[program!("/qdrant/entrypoint", "qdrant.py")],
        entrypoint: &["/qdrant/entrypoint"],
        ..STAND_IN
    },
    Recipe {
        repositories: &["headscale/headscale"],
        about: "stands in for Headscale",
        files: &[program!("/usr/bin/headscale", "headscale.py")],
        entrypoint: &["headscale"],
        ..STAND_IN
    },
    Recipe {
        repositories: &["tailscale/tailscale"],
        about: "stands in for Tailscale's node: joins nothing",
        files: &[
            program!("/usr/local/bin/containerboot", "tailscale.py"),
            ("/usr/bin/tailscale", 0o755, "#!/bin/sh\nexec /usr/local/bin/containerboot \"$@\"\n"),
        ],
        command: &["containerboot"],
        ..STAND_IN
    },
    Recipe {
        repositories: &["grafana/loki"],
        about: "stands in for Loki",
        files: &[program!("/usr/bin/loki", "loki.py")],
        entrypoint: &["/usr/bin/loki"],
        ..STAND_IN
    },
    Recipe {
        repositories: &["grafana/tempo"],
        about: "stands in for Tempo",
        files: &[program!("/tempo", "tempo.py")],
        entrypoint: &["/tempo"],
        ..STAND_IN
    },
    Recipe {
        repositories: &["grafana/promtail"],
        about: "stands in for Promtail",
        files: &[program!("/usr/bin/promtail", "promtail.py")],
        entrypoint: &["/usr/bin/promtail"],
        ..STAND_IN
    },
    Recipe {
        repositories: &["grafana/alloy"],
        about: "stands in for Alloy",
        files: &[program!("/bin/alloy", "alloy.py")],
        entrypoint: &["/bin/alloy"],
        ..STAND_IN
    },
    Recipe {
        repositories: &["grafana/grafana"],
        about: "stands in for Grafana",
        files: &[program!("/run.sh", "grafana.py")],
        entrypoint: &["/run.sh"],
        ..STAND_IN
    },
    Recipe {
        repositories: &["ghcr.io/google/cadvisor"],
        about: "stands in for cAdvisor",
        files: &[program!("/usr/bin/cadvisor", "cadvisor.py")],
        entrypoint: &["/usr/bin/cadvisor"],
        ..STAND_IN
    },
    Recipe {
        repositories: &["cloudflare/cloudflared"],
        about: "stands in for cloudflared: connects to nobody",
        files: &[program!("/usr/local/bin/cloudflared", "cloudflared.py")],
        entrypoint: &["cloudflared"],
        ..STAND_IN
    },
    Recipe {
        repositories: &["ghcr.io/berriai/litellm"],
        about: "stands in for LiteLLM",
        files: &[program!("/usr/bin/litellm", "litellm.py")],
        entrypoint: &["litellm"],
        folder: "/app",
        ..STAND_IN
    },
    Recipe {
        repositories: &["docker.n8n.io/n8nio/n8n"],
        about: "stands in for n8n",
        files: &[program!("/usr/local/bin/n8n", "n8n.py")],
        user: "1000:1000",
        entrypoint: &["n8n"],
        folder: "/home/node",
        ..STAND_IN
    },
    Recipe {
        repositories: &["ghcr.io/openclaw/openclaw", "openclaw"],
        about: "stands in for OpenClaw, on Debian's node",
        packages: &["nodejs"],
        after: NODE_USER,
        files: &[
            program!("/app/dist/index.js", "openclaw.js"),
            program!("/usr/bin/gosu", "gosu.sh"),
            program!("/usr/bin/dockerd", "dockerd.sh"),
            program!("/usr/bin/docker", "docker.sh"),
        ],
        command: &["node", "dist/index.js", "gateway"],
        folder: "/app",
        ..STAND_IN
    },
    Recipe {
        repositories: &["piton.lab/page"],
        about: "a page of the lab's own, whose tag says how it behaves",
        files: &[program!("/usr/bin/page", "page.py")],
        entrypoint: &["page"],
        ..STAND_IN
    },
];

/// Instead of the stand-ins, for a site that says `lab.real`.
const PUBLISHED: &[Recipe] = &[
    Recipe {
        repositories: &["ghcr.io/berriai/litellm"],
        kind: Kind::Published,
        about: "LiteLLM as PyPI has it; without Prisma's engine, and so without a database",
        program: Some(Program {
            tools: &["python3-venv"],
            script: "python3 -m venv /opt/litellm\n\
                     /opt/litellm/bin/pip install --quiet --no-cache-dir 'litellm[proxy]==VERSION' prometheus-client",
            keep: &["opt/litellm"],
        }),
        path: "/opt/litellm/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        entrypoint: &["litellm"],
        folder: "/app",
        ..REAL
    },
    Recipe {
        repositories: &["docker.n8n.io/n8nio/n8n"],
        kind: Kind::Published,
        about: "n8n as npm has it, on Debian's node",
        packages: &["nodejs"],
        after: NODE_USER,
        program: Some(Program {
            tools: &["npm"],
            // Packages that no registry has any more, and a pair of versions that ends the program after its start.
            script: r#"mkdir -p /opt/n8n && cd /opt/n8n
cat > package.json <<'END'
{ "private": true,
  "overrides": { "xlsx": "0.18.5", "@langchain/langgraph-checkpoint": "1.0.0", "@opentelemetry/api": "1.9.1" },
  "dependencies": { "n8n": "VERSION", "@opentelemetry/core": "2.5.0", "@opentelemetry/api": "1.9.1" } }
END
npm install --ignore-scripts --legacy-peer-deps --no-audit --no-fund --cache /tmp/npm >/dev/null"#,
            keep: &["opt/n8n"],
        }),
        user: "1000:1000",
        path: "/opt/n8n/node_modules/.bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        entrypoint: &["n8n"],
        folder: "/home/node",
        ..REAL
    },
    Recipe {
        repositories: &["ghcr.io/openclaw/openclaw", "openclaw"],
        kind: Kind::Published,
        about: "OpenClaw as npm has it, on Debian's node",
        packages: &["nodejs"],
        after: NODE_USER,
        program: Some(Program {
            tools: &["npm"],
            script: r#"mkdir -p /opt/openclaw && cd /opt/openclaw
echo '{ "private": true }' > package.json
npm install --ignore-scripts --no-audit --no-fund --cache /tmp/npm openclaw@VERSION npm@11 >/dev/null
# The one script that is run: it asks for it, and would run it as whoever starts it.
(cd node_modules/openclaw && node scripts/postinstall-bundled-plugins.mjs >/dev/null)
ln -s opt/openclaw/node_modules/openclaw /app
ln -s /opt/openclaw/node_modules/.bin/npm /usr/local/bin/npm"#,
            keep: &["app", "opt/openclaw", "usr/local/bin/npm"],
        }),
        files: &[
            program!("/usr/bin/gosu", "gosu.sh"),
            program!("/usr/bin/dockerd", "dockerd.sh"),
            program!("/usr/bin/docker", "docker.sh"),
        ],
        command: &["node", "dist/index.js", "gateway"],
        folder: "/app",
        ..REAL
    },
];

const NODE_USER: &str = "useradd --uid 1000 --create-home --shell /bin/bash node";

impl Recipe {
    pub(super) fn digest(&self) -> String {
        // Plain strings and numbers cannot fail to be written.
        let text = serde_json::to_vec(&(self, COMMON)).unwrap_or_default();
        in_hex(&Sha256::digest(&text))
    }

    /// What an image of this name consists of, from the ground up.
    pub(super) fn layers(&self, reference: &str) -> Vec<Layer> {
        let mut layers = vec![Layer::Ground];
        if !self.packages.is_empty() || !self.after.is_empty() {
            layers.push(Layer::Programs { packages: self.packages, before: self.before, after: self.after });
        }
        if let Some(Program { tools, script, keep }) = &self.program {
            let script = script.replace("VERSION", version(reference));
            layers.push(Layer::Built { tools, script, keep });
        }
        let common = if self.kind == Kind::StandIn { COMMON } else { &[] };
        let files = common.iter().chain(self.files);
        let files: Vec<_> = files.map(|(path, mode, text)| ((*path).to_owned(), *mode, (*text).to_owned())).collect();
        if !files.is_empty() {
            layers.push(Layer::Files(files));
        }
        layers
    }
}

/// The recipe for an image, by its name without tag and digest; the program as it is published, where that is wanted.
pub(super) fn of(reference: &str, published: bool) -> Option<&'static Recipe> {
    let (repository, _) = repository_and_tag(reference);
    let first = if published { PUBLISHED } else { &[] };
    first.iter().chain(RECIPES).find(|recipe| recipe.repositories.contains(&repository))
}

fn repository_and_tag(reference: &str) -> (&str, &str) {
    let name = reference.split_once('@').map_or(reference, |(name, _)| name);
    match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, tag),
        _ => (name, ""),
    }
}

/// The version in a tag: `v1.80.0-stable` is 1.80.0.
fn version(reference: &str) -> &str {
    let (_, tag) = repository_and_tag(reference);
    let begin = tag.find(|letter: char| letter.is_ascii_digit()).unwrap_or(tag.len());
    let rest = &tag[begin..];
    let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(rest.len());
    match &rest[..end] {
        "" => "latest",
        version => version,
    }
}

/// Every image that can be made.
pub fn known() -> impl Iterator<Item = Known> {
    RECIPES.iter().chain(PUBLISHED).flat_map(|recipe| {
        let known = |repository: &&'static str| Known { repository, kind: recipe.kind, about: recipe.about };
        recipe.repositories.iter().map(known)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn an_image_is_found_whatever_its_tag() {
        for reference in ["redis", "redis:8.0.2-alpine", "redis@sha256:00", "piton.lab/page:1"] {
            assert!(of(reference, false).is_some(), "{reference}");
        }
        assert!(of("localhost:5000/redis", false).is_none());
    }

    #[test]
    fn a_published_program_has_the_version_of_its_tag() {
        assert_eq!(version("ghcr.io/berriai/litellm:v1.80.0-stable"), "1.80.0");
        assert_eq!(version("docker.n8n.io/n8nio/n8n:2.8.4"), "2.8.4");
        let kind = |published| of("openclaw:local", published).map(|recipe| recipe.kind);
        assert_eq!((kind(false), kind(true)), (Some(Kind::StandIn), Some(Kind::Published)));
    }

    #[test]
    fn every_file_of_the_folder_is_in_an_image() {
        let texts: BTreeSet<&str> =
            RECIPES.iter().flat_map(|recipe| recipe.files).chain(COMMON).map(|(_, _, text)| *text).collect();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("containers");
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|ending| ending != "md") {
                assert!(texts.contains(std::fs::read_to_string(&path).unwrap().as_str()), "{}", path.display());
            }
        }
    }

    #[test]
    fn each_recipe_has_a_digest_of_its_own() {
        let digests: BTreeSet<String> = RECIPES.iter().map(Recipe::digest).collect();
        assert_eq!(digests.len(), RECIPES.len());
    }
}
