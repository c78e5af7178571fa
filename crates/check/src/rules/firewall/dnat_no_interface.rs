use crate::rules::prelude::*;

rule! {
    /// A forwarded port catches traffic that was never meant for it.
    ///
    /// A DNAT rule without an interface or destination also takes what containers and the host itself send to that port
    /// of anybody: a container that calls out on 443 ends at the host's own web server.
    ///
    /// ```iptables rules.v4 bad
    /// *nat
    /// :PREROUTING ACCEPT [0:0]
    /// -A PREROUTING -p tcp --dport 443 -j DNAT --to-destination 10.0.3.5:443
    /// COMMIT
    /// ```
    ///
    /// ```iptables rules.v4 good
    /// *nat
    /// :PREROUTING ACCEPT [0:0]
    /// -A PREROUTING -i eth0 -p tcp --dport 443 -j DNAT --to-destination 10.0.3.5:443
    /// COMMIT
    /// ```
    ///
    /// A warning: where nothing is forwarded and no container runs there is nobody else to catch. Source:
    /// iptables-extensions(8), DNAT; one production incident. Tried with iptables in three network namespaces, 2026-11-27:
    /// who asked another host for that port was sent here.
    RULE = "iptables-dnat-no-interface", Warning, High, Look::File(&[Kind::Iptables, Kind::Ufw], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for line in document.root().lines() {
        let words: Vec<&str> = line.words().filter_map(Value::text).collect();
        let dnat = words.windows(2).any(|pair| pair == ["-j", "DNAT"]);
        let narrowed = words.iter().any(|word| {
            matches!(*word, "-i" | "-d" | "-s" | "--in-interface" | "--destination" | "--dst-type" | "--src-type")
        });
        if words.starts_with(&["-A", "PREROUTING"]) && dnat && !narrowed {
            report
                .at(line, "this also takes what containers and the host send to that port of anybody")
                .help("say which interface it comes in by: -i eth0");
        }
    }
}
