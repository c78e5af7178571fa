use crate::rules::prelude::*;

rule! {
    /// A foreign package source may sign for any package.
    ///
    /// Without `signed-by` its key stands beside Debian's and is believed for every package, and `apt-key`, which put it there,
    /// is gone in Debian 13.
    ///
    /// ```apt sources.list.d/docker.list bad
    /// deb https://download.docker.com/linux/debian bookworm stable
    /// ```
    ///
    /// ```apt sources.list.d/docker.list good
    /// deb [signed-by=/etc/apt/keyrings/docker.asc] https://download.docker.com/linux/debian bookworm stable
    /// deb http://deb.debian.org/debian bookworm main
    /// ```
    ///
    /// Source: sources.list(5), Signed-By ("rather than all trusted keys apt has configured"); Debian 13 (apt 3.0.4) has no
    /// apt-key; both looked at 2026-11-28.
    RULE = "apt-sources-no-signed-by", Warning, High, Look::File(&[Kind::AptSources], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for (range, line) in document.lines() {
        let bare = line.trim_start();
        if !bare.starts_with("deb ") && !bare.starts_with("deb-src ") {
            continue;
        }
        let own = [
            "debian.org",
            "ubuntu.com",
            "raspbian",
            "debian.net",
            "ftp.",
            "mirror",
            "cdrom:",
            "hetzner.",
            "{{",
            "ovh.",
            "kali.org",
            "raspberrypi",
        ]
        .iter()
        .any(|host| bare.contains(host));
        if !own && !bare.contains("signed-by") && !bare.contains("trusted=yes") {
            report
                .at(
                    (document, range.start + line.len() - bare.len()..range.end),
                    "the key of this source is believed for every package",
                )
                .help("deb [signed-by=/etc/apt/keyrings/NAME.asc] …");
        }
    }
}
