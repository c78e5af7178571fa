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
    /// Not told where `AuthenticationMethods` asks for a key in each way in: there the password is the second lock. Fix: unsafe, since somebody may have no key yet. Source: sshd_config(5), PasswordAuthentication (default yes), and AuthenticationMethods; read
    /// 2026-11-28.
    RULE = "sshd-password-auth", Warning, High, Look::File(&[Kind::Sshd], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    if asks_for_a_key(project, document) {
        return;
    }
    for (_, value) in in_force(project, document, "passwordauthentication").filter(|(_, value)| says(*value, "yes")) {
        report
            .at(value, "passwords can be guessed; keys cannot")
            .unsafe_fix("PasswordAuthentication no", vec![Edit::replace(value, "no")]);
    }
}

/// Whether nobody comes in without a key, whatever else is asked.
fn asks_for_a_key(project: &Project, document: &Document) -> bool {
    let Some((name, _)) = in_force(project, document, "authenticationmethods").next() else { return false };
    let line = document.root().lines().find(|line| line.range().contains(&name.range().start));
    let mut lists = line.into_iter().flat_map(|line| line.words().skip(1)).filter_map(Value::text).peekable();
    lists.peek().is_some() && lists.all(|list| list.split(',').any(|way| way.eq_ignore_ascii_case("publickey")))
}
