use crate::rules::prelude::*;

use super::keyword;

rule! {
    /// Everybody with an account may log in.
    ///
    /// Also the account that a package made, and the one for the application, should either ever get a key or a
    /// password. `AllowUsers` or `AllowGroups` names those who are meant.
    ///
    /// ```sshd sshd_config bad
    /// Port 22
    /// PermitRootLogin no
    /// ```
    ///
    /// ```sshd sshd_config good
    /// Port 22
    /// PermitRootLogin no
    /// AllowUsers admin
    /// ```
    ///
    /// Source: OpenSSH's sshd_config(5), AllowUsers ("By default, login is allowed for all users"); read 2026-11-28. The idea
    /// is the CIS Debian benchmark's.
    RULE = "sshd-allow-users-missing", Info, High, Look::File(&[Kind::Sshd], check), strict
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let named =
        |document: &Document| keyword(document, "allowusers").chain(keyword(document, "allowgroups")).next().is_some();
    let main = document.file_name().starts_with("sshd_config");
    if main && !project.of_kind(Kind::Sshd).filter(|file| Project::are_related(file, document)).any(named) {
        report.at((document, 0..0), "every account may log in over ssh").help("AllowUsers <who may>");
    }
}
