use crate::rules::prelude::*;

rule! {
    /// The host reboots by itself.
    ///
    /// With a kernel update everything is down at an hour that nobody picked, and a host that does not come back is found in the
    /// morning.
    ///
    /// ```apt 50unattended-upgrades bad
    /// Unattended-Upgrade::Allowed-Origins { "${distro_id}:${distro_codename}-security"; };
    /// Unattended-Upgrade::Automatic-Reboot "true";
    /// ```
    ///
    /// ```apt 50unattended-upgrades good
    /// Unattended-Upgrade::Allowed-Origins { "${distro_id}:${distro_codename}-security"; };
    /// Unattended-Upgrade::Automatic-Reboot "false";
    /// ```
    ///
    /// Source: unattended-upgrades' README.
    RULE = "uu-auto-reboot", Warning, High, Look::File(&[Kind::Upgrades], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for (range, line) in document.lines() {
        let bare = line.trim_start();
        if bare.starts_with("Unattended-Upgrade::Automatic-Reboot ") && bare.contains("true") {
            report.at(
                (document, range.start + line.len() - bare.len()..range.end),
                "everything is down at an hour that nobody picked",
            );
        }
    }
}
