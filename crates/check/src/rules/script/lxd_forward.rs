use crate::rules::prelude::*;

rule! {
    /// A network forward for every address at once.
    ///
    /// `lxc network forward` needs one address to lead on from. For 0.0.0.0 nothing was forwarded, and LXD refuses it by now; a
    /// proxy device listens on all of them.
    ///
    /// ```sh setup.sh bad
    /// #!/bin/sh
    /// lxc network forward create lxdbr0 0.0.0.0
    /// ```
    ///
    /// ```sh setup.sh good
    /// #!/bin/sh
    /// lxc network forward create lxdbr0 203.0.113.10
    /// lxc config device add edge https proxy listen=tcp:0.0.0.0:443 connect=tcp:127.0.0.1:443
    /// ```
    ///
    /// Not told of OVN networks, which take it for any address that is free. Source: canonical/lxd issue 11975 (with 0.0.0.0
    /// nothing arrives, with the host's own address it works), `driver_common.go` ("Cannot use unspecified address"); read
    /// 2026-11-28. Not verified: Incus.
    RULE = "lxd-network-forward", Warning, High, Look::File(COMMANDS, check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for command in project.commands(document).iter().filter(|command| matches!(command.program(), "lxc" | "incus")) {
        let creates = command.has_run(&["network", "forward", "create"]);
        let is_ovn = command.words.iter().any(|word| word.contains("ovn"));
        if creates && !is_ovn && command.words.iter().any(|word| matches!(*word, "0.0.0.0" | "::")) {
            report
                .at(
                    (document, command.range.clone()),
                    "there is no forward for every address: this is refused, or does nothing",
                )
                .help("the host's own address, or a proxy device");
        }
    }
}
