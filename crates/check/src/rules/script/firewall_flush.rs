use crate::rules::prelude::*;

rule! {
    /// A command takes the firewall or the way to the host away.
    ///
    /// `iptables -F` with a DROP policy, deleting the default route: over ssh the next packet does not
    /// arrive. An agent that ran such lines cut its own host off.
    ///
    /// ```sh reset.sh bad
    /// #!/bin/sh
    /// iptables -F
    /// iptables -P INPUT DROP
    /// ```
    ///
    /// ```sh reset.sh good
    /// #!/bin/sh
    /// iptables-save > /root/rules.before
    /// systemd-run --on-active=120 iptables-restore /root/rules.before
    /// iptables -F
    /// ```
    ///
    /// `nft flush ruleset` takes the policies along, so that everything is let in; it is not meant here. A script that saves
    /// the rules first, arms a way back, or lets established connections in right after, is not told. Tried in a network
    /// namespace, 2026-11-28: after `iptables -F` with a policy of DROP no port answers, after `nft flush ruleset` each does.
    /// One production incident.
    RULE = "script-firewall-flush", Warning, Medium, Look::File(COMMANDS, check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    if !["iptables", "ip6tables", "route del"].iter().any(|word| document.text.contains(word)) {
        return;
    }
    let saved = [
        "iptables-save",
        "nft list ruleset",
        "systemd-run",
        "at now",
        "netplan try",
        "iptables-apply",
        "-P INPUT ACCEPT",
        "--policy INPUT ACCEPT",
        "RELATED,ESTABLISHED",
        "ESTABLISHED,RELATED",
        "--state ESTABLISHED",
        "--ctstate ESTABLISHED",
        "ct state established",
        "ct state { established",
    ];
    if saved.iter().any(|word| document.text.contains(word)) {
        return;
    }
    let is_replaced = ["route add default", "route replace default"].iter().any(|word| document.text.contains(word));
    for command in project.commands(document) {
        // A chain of one's own may be emptied.
        let all = command.words.len() == 2 || command.has("INPUT");
        let flush = matches!(command.program(), "iptables" | "ip6tables")
            && (command.has("-F") || command.has("--flush"))
            && all
            && !command.has("nat")
            && !command.has("mangle");
        let route = command.program() == "ip" && command.has_run(&["route", "del", "default"]);
        if flush || route && !is_replaced {
            report
                .at((document, command.range.clone()), "over ssh this can be the last command that arrives")
                .help("save the rules first, and arm a way back that runs by itself");
        }
    }
}
