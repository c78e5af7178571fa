//! What a packet filter lets in, as far as its file says so: ufw's rules, iptables-save, nftables, or a script that
//! calls ufw.
//!
//! Only ports that anybody may knock at are counted. Whatever else a rule asks for (an interface, a source, a chain of
//! its own) may well let in what it is asked about, so the filter then counts as open and nobody is told anything.

use crate::project::Project;
use piton_config::read::{Document, Kind, Value};

#[derive(Debug)]
pub(crate) struct Filter<'a> {
    pub(crate) document: &'a Document,
    accepted: Vec<&'a str>,
    is_open: bool,
}

impl<'a> Filter<'a> {
    /// Reads a file; nothing where it is no filter, or lets no port in by its number.
    pub(crate) fn read(project: &'a Project<'a>, document: &'a Document) -> Option<Filter<'a>> {
        let (accepted, is_open) = match document.kind {
            Kind::Ufw | Kind::Iptables => saved(document),
            Kind::Nftables => nftables(document)?,
            Kind::Shell if document.text.contains("ufw") => commands(project, document)?,
            _ => return None,
        };
        (!accepted.is_empty()).then_some(Filter { document, accepted, is_open })
    }

    /// Whether the port may be let in.
    pub(crate) fn lets_in(&self, port: &str) -> bool {
        let named = |accepted: &&str| *accepted == port || accepted.contains([':', '-']) || *accepted == "ssh";
        self.is_open || self.accepted.iter().any(named)
    }
}

/// The lines of the table that filters: in others an accept lets nothing in. A file without tables is all of that one.
pub(crate) fn filter_table(document: &Document) -> impl Iterator<Item = Value<'_>> {
    document
        .root()
        .lines()
        .scan("*filter", |table, line| {
            let name = line.word_text(0);
            if name.starts_with('*') {
                *table = name;
            }
            Some((*table == "*filter").then_some(line))
        })
        .flatten()
}

fn saved(document: &Document) -> (Vec<&str>, bool) {
    // What is not named is let in all the same, unless the policy drops; ufw's does.
    let drops = |line: Value| line.word_text(0) == ":INPUT" && line.word_text(1) == "DROP";
    let lets_in = document.kind == Kind::Iptables && !filter_table(document).any(drops);
    let open = lets_in || document.text.contains("multiport") || filter_table(document).any(accepts_all);
    let accepted = filter_table(document).filter_map(|line| {
        let words: Vec<&str> = line.words().filter_map(Value::text).collect();
        let chain = matches!(words.get(1), Some(&"ufw-user-input" | &"INPUT"));
        let accept = words
            .windows(2)
            .any(|pair| pair[0] == "-j" && (pair[1] == "ACCEPT" || pair[1].starts_with("ufw-user-limit")));
        let port = words.windows(2).find(|pair| matches!(pair[0], "--dport" | "--dports")).map(|pair| pair[1]);
        port.filter(|_| chain && accept)
    });
    (accepted.collect(), open)
}

/// A rule that lets in without asking for a port, but for those that every filter has.
fn accepts_all(line: Value) -> bool {
    let words: Vec<&str> = line.words().filter_map(Value::text).collect();
    let chain = words.first() == Some(&"-A") && matches!(words.get(1), Some(&"ufw-user-input" | &"INPUT"));
    let accept = words.windows(2).any(|pair| pair == ["-j", "ACCEPT"]);
    let narrowed =
        ["--dport", "--dports", "lo", "RELATED,ESTABLISHED", "ESTABLISHED,RELATED", "icmp", "--ctstate", "--state"]
            .iter()
            .any(|word| words.contains(word));
    chain && accept && !narrowed
}

/// The chain of nftables for what comes in, and the line that hooks it in; nothing where there are several, which may
/// undo each other.
pub(crate) fn input_chain(document: &Document) -> Option<(Value<'_>, Value<'_>)> {
    let chains = document.root().lines().filter_map(Value::block).flat_map(Value::lines).filter_map(Value::block);
    let mut inputs = chains.filter(|chain| chain.lines().any(is_hook));
    let (Some(chain), None) = (inputs.next(), inputs.next()) else { return None };
    let hook = chain.lines().find(|line| is_hook(*line))?;
    Some((chain, hook))
}

fn is_hook(line: Value) -> bool {
    let words: Vec<&str> = line.words().filter_map(Value::text).collect();
    words.windows(2).any(|pair| pair == ["hook", "input"])
}

/// Whether a rule of nftables sends a packet elsewhere, where other rules decide.
pub(crate) fn goes_elsewhere(line: Value) -> bool {
    let mut words = line.words().filter_map(Value::text);
    line.block().is_some() || words.any(|word| matches!(word, "jump" | "goto" | "vmap" | "include"))
}

fn nftables(document: &Document) -> Option<(Vec<&str>, bool)> {
    let (chain, _) = input_chain(document)?;
    let mut accepted = Vec::new();
    let mut open = !chain.written().contains("drop") && !chain.written().contains("reject");
    for line in chain.lines() {
        open |= goes_elsewhere(line);
        let words: Vec<&str> =
            line.words().filter_map(Value::text).map(|word| word.trim_end_matches([',', ';'])).collect();
        if !words.contains(&"accept") || is_hook(line) {
            continue;
        }
        match words.iter().position(|word| *word == "dport") {
            Some(at) => {
                let named = words.iter().skip(at + 1).take_while(|word| word.starts_with(['{', '}']) || is_port(word));
                let before = accepted.len();
                accepted.extend(named.flat_map(|word| word.split(['{', '}', ','])).filter(|word| !word.is_empty()));
                open |= accepted.len() == before;
            }
            None => {
                let usual = ["lo", "established", "icmp", "icmpv6", "ipv6-icmp"];
                open |= !usual.iter().any(|word| line.written().contains(word));
            }
        }
    }
    Some((accepted, open))
}

fn is_port(word: &str) -> bool {
    word == "ssh"
        || word.trim_matches(['{', '}', ',']).split(['-', ',']).all(|part| part.parse::<u16>().is_ok() || part == "ssh")
}

/// A script that gives ufw its rules and switches it on.
fn commands<'a>(project: &'a Project<'a>, document: &'a Document) -> Option<(Vec<&'a str>, bool)> {
    let mut accepted = Vec::new();
    let (mut open, mut enabled) = (false, false);
    for command in project.commands(document).iter().filter(|command| command.program() == "ufw") {
        enabled |= command.has("enable");
        open |= command.has_run(&["default", "allow"]);
        let Some(verb) = command.words.iter().position(|word| matches!(*word, "allow" | "limit")) else { continue };
        let rest = command.words.get(verb + 1..).unwrap_or_default();
        let behind = rest.iter().position(|word| *word == "port").and_then(|at| rest.get(at + 1));
        let port = behind.or_else(|| rest.first()).and_then(|word| word.split('/').next());
        match port {
            Some("OpenSSH" | "ssh" | "SSH") => accepted.push("22"),
            Some(port) if port.parse::<u16>().is_ok() || port.contains(':') => accepted.push(port),
            _ => open = true,
        }
        open |= rest.iter().any(|word| word.contains('$'));
    }
    enabled.then_some((accepted, open))
}
