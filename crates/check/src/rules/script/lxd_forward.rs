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
    /// Evidence: one installation; LXD documentation, "How to configure network forwards".
    RULE = "lxd-network-forward", Info, Medium, Look::File(COMMANDS, check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for command in project.commands(document).iter().filter(|command| {
        matches!(command.program(), "lxc" | "incus") && command.has_run(&["network", "forward", "create"])
    }) {
        report
            .at((document, command.range.clone()), "this does nothing for an address that is on the host's own card")
            .help("a proxy device");
    }
}
