use crate::rules::prelude::*;

use super::in_force;

rule! {
    /// Dead connections are never ended.
    ///
    /// `ClientAliveCountMax 0` was once written so that idle users are thrown out. Since OpenSSH 8.2 it means the
    /// opposite: no connection is ended, however long nobody answers, and sessions of laptops that went away stay.
    ///
    /// ```text sshd_config bad
    /// ClientAliveInterval 300
    /// ClientAliveCountMax 0
    /// ```
    ///
    /// ```text sshd_config good
    /// ClientAliveInterval 300
    /// ClientAliveCountMax 2
    /// ```
    ///
    /// A reviewer of real files named it. Source: sshd_config(5), ClientAliveCountMax ("Setting a zero ClientAliveCountMax
    /// disables connection termination"); read 2026-11-28.
    RULE = "sshd-alive-count-zero", Warning, High, Look::File(&[Kind::Sshd], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for (_, value) in
        in_force(project, document, "clientalivecountmax").filter(|(_, value)| value.number() == Some(0.0))
    {
        report.at(value, "zero ends no connection at all, since OpenSSH 8.2").help("ClientAliveCountMax 2");
    }
}
