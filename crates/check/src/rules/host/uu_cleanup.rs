use crate::rules::prelude::*;

rule! {
    /// Old kernels are never taken away.
    ///
    /// /boot is small. When it is full, updates stop half way, and the next boot may not.
    ///
    /// ```apt 50unattended-upgrades bad
    /// Unattended-Upgrade::Allowed-Origins { "${distro_id}:${distro_codename}-security"; };
    /// ```
    ///
    /// ```apt 50unattended-upgrades good
    /// Unattended-Upgrade::Allowed-Origins { "${distro_id}:${distro_codename}-security"; };
    /// Unattended-Upgrade::Remove-Unused-Kernel-Packages "true";
    /// ```
    ///
    /// It is the default of newer versions: told with `--strict`. Source: unattended-upgrades' README.
    RULE = "uu-cleanup-missing", Info, Medium, Look::File(&[Kind::Upgrades], check), strict
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if !document.lines().any(|(_, line)| line.trim_start().starts_with("Unattended-Upgrade::Remove-Unused")) {
        report
            .at((document, 0..0), "nothing takes old kernels away")
            .help("Unattended-Upgrade::Remove-Unused-Kernel-Packages \"true\";");
    }
}
