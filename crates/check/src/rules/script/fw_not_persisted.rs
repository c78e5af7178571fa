use crate::rules::prelude::*;

rule! {
    /// A firewall rule that is gone after a reboot.
    ///
    /// `iptables -A` changes what is in the kernel. Without a save or a unit the host comes up without it.
    ///
    /// ```sh forward.sh bad
    /// #!/bin/sh
    /// iptables -I FORWARD -i lxdbr0 -j ACCEPT
    /// ```
    ///
    /// ```sh forward.sh good
    /// #!/bin/sh
    /// iptables -I FORWARD -i lxdbr0 -j ACCEPT
    /// netfilter-persistent save
    /// ```
    ///
    /// Told with `--strict`: a script may well run at each boot. Source: iptables(8) ("packet filter rules in the Linux
    /// kernel"); read 2026-11-28.
    RULE = "fw-rule-not-persisted", Info, Low, Look::File(&[Kind::Shell], check), strict
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let saves = [
        "iptables-save",
        "netfilter-persistent",
        "iptables-persistent",
        "systemctl enable",
        "rc.local",
        "/etc/iptables",
    ]
    .iter()
    .any(|word| document.text.contains(word));
    let first = project.commands(document).iter().find(|command| {
        matches!(command.program(), "iptables" | "ip6tables") && (command.has("-A") || command.has("-I"))
    });
    if let Some(command) = first.filter(|_| !saves) {
        report.at((document, command.range.clone()), "a reboot takes this rule away").help("netfilter-persistent save");
    }
}
