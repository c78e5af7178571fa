use crate::filter::{filter_table, goes_elsewhere, input_chain};
use crate::rules::prelude::*;

rule! {
    /// A filter drops what a host says to itself.
    ///
    /// With a policy of DROP and no rule for `lo`, Redis, the database and the resolver on 127.0.0.1 time out: programs
    /// report "connection timed out (os error 110)" for a server on the same machine.
    ///
    /// ```iptables rules.v4 bad
    /// *filter
    /// :INPUT DROP [0:0]
    /// -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
    /// -A INPUT -p tcp --dport 22 -j ACCEPT
    /// COMMIT
    /// ```
    ///
    /// ```iptables rules.v4 good
    /// *filter
    /// :INPUT DROP [0:0]
    /// -A INPUT -i lo -j ACCEPT
    /// -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
    /// -A INPUT -p tcp --dport 22 -j ACCEPT
    /// COMMIT
    /// ```
    ///
    /// Of nftables, one chain for what comes in is looked at, where no other chain may decide. Fix: safe, the rule comes
    /// first. Source: iptables(8); one production incident.
    /// Tried with iptables in a network namespace, 2026-11-27: a connection to 127.0.0.1 is dropped, and open with the
    /// rule first.
    RULE = "fw-loopback-accept-missing", Error, High, Look::File(&[Kind::Iptables, Kind::Nftables], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if document.kind == Kind::Nftables {
        return nftables(document, report);
    }
    let lines: Vec<Value> = filter_table(document).collect();
    let policy = lines.iter().find(|line| line.word_text(0) == ":INPUT" && line.word_text(1) == "DROP");
    let Some(policy) = policy else { return };
    let accepts = |line: &&Value| {
        let words: Vec<&str> = line.words().filter_map(Value::text).skip_while(|word| word.starts_with('[')).collect();
        let accept = words.ends_with(&["-j", "ACCEPT"]) || words.windows(2).any(|pair| pair == ["-j", "ACCEPT"]);
        let own = words.windows(2).any(|pair| pair == ["-i", "lo"])
            || words
                .windows(2)
                .any(|pair| pair[0] == "-s" && (pair[1].starts_with("127.") || pair[1].starts_with("::1")));
        // A chain of its own may take care of it; who cannot see it should not judge.
        words.starts_with(&["-A", "INPUT"])
            && ((accept && own)
                || words
                    .windows(2)
                    .any(|pair| pair[0] == "-j" && !matches!(pair[1], "ACCEPT" | "DROP" | "REJECT" | "LOG")))
    };
    if lines.iter().any(|line| accepts(&line)) {
        return;
    }
    // `iptables-save -c` puts counters in front.
    let is_rule = |line: &&Value| {
        let words = line.words().filter_map(Value::text).skip_while(|word| word.starts_with('['));
        words.take(2).eq(["-A", "INPUT"])
    };
    let first = lines.iter().find(is_rule);
    let finding = report.at(*policy, "nothing accepts what the host says to itself over lo");
    if first.is_none() {
        // Nothing is let in at all: that may be what is meant, as for IPv6 on a host without it.
        finding.severity(Severity::Warning);
    }
    if let Some(first) = first {
        finding.safe_fix(
            "accept lo first",
            vec![Edit::line_above(document, first.range().start, "-A INPUT -i lo -j ACCEPT")],
        );
    }
}

fn nftables(document: &Document, report: &mut Report) {
    let Some((chain, hook)) = input_chain(document) else { return };
    let mentions_lo = |line: Value| {
        let written = line.written();
        ["lo", "\"lo\"", "lo,", "lo}"].iter().any(|name| written.split_whitespace().any(|word| word == *name))
            || written.contains("127.0.0")
            || written.contains("iif") && written.contains(['$', '@'])
    };
    let drops = hook.written().contains("policy drop");
    if drops && !chain.lines().any(|line| goes_elsewhere(line) || mentions_lo(line)) {
        report
            .at(hook, "nothing accepts what the host says to itself over lo")
            .help("iif \"lo\" accept, as the first rule");
    }
}
