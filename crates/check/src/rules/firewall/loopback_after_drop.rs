use crate::rules::prelude::*;

rule! {
    /// The rule for `lo` comes after one that has dropped already.
    ///
    /// Rules are read from the top. A DROP on a port above the rule that accepts `lo` also holds for the host itself.
    ///
    /// ```iptables rules.v4 bad
    /// *filter
    /// :INPUT ACCEPT [0:0]
    /// -A INPUT -p tcp --dport 6379 -j DROP
    /// -A INPUT -i lo -j ACCEPT
    /// COMMIT
    /// ```
    ///
    /// ```iptables rules.v4 good
    /// *filter
    /// :INPUT ACCEPT [0:0]
    /// -A INPUT -i lo -j ACCEPT
    /// -A INPUT -p tcp --dport 6379 -j DROP
    /// COMMIT
    /// ```
    ///
    /// Tried with iptables in a network namespace, 2026-11-27: a connection to 127.0.0.1 is dropped, and open with the
    /// rule first.
    RULE = "fw-loopback-accept-after-drop", Error, High, Look::File(&[Kind::Iptables], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let mut dropped: Option<Value> = None;
    for line in crate::filter::filter_table(document) {
        let words: Vec<&str> = line.words().filter_map(Value::text).collect();
        if !words.starts_with(&["-A", "INPUT"]) {
            continue;
        }
        let target = words.windows(2).find(|pair| pair[0] == "-j").map(|pair| pair[1]);
        // What is no connection at all (odd flags, fragments) the host does not say to itself.
        let narrowed = words.iter().any(|word| {
            matches!(*word, "-i" | "-s" | "!" | "-m" | "-f" | "--source" | "--in-interface" | "--tcp-flags" | "--syn")
        });
        if matches!(target, Some("DROP" | "REJECT")) && !narrowed {
            dropped = dropped.or(Some(line));
        } else if words.windows(2).any(|pair| pair == ["-i", "lo"]) && target == Some("ACCEPT") {
            if let Some(dropped) = dropped {
                report
                    .at(line, "what is dropped above is dropped for the host itself too")
                    .related(dropped, "dropped here");
            }
            return;
        }
    }
}
