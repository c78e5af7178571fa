use crate::rules::prelude::*;

rule! {
    /// ufw is switched off.
    ///
    /// Its rules lie there and look like a firewall, and with the next boot none of them is in the kernel: `ufw status` says
    /// inactive then.
    ///
    /// ```text etc/ufw/ufw.conf bad
    /// ENABLED=no
    /// LOGLEVEL=low
    /// ```
    ///
    /// ```text etc/ufw/ufw.conf good
    /// ENABLED=yes
    /// LOGLEVEL=low
    /// ```
    ///
    /// A reviewer of real files named it. Tried with ufw 0.36.2, 2026-11-28: rules that are loaded stay until then. Source: the
    /// comment in the file itself ("Set to yes to start on boot").
    RULE = "ufw-disabled", Warning, High, Look::File(&[Kind::UfwDefaults], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if document.file_name() != "ufw.conf" {
        return;
    }
    if let Some(value) = document.root().get("ENABLED").filter(|value| value.truth() == Some(false)) {
        report.at(value, "with the next boot none of ufw's rules is in force").help("ufw enable, after ssh is let in");
    }
}
