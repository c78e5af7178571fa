//! What is open to others on purpose: somebody says so beside the port, or its file holds nothing but what other hosts
//! call.
//!
//! An error is what is open to everybody without a word. With one it is a decision, and a warning is enough.

use crate::compose::{Port, Service};
use crate::project::{Project, find};
use piton_config::read::{Document, Kind, Value};

/// Whether others are meant to reach a port that asks nobody for a password.
pub(crate) fn is_for_others(project: &Project, service: &Service, port: &Port) -> bool {
    is_said(project, service, port)
        || is_alone(project, service, port)
        || is_written_to(project, service, port)
        || is_called_over_host(project, service, port)
}

/// Whether a container beside it reaches the port over the host, which an address of loopback would cut off.
fn is_called_over_host(project: &Project, service: &Service, port: &Port) -> bool {
    let Some(number) = port.host.as_ref().map(|host| *host.start()) else { return false };
    let address = format!("host.docker.internal:{number}");
    let calls = |text: &str| {
        let mut found = text.match_indices(&address);
        found.any(|(at, _)| !text[at + address.len()..].starts_with(|letter: char| letter.is_ascii_digit()))
    };
    let others = || project.together(service.document).filter(|other| other.name != service.name);
    others().any(|other| other.variables.iter().any(|variable| variable.value.as_deref().is_some_and(calls)))
}

/// Whether a comment at the port or its service, or a line of a Markdown file beside it, says that others reach it.
pub(crate) fn is_said(project: &Project, service: &Service, port: &Port) -> bool {
    let document = port.value.document();
    let at = port.value.range().start;
    let mut texts = vec![beside(document, at), above(document, at)];
    if let Some(list) = line_above(port.value, "ports:") {
        texts.push(beside(document, list));
        texts.push(above(document, list));
    }
    if std::ptr::eq(document, service.document) {
        texts.push(above(document, service.key.range().start));
    }
    texts.iter().any(|text| says_open(text)) || is_said_beside(project, document, port)
}

/// Whether a comment on the line, or just above it, gives a reason for what stands there.
pub(crate) fn is_explained(value: Value) -> bool {
    is_explained_at(value.document(), value.range().start)
}

/// The same of a place in a document.
pub(crate) fn is_explained_at(document: &Document, at: usize) -> bool {
    let reasons = ["required", "requires", "needed", "needs", "necessary", "recommended", "recommends", "because"];
    let denied = ["not", "no", "todo", "fixme"];
    [beside(document, at), above(document, at)].iter().any(|text| {
        let has = |known: &[&str]| words(text).any(|word| known.contains(&word.as_str()));
        has(&reasons) && !has(&denied)
    })
}

/// Whether a comment there says that its owner knows what it gives away, and takes it.
pub(crate) fn is_accepted(value: Value) -> bool {
    let (document, at) = (value.document(), value.range().start);
    let accepts =
        |text: &String| words(text).any(|word| matches!(word.as_str(), "accepted" | "acceptable" | "tradeoff"));
    [beside(document, at), above(document, at)].iter().any(accepts)
}

/// The words of a text, in small letters.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric()).map(str::to_ascii_lowercase)
}

/// The comment at the end of the line.
fn beside(document: &Document, at: usize) -> String {
    let start = document.text[..at].rfind('\n').map_or(0, |end| end + 1);
    let line = document.text[start..].lines().next().unwrap_or_default();
    line.find(" #").map_or(String::new(), |hash| line[hash + 2..].to_owned())
}

/// The comment above the line, if need be behind one empty line.
fn above(document: &Document, at: usize) -> String {
    let start = document.text[..at].rfind('\n').map_or(0, |end| end + 1);
    let mut lines = document.text[..start].lines().rev().peekable();
    if lines.peek().is_some_and(|line| line.trim().is_empty()) {
        lines.next();
    }
    let comments = lines.map(str::trim).take_while(|line| line.starts_with('#')).take(MOST_LINES);
    comments.collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n")
}

/// How much of a comment is read.
const MOST_LINES: usize = 20;

/// Where the key of a list stands over one of its items.
pub(crate) fn line_above(value: Value, key: &str) -> Option<usize> {
    let (document, at) = (value.document(), value.range().start);
    let mut end = document.text[..at].rfind('\n')?;
    for _ in 0..MOST_LINES {
        let start = document.text[..end].rfind('\n').map_or(0, |newline| newline + 1);
        if document.text[start..end].trim_start().starts_with(key) {
            return Some(start);
        }
        end = start.checked_sub(1)?;
    }
    None
}

/// Whether a line of a Markdown file in the same folder says it of this port of the host.
fn is_said_beside(project: &Project, document: &Document, port: &Port) -> bool {
    let Some(number) = port.host.as_ref().map(|host| host.start().to_string()) else { return false };
    let names_it = |line: &str| line.split(|letter: char| !letter.is_ascii_digit()).any(|word| word == number);
    let beside = project.of_kind(Kind::Markdown).filter(|file| file.folder() == document.folder());
    beside.flat_map(|file| file.text.lines()).any(|line| names_it(line) && says_open(line))
}

/// Whether a text says that others than this host get in, and does not say that they do not.
fn says_open(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let denied =
        ["todo", "fixme", "never", "do not", "don't", "must not", "not reachable", "not exposed", "internal only"];
    let phrases = [
        "all interfaces",
        "every interface",
        "all hosts",
        "0.0.0.0",
        "no auth",
        "without auth",
        "unauthenticated",
        "on purpose",
        "intentional",
        "deliberate",
        "local network",
        "home network",
        "private network",
        "remote access",
        "scrape",
        "tailscale",
        "tailnet",
        "://10.",
        "://192.168.",
        "://172.",
    ];
    let others = ["other ", "another ", "remote "].iter().any(|word| {
        lower.match_indices(word).any(|(at, _)| {
            let next = lower[at + word.len()..].split(|letter: char| !letter.is_ascii_alphanumeric()).next();
            next.is_some_and(|next| {
                ["host", "machine", "server", "node", "device", "computer", "client"]
                    .iter()
                    .any(|what| next == *what || next.strip_suffix('s') == Some(what))
            })
        })
    });
    let named = words(text).any(|word| word == "lan");
    (named || others || phrases.iter().any(|phrase| lower.contains(phrase)))
        && !denied.iter().any(|word| lower.contains(word))
}

/// Whether the service is there for other hosts, since nothing beside it could call it.
fn is_alone(project: &Project, service: &Service, port: &Port) -> bool {
    let image = service.image.as_ref().map_or("", |image| image.repository.as_str());
    let others = || project.together(service.document).filter(|other| !std::ptr::eq(*other, service));
    if image.ends_with("portainer/agent") && port.reaches(9001) {
        return !others().any(|other| {
            other.image.as_ref().is_some_and(|image| image.repository.starts_with("portainer/portainer"))
        });
    }
    if others().next().is_some() {
        return false;
    }
    let is_model_server = image.ends_with("ollama/ollama") && port.reaches(11434);
    is_model_server && !shares_outside(service) || image.ends_with("socket-proxy") && only_reads(service)
}

/// Whether it is on a network that other projects of the same host are on.
fn shares_outside(service: &Service) -> bool {
    let defined = find(service.document, "networks");
    service.networks().iter().any(|name| {
        let network = defined.and_then(|networks| networks.get(name));
        network.and_then(|network| network.get("external")).is_some_and(|external| external.text() != Some("false"))
    })
}

/// Whether a proxy in front of Docker's socket lets nothing through that changes anything.
fn only_reads(service: &Service) -> bool {
    service.variables.iter().all(|variable| {
        let is_off = variable.value.as_deref().is_some_and(|value| matches!(value.trim(), "0" | "false" | ""));
        let changes =
            matches!(variable.name, "POST" | "EXEC" | "AUTH" | "SECRETS") || variable.name.starts_with("ALLOW_");
        is_off || !changes
    })
}

/// Whether a collector of another host sends its logs there, as far as the project's files say.
fn is_written_to(project: &Project, service: &Service, port: &Port) -> bool {
    const PATH: &str = "/loki/api/v1/push";
    if !service.is("loki") || !port.reaches(3100) {
        return false;
    }
    let sends = |document: &&Document| {
        let elsewhere = document.folder() != service.document.folder();
        document.text.match_indices(PATH).any(|(at, _)| {
            let before = &document.text[..at];
            let start = before.rfind(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\''));
            let address = &before[start.map_or(0, |start| start + 1)..];
            match address.split_once("://") {
                Some((_, host)) => is_far(host.split(':').next().unwrap_or_default()),
                // A template's value, for hosts that are elsewhere.
                None => elsewhere && address.ends_with('}'),
            }
        })
    };
    let configured = |document: &&Document| document.kind != Kind::Markdown;
    project.documents.iter().filter(configured).any(|document| sends(&document))
}

/// Whether a name is that of another machine: an address, or a name with a dot.
fn is_far(host: &str) -> bool {
    host.contains('.') && !host.starts_with("127.") && !host.starts_with("0.") && !host.contains(['$', '{', '<'])
}

#[cfg(test)]
mod tests {
    use super::says_open;

    #[test]
    fn words_that_open_a_port_are_told_from_words_that_only_sound_like_it() {
        for open in [
            "Bind to all interfaces for LAN access",
            "API: http://10.0.10.20:11434",
            "so that other hosts can write",
            "host-published (no auth, LAN-only tradeoff)",
        ] {
            assert!(says_open(open), "{open}");
        }
        for closed in ["the plan", "another service", "do not expose to the LAN", "VLAN 20", "TODO: no auth yet"] {
            assert!(!says_open(closed), "{closed}");
        }
    }
}
