use crate::rules::prelude::*;

use super::keyword;

rule! {
    /// The port in sshd_config is not the one that is listened on.
    ///
    /// From Ubuntu 22.10 to 23.10 systemd listens for ssh, and sshd's own `Port` means nothing: only `ListenStream=` in a drop-in
    /// of ssh.socket does. Who closes 22 in the firewall then has closed the only door. From 24.04 on a generator takes the
    /// port out of sshd_config.
    ///
    /// ```sshd host/etc/ssh/sshd_config bad
    /// Port 2222
    /// ```
    ///
    /// ```text host/etc/lsb-release bad
    /// DISTRIB_ID=Ubuntu
    /// DISTRIB_RELEASE=23.04
    /// ```
    ///
    /// ```sshd host/etc/ssh/sshd_config good
    /// Port 2222
    /// ```
    ///
    /// ```text host/etc/lsb-release good
    /// DISTRIB_ID=Ubuntu
    /// DISTRIB_RELEASE=24.04
    /// ```
    ///
    /// Told where a file of the same host says which release it is. Source: Ubuntu discourse 30189, "SSHd now uses
    /// socket-based activation (Ubuntu 22.10 and later)"; read 2026-11-27.
    RULE = "sshd-port-socket-activation", Error, High, Look::File(&[Kind::Sshd], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let folder = document.folder();
    let Some(etc) =
        folder.strip_suffix("/sshd_config.d").unwrap_or(folder).strip_suffix("/ssh").filter(|etc| !etc.is_empty())
    else {
        return;
    };
    let Some((_, port)) = keyword(document, "port").find(|(_, port)| port.literal().is_some_and(|text| text != "22"))
    else {
        return;
    };
    let release = ["lsb-release", "os-release"].iter().find_map(|name| project.at(&format!("{etc}/{name}")));
    let Some(release) = release.filter(|file| file.text.contains("Ubuntu")) else { return };
    let sockets = ["22.10", "23.04", "23.10"];
    let Some(version) = sockets.iter().find(|version| says_release(release, version)) else { return };
    let overridden = project.of_kind(Kind::Unit).any(|file| {
        file.path.contains("ssh.socket.d/")
            && file.path.starts_with(&format!("{etc}/"))
            && file.text.contains("ListenStream=")
    });
    if !overridden {
        report
            .at(port, format!("on Ubuntu {version} systemd listens for ssh, and goes on listening on 22"))
            .related((release, 0..0), "the release is said here")
            .help("ListenStream= in a drop-in of ssh.socket");
    }
}

fn says_release(file: &Document, version: &str) -> bool {
    file.lines().any(|(_, line)| {
        line.split_once('=').is_some_and(|(key, value)| {
            matches!(key, "DISTRIB_RELEASE" | "VERSION_ID") && value.trim_matches('"') == version
        })
    })
}
