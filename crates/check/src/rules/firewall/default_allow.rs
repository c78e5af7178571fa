use crate::filter::{goes_elsewhere, input_chain};
use crate::rules::prelude::*;

rule! {
    /// The filter lets everything in that no rule names.
    ///
    /// A policy of ACCEPT and no rule at the end that drops: each new service is open until somebody thinks of it.
    ///
    /// ```iptables rules.v4 bad
    /// *filter
    /// :INPUT ACCEPT [0:0]
    /// -A INPUT -p tcp --dport 22 -j ACCEPT
    /// COMMIT
    /// ```
    ///
    /// ```iptables rules.v4 good
    /// *filter
    /// :INPUT DROP [0:0]
    /// -A INPUT -i lo -j ACCEPT
    /// -A INPUT -p tcp --dport 22 -j ACCEPT
    /// COMMIT
    /// ```
    ///
    /// Tried in a network namespace with iptables 1.8.9 and nft 1.0.6, 2026-11-28: an empty chain with that policy answers each
    /// port. The idea is the CIS Debian benchmark's (default deny).
    RULE = "fw-default-incoming-allow", Warning, Medium, Look::File(&[Kind::Iptables, Kind::Nftables], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if document.kind == Kind::Nftables {
        return nftables(document, report);
    }
    let mut table = "";
    let mut policy: Option<Value> = None;
    let (mut rules, mut ends) = (0, false);
    for line in document.root().lines() {
        let words: Vec<&str> = line.words().filter_map(Value::text).collect();
        match words.as_slice() {
            [name, ..] if name.starts_with('*') => table = name,
            [":INPUT", "ACCEPT", ..] if table == "*filter" => policy = Some(line),
            ["-A", "INPUT", rest @ ..] if table == "*filter" => {
                rules += 1;
                ends |= rest.iter().any(|word| matches!(*word, "DROP" | "REJECT"));
                // Chains of others (ufw, fail2ban) may drop.
                ends |= rest.windows(2).any(|pair| {
                    pair[0] == "-j" && pair[1].chars().any(|letter| letter.is_ascii_lowercase() || letter == '-')
                });
            }
            _ => {}
        }
    }
    if let Some(policy) = policy.filter(|_| rules > 0 && !ends) {
        report.at(policy, "what no rule names is let in").help(":INPUT DROP, after the rules that keep you in");
    }
}

fn nftables(document: &Document, report: &mut Report) {
    let Some((chain, hook)) = input_chain(document) else { return };
    let ends = ["drop", "reject"].iter().any(|word| chain.written().contains(word));
    let named = chain.lines().any(|line| line.written().contains("dport") && line.written().contains("accept"));
    if named && !ends && !chain.lines().any(goes_elsewhere) {
        report.at(hook, "what no rule names is let in").help("policy drop, with the rules that keep you in");
    }
}
