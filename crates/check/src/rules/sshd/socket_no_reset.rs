use crate::rules::prelude::*;

rule! {
    /// A socket drop-in adds a port instead of moving it.
    ///
    /// `ListenStream=` in a drop-in adds to what the unit has: without an empty line before it, ssh listens on 22 and
    /// on the new port, and the firewall rule that closes 22 is all that is left.
    ///
    /// ```ini ssh.socket.d/port.conf bad
    /// [Socket]
    /// ListenStream=0.0.0.0:222
    /// ListenStream=[::]:222
    /// ```
    ///
    /// ```ini ssh.socket.d/port.conf good
    /// [Socket]
    /// ListenStream=
    /// ListenStream=0.0.0.0:222
    /// ListenStream=[::]:222
    /// ```
    ///
    /// Fix: unsafe, since nobody gets in by 22 any more, and the firewall may not know of the new port. Source: systemd.socket(5) of 252, "if the empty string is assigned … the list of addresses to listen on is
    /// reset"; read 2026-11-27.
    RULE = "ssh-socket-no-reset", Error, High, Look::File(&[Kind::Unit], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if !document.folder().ends_with("ssh.socket.d") {
        return;
    }
    let entries = document.root().get("Socket").map(Value::entries).unwrap_or_default();
    let listens: Vec<_> = entries.into_iter().filter(|(key, _)| key.text() == Some("ListenStream")).collect();
    if let Some((key, value)) = listens.first().filter(|(_, value)| !value.is_empty()) {
        report.at(*value, "ssh goes on to listen on 22: nothing takes it away").unsafe_fix(
            "an empty ListenStream= first",
            vec![Edit::line_above(document, key.range().start, "ListenStream=")],
        );
    }
}
