use crate::rules::prelude::*;

use super::{in_force, says};

rule! {
    /// PAM is switched off for ssh.
    ///
    /// On Debian and Ubuntu account checks, limits, the session's log entry and its user manager come through PAM.
    /// Without it keys of accounts with a locked password are refused, and logging in breaks in ways that no log names.
    ///
    /// ```sshd sshd_config bad
    /// UsePAM no
    /// ```
    ///
    /// ```sshd sshd_config good
    /// UsePAM yes
    /// PasswordAuthentication no
    /// KbdInteractiveAuthentication no
    /// ```
    ///
    /// Fix: unsafe, since PAM then has a say in who gets in. Source: openssh-portable `auth.c`, allowed_user (without PAM
    /// a locked account is refused, even with a key); read 2026-11-27.
    RULE = "sshd-use-pam-no", Warning, High, Look::File(&[Kind::Sshd], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for (_, value) in in_force(project, document, "usepam").filter(|(_, value)| says(*value, "no")) {
        report
            .at(value, "without PAM accounts with a locked password are refused, with a key too, and sessions get no limits and no user manager")
            .unsafe_fix("UsePAM yes", vec![Edit::replace(value, "yes")]);
    }
}
