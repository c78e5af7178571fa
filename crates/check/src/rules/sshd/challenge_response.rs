use crate::rules::prelude::*;

use super::keyword;

rule! {
    /// ChallengeResponseAuthentication has another name by now.
    ///
    /// It is an alias of KbdInteractiveAuthentication since OpenSSH 8.7, and Ubuntu's and Debian's own files use the
    /// new name: with both in force it takes a moment to see which one counts.
    ///
    /// ```sshd sshd_config bad
    /// ChallengeResponseAuthentication no
    /// ```
    ///
    /// ```sshd sshd_config good
    /// KbdInteractiveAuthentication no
    /// ```
    ///
    /// Fix: unsafe, since servers before 8.7 (Debian 11, Ubuntu 20.04) need the old name: there "no" under the new one leaves it
    /// on. Tried with 10.0p2, 2026-11-28: it sets kbdinteractiveauthentication. Source: sshd_config(5) ("a deprecated alias");
    /// OpenSSH 8.6 and 8.7, `servconf.c` and `sshd.c`; read the same day.
    RULE = "sshd-challenge-response-deprecated", Info, High, Look::File(&[Kind::Sshd], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for (name, _) in keyword(document, "challengeresponseauthentication") {
        report
            .at(name, "this is called KbdInteractiveAuthentication since OpenSSH 8.7")
            .unsafe_fix("use the new name", vec![Edit::replace(name, "KbdInteractiveAuthentication")]);
    }
}
