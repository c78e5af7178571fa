use crate::rules::prelude::*;

rule! {
    /// Old kernels are never taken away, or it is left to the default.
    ///
    /// /boot is small. When it is full, updates stop half way, and the next boot may not.
    ///
    /// ```apt 50unattended-upgrades bad
    /// Unattended-Upgrade::Allowed-Origins { "${distro_id}:${distro_codename}-security"; };
    /// Unattended-Upgrade::Remove-Unused-Kernel-Packages "false";
    /// ```
    ///
    /// ```apt 50unattended-upgrades good
    /// Unattended-Upgrade::Allowed-Origins { "${distro_id}:${distro_codename}-security"; };
    /// Unattended-Upgrade::Remove-Unused-Kernel-Packages "true";
    /// ```
    ///
    /// On is the default in Debian 12 (2.9.1) and 13 (2.12): `unattended-upgrade`, read 2026-11-28. Told with `--strict`.
    RULE = "uu-cleanup-missing", Info, Medium, Look::File(&[Kind::Upgrades], check), strict
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let help = "Unattended-Upgrade::Remove-Unused-Kernel-Packages \"true\";";
    let mut said = document
        .lines()
        .filter(|(_, line)| line.trim_start().starts_with("Unattended-Upgrade::Remove-Unused"))
        .peekable();
    if said.peek().is_none() {
        report.at((document, 0..0), "whether old kernels are taken away is left to the default").help(help);
    }
    for (range, _) in said.filter(|(_, line)| line.contains("-Kernel-Packages") && line.contains("\"false\"")) {
        report.at((document, range), "nothing takes old kernels away").help(help);
    }
}
