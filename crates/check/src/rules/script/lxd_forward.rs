use crate::rules::prelude::*;

rule! {
    /// A network forward for an address that is the host's own.
    ///
    /// `lxc network forward` takes addresses that are routed to the host. For the one on its own card nothing is forwarded: a
    /// proxy device is what does it.
    ///
    /// ```sh setup.sh bad
    /// #!/bin/sh
    /// lxc network forward create lxdbr0 203.0.113.10
    /// ```
    ///
    /// ```sh setup.sh good
    /// #!/bin/sh
    /// lxc config device add edge https proxy listen=tcp:0.0.0.0:443 connect=tcp:127.0.0.1:443
    /// ```
    ///
    /// Not verified: LXD's "How to configure network forwards" allows "any non-conflicting IP address available on the host" (read
    /// 2026-11-28); that it does nothing for the card's own was seen at one installation.
    RULE = "lxd-network-forward", Info, Medium, Look::File(COMMANDS, check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for command in project.commands(document).iter().filter(|command| {
        matches!(command.program(), "lxc" | "incus") && command.has_run(&["network", "forward", "create"])
    }) {
        report
            .at(
                (document, command.range.clone()),
                "at one installation this did nothing for an address on the host's own card",
            )
            .help("a proxy device");
    }
}
