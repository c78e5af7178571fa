use crate::rules::prelude::*;

use super::{keyword, says};

rule! {
    /// Accounts without a password may log in.
    ///
    /// One account that somebody made for a service and never gave a password is enough.
    ///
    /// ```sshd sshd_config bad
    /// PasswordAuthentication yes
    /// PermitEmptyPasswords yes
    /// ```
    ///
    /// ```sshd sshd_config good
    /// PasswordAuthentication no
    /// PermitEmptyPasswords no
    /// ```
    ///
    /// Fix: unsafe, since somebody may come in this way: `no`, the default. The idea is Lynis's SSH-7408. Source:
    /// sshd_config(5), PermitEmptyPasswords ("accounts with empty password strings"); read, and the default asked of OpenSSH
    /// 10.0p2, 2026-11-28.
    RULE = "sshd-empty-passwords", Warning, High, Look::File(&[Kind::Sshd], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for (_, value) in keyword(document, "permitemptypasswords").filter(|(_, value)| says(*value, "yes")) {
        report
            .at(value, "whoever finds an account without a password is in")
            .unsafe_fix("no", vec![Edit::replace(value, "no")]);
    }
}
