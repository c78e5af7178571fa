use crate::rules::prelude::*;

rule! {
    /// Ssh's socket listens on one family of addresses only.
    ///
    /// With `[::]` alone and `BindIPv6Only` set as Debian does for it, IPv4 does not answer; with 0.0.0.0 alone, IPv6
    /// does not. Whoever comes by the other one is locked out.
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
    /// Source: Ubuntu's ssh.socket (`BindIPv6Only=ipv6-only`); systemd.socket(5).
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
    let new = listens.iter().any(|value| value.text().is_some_and(|text| text.starts_with("[::]:")));
    if let Some(last) = listens.last().filter(|_| old != new) {
        report.at(*last, format!("ssh answers on IPv{} only", if old { 4 } else { 6 }));
    }
}
