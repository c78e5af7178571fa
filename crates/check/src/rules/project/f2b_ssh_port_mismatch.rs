use crate::rules::prelude::*;

use crate::rules::sshd::keyword;

rule! {
    /// fail2ban closes another port than the one that ssh listens on.
    ///
    /// The jail's `port` is what it bans. With ssh on 2222 and the jail on `ssh` (22), strangers who are banned go on trying.
    ///
    /// ```sshd host/sshd_config bad
    /// Port 2222
    /// ```
    ///
    /// ```ini host/jail.local bad
    /// [sshd]
    /// enabled = true
    /// port = ssh
    /// ```
    ///
    /// ```sshd host/sshd_config good
    /// Port 2222
    /// ```
    ///
    /// ```ini host/jail.local good
    /// [sshd]
    /// enabled = true
    /// port = 2222
    /// ```
    ///
    /// Source: fail2ban `config/jail.conf` ("Ports to be banned"; `[sshd]` has `port = ssh`); read 2026-11-28.
    RULE = "f2b-ssh-port-mismatch", Warning, Medium, Look::Project(check)
}

fn check(project: &Project, report: &mut Report) {
    for sshd in project.of_kind(Kind::Sshd).filter(|file| file.file_name() == "sshd_config") {
        let Some(top) = super::host_folder(sshd) else { continue };
        let ports: Vec<&str> = keyword(sshd, "port").filter_map(|(_, value)| value.literal()).collect();
        for jail in
            project.of_kind(Kind::Jail).filter(|file| file.path.starts_with(&top) && file.file_name() != "jail.conf")
        {
            let Some(port) = jail.root().get("sshd").and_then(|section| section.get("port")) else { continue };
            let Some(text) = port.literal() else { continue };
            let bans = |number: &&str| {
                text.split(',').any(|part| {
                    part.trim() == *number
                        || (part.trim() == "ssh" && *number == "22")
                        || part.contains(':')
                        || part.trim() == "0:65535"
                        || part.trim() == "all"
                })
            };
            if let Some(missed) = ports.iter().find(|number| !bans(number)) {
                report
                    .at(port, format!("ssh listens on {missed}, which this does not ban"))
                    .related((sshd, 0..0), "the ssh that is meant");
            }
        }
    }
}
