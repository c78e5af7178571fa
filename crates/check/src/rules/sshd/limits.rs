use crate::rules::prelude::*;

use super::in_force;

rule! {
    /// Ssh gives a stranger many tries.
    ///
    /// Three tries and half a minute are enough for people with keys.
    ///
    /// ```sshd sshd_config bad
    /// MaxAuthTries 10
    /// ```
    ///
    /// ```sshd sshd_config good
    /// MaxAuthTries 3
    /// LoginGraceTime 30
    /// ```
    ///
    /// An agent with many keys spends a try on each: then name the key (`IdentitiesOnly`). Source: sshd_config(5); OpenSSH
    /// 10.0p2 has 6 tries and 120 seconds by default (`sshd -T`, 2026-11-28).
    RULE = "sshd-limits", Info, High, Look::File(&[Kind::Sshd], check), strict
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for (name, most) in [("maxauthtries", 4.0), ("logingracetime", 60.0)] {
        for (_, value) in
            in_force(project, document, name).filter(|(_, value)| value.number().is_some_and(|number| number > most))
        {
            report.at(value, "strangers get more tries or time than they need").help(format!("at most {most}"));
        }
    }
}
