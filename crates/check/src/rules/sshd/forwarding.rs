use crate::rules::prelude::*;

use super::{in_force, says};

rule! {
    /// X11 is forwarded on a server.
    ///
    /// A server shows no windows; whoever is root there could read and type in those of whoever logs in with it.
    ///
    /// ```sshd sshd_config bad
    /// X11Forwarding yes
    /// ```
    ///
    /// ```sshd sshd_config good
    /// X11Forwarding no
    /// ```
    ///
    /// TCP and agent forwarding are left alone: tunnels need them. Source: sshd_config(5), X11Forwarding (default no; "the
    /// client's X11 display server may be exposed to attack"); read 2026-11-28.
    RULE = "sshd-forwarding", Info, High, Look::File(&[Kind::Sshd], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for (_, value) in in_force(project, document, "x11forwarding").filter(|(_, value)| says(*value, "yes")) {
        report
            .at(value, "a server has no windows to forward")
            .unsafe_fix("X11Forwarding no", vec![Edit::replace(value, "no")]);
    }
}
