use crate::rules::prelude::*;

use super::{keyword, says};

rule! {
    /// Passwords are off, and the other way of asking for one is on.
    ///
    /// `PasswordAuthentication no` alone leaves keyboard-interactive, through which PAM asks for the same password. `yes` is
    /// OpenSSH's own default; Debian's file says no.
    ///
    /// ```sshd sshd_config bad
    /// PasswordAuthentication no
    /// KbdInteractiveAuthentication yes
    /// ```
    ///
    /// ```sshd sshd_config good
    /// PasswordAuthentication no
    /// KbdInteractiveAuthentication no
    /// ```
    ///
    /// Fix: unsafe where a second factor is asked for this way. Tried with OpenSSH 9.2 and 10.0p2, 2026-11-28: with
    /// it the server offers "publickey,keyboard-interactive", without it "publickey". Source: sshd_config(5).
    RULE = "sshd-kbd-interactive", Warning, High, Look::File(&[Kind::Sshd], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let without_passwords = keyword(document, "passwordauthentication").any(|(_, value)| says(value, "no"));
    let two_steps = keyword(document, "authenticationmethods").next().is_some();
    if !without_passwords || two_steps {
        return;
    }
    let old = keyword(document, "challengeresponseauthentication");
    for (_, value) in
        keyword(document, "kbdinteractiveauthentication").chain(old).filter(|(_, value)| says(*value, "yes"))
    {
        report
            .at(value, "PAM asks for the password this way, although PasswordAuthentication is off")
            .unsafe_fix("KbdInteractiveAuthentication no", vec![Edit::replace(value, "no")]);
    }
}
