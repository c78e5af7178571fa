use crate::rules::prelude::*;

rule! {
    /// A kernel setting is the opposite of what hardening means.
    ///
    /// Source routes and redirects let strangers choose the way of packets; without SYN cookies a flood fills the backlog;
    /// `kptr_restrict` and `dmesg_restrict` keep addresses of the kernel from its users.
    ///
    /// ```conf sysctl.d/99-server.conf bad
    /// net.ipv4.tcp_syncookies = 0
    /// ```
    ///
    /// ```conf sysctl.d/99-server.conf good
    /// net.ipv4.tcp_syncookies = 1
    /// net.ipv4.conf.all.rp_filter = 2
    /// ```
    ///
    /// Source: Linux 7.2, `Documentation/networking/ip-sysctl` and `admin-guide/sysctl`; read 2026-11-28. The idea is the CIS
    /// Debian benchmark's. A router may need another value.
    RULE = "sysctl-insecure-value", Warning, High, Look::File(&[Kind::Sysctl], check)
}

/// The end of a key, its wrong values, and the right one.
const WRONG: [(&str, &[&str], &str); 9] = [
    ("accept_source_route", &["1"], "0"),
    ("tcp_syncookies", &["0"], "1"),
    ("icmp_echo_ignore_broadcasts", &["0"], "1"),
    ("kernel.randomize_va_space", &["0", "1"], "2"),
    ("accept_redirects", &["1"], "0"),
    ("rp_filter", &["0"], "1"),
    ("kernel.dmesg_restrict", &["0"], "1"),
    ("fs.protected_hardlinks", &["0"], "1"),
    ("fs.protected_symlinks", &["0"], "1"),
];

fn check(project: &Project, document: &Document, report: &mut Report) {
    for (key, value) in super::settings(document) {
        let name = key.text().unwrap_or_default().trim_end_matches('=').replace('/', ".");
        let wrong = WRONG
            .iter()
            .find(|(end, values, _)| name.ends_with(end) && value.text().is_some_and(|text| values.contains(&text)));
        // Tunnels and containers make routes that are not symmetric: loose is right there, off for one interface too.
        if let Some((end, _, right)) =
            wrong.filter(|(end, ..)| *end != "rp_filter" || name.contains(".all.") || name.contains(".default."))
        {
            // The filter does the same: `fib saddr . iif oif missing drop`.
            if *end == "rp_filter" && project.of_kind(Kind::Nftables).any(|file| file.text.contains("fib saddr")) {
                continue;
            }
            report.at(value, format!("{end} is better {right} on a server")).help(format!("{name} = {right}"));
        }
    }
}
