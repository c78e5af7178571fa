//! What is known of the programs that run in containers, by version; read from `data/`.
//!
//! One file a program. Each says when and where its facts were looked up. What a file does not say
//! is not known, and a rule that needs it stays silent.

use crate::image::Image;
use piton_config::read::{Document, Kind, Value, read};
use std::sync::OnceLock;

/// The one list of programs.
const FILES: &[(&str, &str)] = &[
    ("alertmanager", include_str!("../data/alertmanager.toml")),
    ("alpine", include_str!("../data/alpine.toml")),
    ("caddy", include_str!("../data/caddy.toml")),
    ("cadvisor", include_str!("../data/cadvisor.toml")),
    ("chroma", include_str!("../data/chroma.toml")),
    ("cloudflared", include_str!("../data/cloudflared.toml")),
    ("debian", include_str!("../data/debian.toml")),
    ("grafana", include_str!("../data/grafana.toml")),
    ("homepage", include_str!("../data/homepage.toml")),
    ("keycloak", include_str!("../data/keycloak.toml")),
    ("litellm", include_str!("../data/litellm.toml")),
    ("loki", include_str!("../data/loki.toml")),
    ("mariadb", include_str!("../data/mariadb.toml")),
    ("mongo", include_str!("../data/mongo.toml")),
    ("mysql", include_str!("../data/mysql.toml")),
    ("n8n", include_str!("../data/n8n.toml")),
    ("nginx", include_str!("../data/nginx.toml")),
    ("node-exporter", include_str!("../data/node-exporter.toml")),
    ("node", include_str!("../data/node.toml")),
    ("ntfy", include_str!("../data/ntfy.toml")),
    ("ollama", include_str!("../data/ollama.toml")),
    ("openclaw", include_str!("../data/openclaw.toml")),
    ("otelcol", include_str!("../data/otelcol.toml")),
    ("portainer", include_str!("../data/portainer.toml")),
    ("postgres", include_str!("../data/postgres.toml")),
    ("prometheus", include_str!("../data/prometheus.toml")),
    ("promtail", include_str!("../data/promtail.toml")),
    ("python", include_str!("../data/python.toml")),
    ("qdrant", include_str!("../data/qdrant.toml")),
    ("redis", include_str!("../data/redis.toml")),
    ("tempo", include_str!("../data/tempo.toml")),
    ("traefik", include_str!("../data/traefik.toml")),
    ("ubuntu", include_str!("../data/ubuntu.toml")),
    ("valkey", include_str!("../data/valkey.toml")),
    ("victoriametrics", include_str!("../data/victoriametrics.toml")),
];

#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) name: &'static str,
    images: Vec<String>,
    /// The user that the image runs as, where it is fixed.
    pub(crate) uid: Option<u32>,
    /// Whether it keeps data that others connect for.
    pub(crate) is_database: bool,
    /// Ports that hand out data or control and that no stranger should reach.
    pub(crate) private_ports: Vec<u16>,
    /// What can be run in the image, by version; the last that fits counts.
    tools: Vec<Tools>,
    /// Known holes, the worst first; each by the version that mended it.
    pub(crate) advisories: Vec<Advisory>,
    /// Metrics that people ask for and that it never exported.
    pub(crate) never_metrics: Vec<String>,
    /// As of when the facts are known.
    pub(crate) checked: String,
    pub(crate) source: String,
}

/// A hole that a version mended.
#[derive(Debug)]
pub(crate) struct Advisory {
    pub(crate) id: String,
    pub(crate) below: String,
    pub(crate) what: String,
}

/// What can be run in an image from a version on.
#[derive(Debug)]
pub(crate) struct Tools {
    from: Option<String>,
    below: Option<String>,
    /// Only where the tag has this word, as `alpine` in `1.29-alpine`.
    tag: Option<String>,
    /// Never where the tag has this word.
    not_tag: Option<String>,
    /// None: the file does not say, so nothing is known to be missing.
    pub(crate) missing: Vec<String>,
    pub(crate) has_shell: bool,
    pub(crate) instead: Option<String>,
}

impl Program {
    /// What is known to be in the image; nothing where the version leaves it open.
    pub(crate) fn tools(&self, image: Option<&Image>) -> Option<&Tools> {
        let version = image.and_then(Image::version);
        let tag = image.and_then(|image| image.tag.as_deref()).unwrap_or_default();
        let has = |word: &String| {
            tag.split('-')
                .any(|part| part.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '.') == word)
        };
        // A digest alone, or a variable, may be any of them.
        let is_unknown = image.is_none_or(|image| image.is_open || image.has_digest && image.tag.is_none());
        let is_of_tag = |tools: &&Tools| match (&tools.tag, &tools.not_tag) {
            (None, None) => true,
            _ if is_unknown => false,
            (tag, not_tag) => tag.as_ref().is_none_or(has) && !not_tag.as_ref().is_some_and(has),
        };
        let fits = |tools: &&Tools| match &version {
            Some(version) => {
                tools.from.as_deref().is_none_or(|from| version.at_least(from))
                    && tools.below.as_deref().is_none_or(|below| version.below(below))
            }
            None => tools.from.is_none() && tools.below.is_none(),
        };
        let fits = |tools: &&Tools| is_of_tag(tools) && fits(tools);
        self.tools.iter().rev().find(fits)
    }
}

/// The facts of the file at a position, read when they are asked for first: most runs need a few of them.
fn at(position: usize) -> Option<&'static Program> {
    static PROGRAMS: [OnceLock<Program>; FILES.len()] = [const { OnceLock::new() }; FILES.len()];
    let (name, text) = FILES.get(position)?;
    Some(PROGRAMS.get(position)?.get_or_init(|| parse(name, text)))
}

/// A program by its name.
pub(crate) fn program(name: &str) -> Option<&'static Program> {
    at(FILES.iter().position(|(known, _)| *known == name)?)
}

/// The program that an image holds.
pub(crate) fn of_image(repository: &str) -> Option<&'static Program> {
    let named = |text: &str| {
        let around = |at: usize| text[..at].ends_with('"') && text[at + repository.len()..].starts_with('"');
        !repository.is_empty() && text.match_indices(repository).any(|(at, _)| around(at))
    };
    let likely = (0..FILES.len()).filter(|position| FILES.get(*position).is_some_and(|(_, text)| named(text)));
    likely.filter_map(at).find(|program| program.images.iter().any(|image| image == repository))
}

fn parse(name: &'static str, text: &str) -> Program {
    let document: Document = read(name, text.as_bytes(), Some(Kind::Toml));
    let root = document.root();
    let words = |value: Option<Value>| -> Vec<String> {
        value.into_iter().flat_map(Value::items).filter_map(Value::text).map(str::to_owned).collect()
    };
    let word = |value: Value, key: &str| value.get(key).and_then(Value::text).map(str::to_owned);
    let tools = |entry: Value| Tools {
        from: word(entry, "from"),
        below: word(entry, "below"),
        tag: word(entry, "tag"),
        not_tag: word(entry, "not_tag"),
        missing: words(entry.get("missing")),
        has_shell: entry.get("shell").is_none_or(Value::is_true),
        instead: word(entry, "instead"),
    };
    Program {
        name,
        images: words(root.get("images")),
        uid: root.get("uid").and_then(Value::text).and_then(|uid| uid.parse().ok()),
        is_database: root.get("database").is_some_and(Value::is_true),
        private_ports: words(root.get("private_ports")).iter().filter_map(|port| port.parse().ok()).collect(),
        tools: root.get("tools").into_iter().flat_map(Value::items).map(tools).collect(),
        advisories: root
            .get("advisories")
            .into_iter()
            .flat_map(Value::items)
            .filter_map(|entry| {
                Some(Advisory { id: word(entry, "id")?, below: word(entry, "below")?, what: word(entry, "what")? })
            })
            .collect(),
        never_metrics: words(root.get("never_metrics")),
        checked: word(root, "checked").unwrap_or_default(),
        source: word(root, "source").unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_facts_is_in_the_list_and_says_when_and_where_it_was_looked_up() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/data");
        let mut found: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".toml"))
            .collect();
        found.sort();
        let listed: Vec<String> = FILES.iter().map(|(name, _)| format!("{name}.toml")).collect();
        assert_eq!(found, listed);
        for (name, text) in FILES {
            assert!(read(name, text.as_bytes(), Some(Kind::Toml)).faults.is_empty(), "{name} is TOML");
        }
        for (name, _) in FILES {
            let program = program(name).unwrap();
            assert!(!program.images.is_empty(), "{} names its images", program.name);
            assert!(program.checked.starts_with("20"), "{} has a date", program.name);
            assert!(program.source.starts_with("https://"), "{} has a source", program.name);
        }
    }
}
