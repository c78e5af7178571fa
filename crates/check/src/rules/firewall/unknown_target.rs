use crate::rules::prelude::*;
use piton_config::nearest;
use std::collections::BTreeSet;

rule! {
    /// A firewall rule leads to a target that is not there.
    ///
    /// One such line and `iptables-restore` loads nothing of the file: the host comes up with the filter it had, or with
    /// none. `iptables-restore --test` does not look at targets where iptables is nftables underneath, as on Debian.
    ///
    /// ```iptables rules.v4 bad
    /// *filter
    /// :INPUT DROP [0:0]
    /// -A INPUT -i lo -j ACCEPT
    /// -A INPUT -p tcp --dport 23 -j DROPP
    /// COMMIT
    /// ```
    ///
    /// ```iptables rules.v4 good
    /// *filter
    /// :INPUT DROP [0:0]
    /// -A INPUT -i lo -j ACCEPT
    /// -A INPUT -p tcp --dport 23 -j DROP
    /// COMMIT
    /// ```
    ///
    /// Told is what is nearly a known target and no chain of the file; other programs have chains of their own. Tried with
    /// iptables 1.8.11, 2026-11-28.
    RULE = "iptables-unknown-target", Error, High, Look::File(&[Kind::Iptables], check)
}

/// Of iptables-extensions(8), as far as firewalls use them.
const KNOWN: [&str; 24] = [
    "ACCEPT",
    "AUDIT",
    "CHECKSUM",
    "CLASSIFY",
    "CONNMARK",
    "DNAT",
    "DROP",
    "DSCP",
    "LOG",
    "MARK",
    "MASQUERADE",
    "NETMAP",
    "NFLOG",
    "NFQUEUE",
    "NOTRACK",
    "QUEUE",
    "REDIRECT",
    "REJECT",
    "RETURN",
    "SNAT",
    "SYNPROXY",
    "TCPMSS",
    "TPROXY",
    "TRACE",
];

/// Short ones are near to everything: `SET`, `TTL`.
const SHORT: [&str; 10] = ["CT", "ECN", "HL", "LED", "SAME", "SET", "TEE", "TOS", "TTL", "ULOG"];

fn check(_: &Project, document: &Document, report: &mut Report) {
    let lines = || document.root().lines().map(|line| line.words().collect::<Vec<Value>>());
    let chains: BTreeSet<&str> = lines()
        .filter_map(|words| match words.as_slice() {
            [name, ..] if name.text().is_some_and(|text| text.starts_with(':')) => name.text().map(|text| &text[1..]),
            [new, name, ..] if matches!(new.text(), Some("-N" | "--new-chain")) => name.text(),
            _ => None,
        })
        .collect();
    for words in lines() {
        for pair in words.windows(2).filter(|pair| matches!(pair[0].text(), Some("-j" | "--jump" | "-g" | "--goto"))) {
            let Some(target) = pair[1].literal() else { continue };
            let known = |list: &[&str]| list.contains(&target);
            if known(&KNOWN) || known(&SHORT) || chains.contains(target) || target.contains(['-', '_']) {
                continue;
            }
            if let Some(meant) = nearest(target, KNOWN) {
                report
                    .at(pair[1], format!("there is no target and no chain `{target}`: nothing of the file is loaded"))
                    .help(format!("did you mean `{meant}`?"));
            }
        }
    }
}
