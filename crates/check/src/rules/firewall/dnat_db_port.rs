use crate::rules::prelude::*;

rule! {
    /// A database's port is forwarded from anywhere.
    ///
    /// A DNAT rule on 5432, 6379, 8200 or 9000 puts PostgreSQL, Redis, Vault or an admin page on the internet, past
    /// the rules of INPUT.
    ///
    /// ```iptables rules.v4 bad
    /// *nat
    /// :PREROUTING ACCEPT [0:0]
    /// -A PREROUTING -i eth0 -p tcp --dport 5432 -j DNAT --to-destination 10.0.3.5:5432
    /// COMMIT
    /// ```
    ///
    /// ```iptables rules.v4 good
    /// *nat
    /// :PREROUTING ACCEPT [0:0]
    /// -A PREROUTING -i wg0 -s 10.0.0.0/24 -p tcp --dport 5432 -j DNAT --to-destination 10.0.3.5:5432
    /// COMMIT
    /// ```
    ///
    /// Tried in network namespaces, 2026-11-28: INPUT with a policy of DROP does not see what PREROUTING has led elsewhere;
    /// FORWARD does.
    RULE = "iptables-dnat-db-port", Warning, High, Look::File(&[Kind::Iptables], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for line in document.root().lines() {
        let words: Vec<&str> = line.words().filter_map(Value::text).collect();
        let dnat = words.windows(2).any(|pair| pair == ["-j", "DNAT"]);
        let from_some = words.iter().any(|word| matches!(*word, "-s" | "--source"))
            || words
                .windows(2)
                .any(|pair| pair[0] == "-i" && (pair[1].starts_with("wg") || pair[1].starts_with("tailscale")));
        let port = words.windows(2).find(|pair| pair[0] == "--dport").map(|pair| pair[1]);
        if dnat
            && !from_some
            && port.is_some_and(|port| matches!(port, "5432" | "6379" | "3306" | "27017" | "8200" | "9000" | "9200"))
        {
            report.at(line, format!("port {} is forwarded from anywhere", port.unwrap_or_default()));
        }
    }
}
