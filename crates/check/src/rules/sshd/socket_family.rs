use crate::rules::prelude::*;

rule! {
    /// Ssh's socket listens on one family of addresses only.
    ///
    /// With 0.0.0.0 alone IPv6 does not answer. With `[::]` or a port alone IPv4 does not where `BindIPv6Only=ipv6-only` is
    /// set, as in Ubuntu's newer unit; Debian's does not set it, so it is an information where this file does not. Whoever
    /// comes by the other one is locked out.
    ///
    /// ```ini ssh.socket.d/port.conf bad
    /// [Socket]
    /// ListenStream=
    /// ListenStream=0.0.0.0:222
    /// ```
    ///
    /// ```ini ssh.socket.d/port.conf good
    /// [Socket]
    /// ListenStream=
    /// ListenStream=0.0.0.0:222
    /// ListenStream=[::]:222
    /// ```
    ///
    /// Tried on Linux 6.18, 2026-11-28: 127.0.0.1 reaches a socket on `[::]`, and is refused with IPV6_V6ONLY. Source:
    /// ssh.socket of Debian 12 and 13; systemd.socket(5), BindIPv6Only; Ubuntu's unit as shown in systemd issue 36795 (24.04,
    /// without it) and in becomingahacker/cloud-cml issue 13 (2026, with it: ssh was not there on IPv4); read the same day.
    RULE = "ssh-socket-family", Warning, Medium, Look::File(&[Kind::Unit], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if !document.folder().ends_with("ssh.socket.d") {
        return;
    }
    let entries = document.root().get("Socket").map(Value::entries).unwrap_or_default();
    let listens: Vec<Value> = entries
        .into_iter()
        .filter(|(key, value)| key.text() == Some("ListenStream") && !value.is_empty())
        .map(|(_, value)| value)
        .collect();
    let old = listens.iter().any(|value| value.text().is_some_and(|text| text.starts_with("0.0.0.0:")));
    let is_new = |text: &str| text.starts_with("[::]:") || text.parse::<u16>().is_ok();
    let new = listens.iter().any(|value| value.text().is_some_and(is_new));
    let Some(last) = listens.last().filter(|_| old != new) else { return };
    if old || document.text.contains("BindIPv6Only=ipv6-only") {
        report.at(*last, format!("ssh answers on IPv{} only", if old { 4 } else { 6 }));
    } else {
        report.at(*last, "with Ubuntu's newer unit (BindIPv6Only) ssh answers on IPv6 only").severity(Severity::Info);
    }
}
