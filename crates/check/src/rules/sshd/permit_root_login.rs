use crate::rules::prelude::*;

use super::{in_force, says};

rule! {
    /// Root may log in with a password.
    ///
    /// It is the one account that everybody knows the name of. Log in as an admin and become root there.
    ///
    /// ```sshd sshd_config bad
    /// PermitRootLogin yes
    /// ```
    ///
    /// ```sshd sshd_config good
    /// PermitRootLogin no
    /// ```
    ///
    /// Fix: unsafe, since it may be the only way in. Source: sshd_config(5), PermitRootLogin. Tried with `sshd -T`,
    /// 2026-11-27: `PERMITROOTLOGIN=Yes` is taken for the same.
    RULE = "sshd-permit-root-login", Warning, High, Look::File(&[Kind::Sshd], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for (_, value) in in_force(project, document, "permitrootlogin").filter(|(_, value)| says(*value, "yes")) {
        report
            .at(value, "root may log in, by whatever means others may")
            .unsafe_fix("PermitRootLogin no", vec![Edit::replace(value, "no")]);
    }
}
