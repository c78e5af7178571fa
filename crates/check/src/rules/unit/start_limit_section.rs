use crate::rules::prelude::*;

rule! {
    /// The limit on restarts stands in the wrong section.
    ///
    /// `StartLimitIntervalSec` is a setting of `[Unit]`. In `[Service]` systemd ignores it with a line in the journal, and a
    /// service that fails at once is given up after five tries in ten seconds, or restarted for ever.
    ///
    /// ```ini etc/systemd/system/app.service bad
    /// [Service]
    /// ExecStart=/usr/bin/app
    /// Restart=on-failure
    /// StartLimitIntervalSec=60
    /// ```
    ///
    /// ```ini etc/systemd/system/app.service good
    /// [Unit]
    /// StartLimitIntervalSec=60
    /// [Service]
    /// ExecStart=/usr/bin/app
    /// Restart=on-failure
    /// ```
    ///
    /// The old names (`StartLimitInterval`, `StartLimitBurst`) are still taken there. A reviewer of real files named it. Tried with
    /// `systemd-analyze verify` of 252 ("Unknown key … in section [Service], ignoring"), 2026-11-28.
    RULE = "systemd-start-limit-section", Warning, High, Look::File(&[Kind::Unit], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let Some(service) = document.root().get("Service") else { return };
    if let Some((key, _)) = service.entry("StartLimitIntervalSec") {
        report.at(key, "systemd ignores this here: it belongs into [Unit]").help("[Unit], then StartLimitIntervalSec=");
    }
}
