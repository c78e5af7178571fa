use crate::rules::prelude::*;

use super::{in_force, says};

rule! {
    /// Ssh takes passwords.
    ///
    /// Every server on the internet is tried day and night. With passwords one weak account is enough; with keys only
    /// there is nothing to guess.
    ///
    /// ```sshd sshd_config bad
    /// PasswordAuthentication yes
    /// ```
    ///
    /// ```sshd sshd_config good
    /// PasswordAuthentication no
    /// ```
    ///
    /// Fix: unsafe, since somebody may have no key yet. Source: sshd_config(5), PasswordAuthentication (default yes); read
    /// 2026-11-28.
    RULE = "sshd-password-auth", Warning, High, Look::File(&[Kind::Sshd], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for (_, value) in in_force(project, document, "passwordauthentication").filter(|(_, value)| says(*value, "yes")) {
        report
            .at(value, "passwords can be guessed; keys cannot")
            .unsafe_fix("PasswordAuthentication no", vec![Edit::replace(value, "no")]);
    }
}
