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
    /// An information where an hour is set. Source: unattended-upgrades 2.12, README ("WITHOUT CONFIRMATION"; the hour is "now"
    /// by default); read 2026-11-28.
    RULE = "uu-auto-reboot", Warning, High, Look::File(&[Kind::Upgrades], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let picked =
        document.lines().any(|(_, line)| line.trim_start().starts_with("Unattended-Upgrade::Automatic-Reboot-Time"));
    for (range, line) in document.lines() {
        let bare = line.trim_start();
        if bare.starts_with("Unattended-Upgrade::Automatic-Reboot ") && bare.contains("true") {
            let place = (document, range.start + line.len() - bare.len()..range.end);
            match picked {
                true => report
                    .at(place, "everything is down at that hour, and nobody looks whether it comes back")
                    .severity(Severity::Info),
                false => report.at(place, "everything is down at an hour that nobody picked"),
            };
        }
    }
}
