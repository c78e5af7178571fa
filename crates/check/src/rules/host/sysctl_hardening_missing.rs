use crate::rules::prelude::*;

use super::settings;

rule! {
    /// A file that hardens the kernel leaves some of it out.
    ///
    /// The settings of this list cost nothing on a server, and most files that mean to harden have them all.
    ///
    /// ```sysctl etc/sysctl.d/99-hardening.conf bad
    /// net.ipv4.tcp_syncookies = 1
    /// kernel.randomize_va_space = 2
    /// kernel.dmesg_restrict = 1
    /// ```
    ///
    /// ```sysctl etc/sysctl.d/99-hardening.conf good
    /// net.ipv4.tcp_syncookies = 1
    /// kernel.randomize_va_space = 2
    /// kernel.dmesg_restrict = 1
    /// kernel.kptr_restrict = 2
    /// net.ipv4.conf.all.accept_source_route = 0
    /// net.ipv4.conf.all.accept_redirects = 0
    /// net.ipv4.conf.all.send_redirects = 0
    /// ```
    ///
    /// Told with `--strict`, for files that set three of them. Source: Linux 7.2, `Documentation/admin-guide/sysctl` and
    /// `networking/ip-sysctl`; read 2026-11-28. The list is the CIS Debian benchmark's.
    RULE = "sysctl-hardening-missing", Info, Low, Look::File(&[Kind::Sysctl], check), strict
}

const HARDENING: [&str; 7] = [
    "net.ipv4.tcp_syncookies",
    "kernel.randomize_va_space",
    "kernel.dmesg_restrict",
    "kernel.kptr_restrict",
    "net.ipv4.conf.all.accept_source_route",
    "net.ipv4.conf.all.accept_redirects",
    "net.ipv4.conf.all.send_redirects",
];

fn check(_: &Project, document: &Document, report: &mut Report) {
    let set: Vec<String> =
        settings(document).filter_map(|(key, _)| key.text()).map(|key| key.replace('/', ".")).collect();
    let (present, missing): (Vec<&str>, Vec<&str>) =
        HARDENING.iter().partition(|key| set.iter().any(|name| name == *key));
    if present.len() >= 3 && !missing.is_empty() {
        report.at((document, 0..0), format!("not set here: {}", missing.join(", ")));
    }
}
