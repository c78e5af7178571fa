use crate::rules::prelude::*;

rule! {
    /// `make apply` changes the network, and nothing puts it back.
    ///
    /// A playbook that makes bridges or rules can take the host off the net, and then there is nobody left to undo it. Under
    /// `piton net guard` the network comes back unless somebody confirms.
    ///
    /// ```make Makefile bad
    /// apply:
    /// 	ansible-playbook site.yml --tags infra,provision
    /// ```
    ///
    /// ```make Makefile good
    /// apply:
    /// 	piton net guard -- ansible-playbook site.yml --tags infra,provision
    /// ```
    ///
    /// Told with `--strict`, for targets whose line names the network or the infrastructure. Not
    /// verified (2026-11-28): an experience of one production incident, of which no program's documentation speaks.
    RULE = "make-apply-no-network-backup", Info, Low, Look::File(&[Kind::Makefile], check), strict
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let guarded = ["net guard", "network-safety", "network-backup"].iter().any(|word| document.text.contains(word));
    if guarded || !document.lines().any(|(_, line)| line.starts_with("apply:")) {
        return;
    }
    for command in project.commands(document).iter().filter(|command| command.program() == "ansible-playbook") {
        let network = ["infra", "network", "firewall", "ufw", "wireguard", "incus", "lxd"];
        if network.iter().any(|word| command.line.contains(word)) {
            report
                .at((document, command.range.clone()), "if this cuts the host off nothing puts it back")
                .help("piton net guard -- …");
        }
    }
}
