use crate::rules::prelude::*;

rule! {
    /// A program is to listen on one address of the host before the host has it.
    ///
    /// `network.target` says that networking has been begun, not that addresses are there. At boot the program then says
    /// "cannot assign requested address", and is gone, or comes up after some restarts.
    ///
    /// ```ini etc/systemd/system/exporter.service bad
    /// [Unit]
    /// After=network.target
    /// [Service]
    /// ExecStart=/usr/bin/exporter --web.listen-address=10.0.0.2:9100
    /// ```
    ///
    /// ```ini etc/systemd/system/exporter.service good
    /// [Unit]
    /// Wants=network-online.target
    /// After=network-online.target
    /// [Service]
    /// ExecStart=/usr/bin/exporter --web.listen-address=10.0.0.2:9100
    /// ```
    ///
    /// A reviewer of real files named it. Tried on Linux 6.18, 2026-11-28: "Cannot assign requested address". Source:
    /// systemd.special(7), network.target ("only very weakly defined") and network-online.target; read the same day.
    RULE = "systemd-network-online", Info, Medium, Look::File(&[Kind::Unit], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let waits = ["network-online.target", "wg-quick@", "tailscaled", "IPAddressAllow", "ip_nonlocal_bind"];
    if waits.iter().any(|word| document.text.contains(word)) {
        return;
    }
    let sections = document.root().entries();
    let keys = || sections.iter().flat_map(|(_, section)| section.entries());
    let after = keys().find(|(key, value)| key.text() == Some("After") && value.written().contains("network.target"));
    let Some((_, after)) = after else { return };
    for (_, value) in keys().filter(|(key, _)| key.text() == Some("ExecStart")) {
        if value.written().split_whitespace().any(listens_on_one) {
            report
                .at(value, "at boot this address may not be there yet")
                .related(after, "this waits for less")
                .help("Wants=network-online.target and After=network-online.target");
        }
    }
}

/// `--listen-address=10.0.0.2:9100`: an address of the host's own, behind a word for listening.
fn listens_on_one(word: &str) -> bool {
    let Some((name, value)) = word.trim_matches(['"', '\'']).split_once('=') else { return false };
    let listening = ["listen", "bind"].iter().any(|word| name.to_ascii_lowercase().contains(word));
    let address = value.split(':').next().unwrap_or_default().parse::<std::net::Ipv4Addr>();
    listening && address.is_ok_and(|address| !address.is_loopback() && !address.is_unspecified())
}
