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
    /// Fix: safe from OpenSSH 6.2 on, which knows both. Tried with 10.0p2, 2026-11-28: it sets kbdinteractiveauthentication.
    /// Source: sshd_config(5) ("a deprecated alias"). Not verified: the numbers 6.2 and 8.7.
    RULE = "sshd-challenge-response-deprecated", Info, High, Look::File(&[Kind::Sshd], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for (name, _) in keyword(document, "challengeresponseauthentication") {
        report
            .at(name, "this is called KbdInteractiveAuthentication since OpenSSH 8.7")
            .safe_fix("use the new name", vec![Edit::replace(name, "KbdInteractiveAuthentication")]);
    }
}
