use crate::rules::prelude::*;

use super::{before, keyword};

rule! {
    /// A setting that another file has decided already.
    ///
    /// sshd keeps the first value it reads. `sshd_config` begins with an Include, so drop-ins come before it, in the
    /// order of their names: `50-cloud-init.conf` with `PasswordAuthentication yes` wins over `hardening.conf` and over
    /// the main file, and the `no` that everybody can read there is dead.
    ///
    /// ```sshd sshd/sshd_config bad
    /// Include /etc/ssh/sshd_config.d/*.conf
    /// PasswordAuthentication no
    /// ```
    ///
    /// ```sshd sshd/sshd_config.d/50-cloud-init.conf bad
    /// PasswordAuthentication yes
    /// ```
    ///
    /// ```sshd sshd/sshd_config good
    /// Include /etc/ssh/sshd_config.d/*.conf
    /// PasswordAuthentication no
    /// ```
    ///
    /// ```sshd sshd/sshd_config.d/50-cloud-init.conf good
    /// PasswordAuthentication no
    /// ```
    ///
    /// Source: sshd_config(5) of OpenSSH 9.2, "for each keyword, the first obtained value will be used"; read 2026-11-27. `sshd -T`
    /// shows the effective one.
    RULE = "sshd-dropin-shadowed", Error, High, Look::File(&[Kind::Sshd], check)
}

/// Settings of which sshd takes one value only, and which matter.
const SINGLE: [&str; 10] = [
    "passwordauthentication",
    "permitrootlogin",
    "pubkeyauthentication",
    "kbdinteractiveauthentication",
    "usepam",
    "maxauthtries",
    "x11forwarding",
    "allowtcpforwarding",
    "permitemptypasswords",
    "logingracetime",
];

fn check(project: &Project, document: &Document, report: &mut Report) {
    for name in SINGLE {
        let Some((place, mine)) = keyword(document, name).next() else { continue };
        let first = before(project, document, place.range().start, name);
        let differs =
            |theirs: Value| !theirs.text().unwrap_or_default().eq_ignore_ascii_case(mine.text().unwrap_or_default());
        if let Some((_, theirs)) = first.filter(|(_, theirs)| differs(*theirs)) {
            report
                .at(place, format!("this has no effect: `{}` was read before", theirs.text().unwrap_or_default()))
                .related(theirs, "sshd keeps the first value")
                .help("change it there, or put it into a file that comes first, such as 00-hardening.conf");
        }
    }
}
