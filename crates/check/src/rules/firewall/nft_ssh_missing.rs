use super::is_never_ssh;
use crate::filter::input_chain;
use crate::rules::prelude::*;

rule! {
    /// A filter lets nobody log in any more.
    ///
    /// The policy drops, ports of services are let in, and ssh is not among them. The session that loads the file goes
    /// on, since it is established; the next one does not get through.
    ///
    /// ```nft nftables.conf bad
    /// table inet filter {
    ///     chain input {
    ///         type filter hook input priority 0; policy drop;
    ///         iif "lo" accept
    ///         ct state established,related accept
    ///         tcp dport { 80, 443 } accept
    ///     }
    /// }
    /// ```
    ///
    /// ```nft nftables.conf good
    /// table inet filter {
    ///     chain input {
    ///         type filter hook input priority 0; policy drop;
    ///         iif "lo" accept
    ///         ct state established,related accept
    ///         tcp dport { 22, 80, 443 } accept
    ///     }
    /// }
    /// ```
    ///
    /// Told only where each accept of the file can be seen not to be ssh's: one of an interface, a source, a set, a
    /// variable, another chain or a port that is not a known service's may be it, and a file that speaks of ssh has
    /// thought of it. Tried in a network namespace with nft 1.0.6, 2026-11-28: port 22 is dropped with the first file,
    /// and open with the second.
    RULE = "nft-ssh-not-accepted", Warning, Medium, Look::File(&[Kind::Nftables], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let Some((_, hook)) = input_chain(document) else { return };
    let tables = document.root().lines().filter(|line| line.word_text(0) == "table");
    let is_of_one_kind = tables.into_iter().any(|table| !matches!(table.word_text(1), "inet" | "ip"));
    // A file beside it may add rules to the same chain.
    let is_alone = !project.of_kind(Kind::Nftables).any(|other| {
        other.path != document.path
            && (other.folder().starts_with(document.folder()) || document.folder().starts_with(other.folder()))
    });
    let speaks =
        ["ssh", "include", "jump", "goto", "vmap"].iter().any(|word| document.text.to_ascii_lowercase().contains(word));
    if !hook.written().contains("policy drop")
        || is_of_one_kind
        || !is_alone
        || speaks
        || !document.templated.is_empty()
    {
        return;
    }
    let mut serves = false;
    let lines = document.lines().map(|(_, line)| line.split('#').next().unwrap_or_default());
    for statement in lines.flat_map(|line| line.split(';')).filter(|statement| statement.contains("accept")) {
        match accepted(statement) {
            Accepted::Usual => {}
            Accepted::Service => serves = true,
            Accepted::Unknown => return,
        }
    }
    if serves {
        report
            .at(hook, "ports are let in, and ssh is not: the next login does not get through")
            .help("tcp dport 22 accept, or the port that sshd listens on");
    }
}

/// What a statement with `accept` lets in.
enum Accepted {
    /// What every filter lets in, and nobody logs in by.
    Usual,
    /// A port of a known service.
    Service,
    /// Possibly ssh.
    Unknown,
}

fn accepted(statement: &str) -> Accepted {
    let words: Vec<&str> = statement.split([' ', '\t', ',', '{', '}', '"']).filter(|word| !word.is_empty()).collect();
    let has = |word: &str| words.contains(&word);
    let follows = |pair: [&str; 2]| words.windows(2).any(|two| two == pair);
    if statement.contains(['@', '$']) {
        return Accepted::Unknown;
    }
    let at = words.iter().position(|word| *word == "dport");
    let before = at.and_then(|at| words.get(at.checked_sub(1)?));
    match (at, before) {
        (Some(_), Some(&"udp")) => Accepted::Usual,
        (Some(at), Some(&"tcp")) => {
            let mut ports =
                words.iter().skip(at + 1).take_while(|word| word.starts_with(|first: char| first.is_ascii_digit()));
            let names = ["http", "https", "domain", "smtp"];
            let is_named = words.get(at + 1).is_some_and(|word| names.contains(word));
            let is_numbered =
                words.get(at + 1).is_some_and(|word| is_never_ssh(word)) && ports.all(|port| is_never_ssh(port));
            if is_named && words.get(at + 2) == Some(&"accept") || is_numbered {
                Accepted::Service
            } else {
                Accepted::Unknown
            }
        }
        (Some(_), _) => Accepted::Unknown,
        (None, _) => {
            let is_policy = follows(["policy", "accept"]);
            let is_loopback = follows(["iif", "lo"]) || follows(["iifname", "lo"]);
            let is_icmp = ["icmp", "icmpv6", "ipv6-icmp", "igmp"].iter().any(|name| has(name));
            let is_known = follows(["ct", "state"]) && !has("new");
            if is_policy || is_loopback || is_icmp || is_known { Accepted::Usual } else { Accepted::Unknown }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Project, Selection};
    use piton_config::read::read;

    fn is_told(rules: &str) -> bool {
        let text = format!(
            "table inet filter {{\n chain input {{\n  type filter hook input priority 0; policy drop;\n{rules}\n }}\n}}\n"
        );
        let documents = [read("nftables.conf", text.as_bytes(), None)];
        let selection = Selection { select: vec!["nft-ssh-not-accepted".to_owned()], ..Selection::default() };
        !Project::new(&documents).check(&selection).is_empty()
    }

    #[test]
    fn known_services_alone_are_told() {
        for rules in
            ["tcp dport 443 accept", "tcp dport https accept", "tcp dport {80, 443} accept\nudp dport 51820 accept"]
        {
            assert!(is_told(rules), "{rules}");
        }
    }

    #[test]
    fn whatever_may_be_ssh_is_not() {
        for rules in [
            "",
            "ct state established accept",
            "tcp dport {80, 443} accept\ntcp dport 2222 accept",
            "tcp dport {80, 22} accept",
            "tcp dport {http, ssh} accept",
            "tcp dport {http, 2222} accept",
            "tcp dport 1-1024 accept",
            "tcp dport 80 accept\niifname \"wg0\" accept",
            "tcp dport 80 accept\nip saddr 10.0.0.0/8 accept",
            "tcp dport 80 accept\ntcp dport @open accept",
            "tcp dport 80 accept\ntcp dport $PORTS accept",
            "tcp dport 80 accept\nct state new accept",
            "tcp dport 80 accept\naccept",
            "tcp dport 80 accept\njump own",
            "tcp dport 80 accept\nmeta l4proto { tcp, udp } th dport 2200 accept",
        ] {
            assert!(!is_told(rules), "{rules}");
        }
    }
}
