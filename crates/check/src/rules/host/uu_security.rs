use crate::rules::prelude::*;

rule! {
    /// Automatic updates leave the security updates out.
    ///
    /// No allowed origin names them, so nothing is ever installed by itself.
    ///
    /// ```apt 50unattended-upgrades bad
    /// Unattended-Upgrade::Allowed-Origins { "${distro_id}:${distro_codename}-updates"; };
    /// ```
    ///
    /// ```apt 50unattended-upgrades good
    /// Unattended-Upgrade::Allowed-Origins { "${distro_id}:${distro_codename}-security"; };
    /// ```
    ///
    /// ```apt 50unattended-upgrades good 2
    /// Unattended-Upgrade::Origins-Pattern { "origin=Debian"; };
    /// ```
    ///
    /// Source: unattended-upgrades' README and its own 50unattended-upgrades in Debian 12; read 2026-11-27.
    RULE = "uu-security-origin-missing", Error, High, Look::File(&[Kind::Upgrades], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let in_force: Vec<&str> = document.lines().map(|(_, line)| line.split("//").next().unwrap_or_default()).collect();
    let origins = in_force.iter().position(|line| line.contains("Allowed-Origins") || line.contains("Origins-Pattern"));
    let security = in_force.iter().any(|line| line.to_ascii_lowercase().contains("security"));
    let wide = in_force.iter().flat_map(|line| line.split('"').skip(1).step_by(2)).any(takes_all);
    if let Some(at) = origins.filter(|_| !security && !wide && document.templated.is_empty()) {
        let range = document.lines().nth(at).map_or(0..0, |(range, _)| range);
        report
            .at((document, range), "no security update is ever installed")
            .help("\"${distro_id}:${distro_codename}-security\";");
    }
}

/// Whether a pattern takes the security updates with all others: by a star, or since it asks for the origin only.
fn takes_all(pattern: &str) -> bool {
    let keys = || pattern.split(',').map(|part| part.split_once('=').map_or("", |(key, _)| key.trim()));
    pattern.contains('*') || keys().all(|key| matches!(key, "o" | "origin"))
}
