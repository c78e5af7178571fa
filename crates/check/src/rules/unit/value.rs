use crate::rules::prelude::*;

rule! {
    /// A word that systemd does not know.
    ///
    /// systemd says one line in the journal, leaves the setting out and goes on: `Restart=allways` never restarts anything.
    ///
    /// ```ini etc/systemd/system/app.service bad
    /// [Service]
    /// ExecStart=/usr/local/bin/app
    /// Restart=allways
    /// ```
    ///
    /// ```ini etc/systemd/system/app.service good
    /// [Service]
    /// ExecStart=/usr/local/bin/app
    /// Restart=always
    /// ```
    ///
    /// Looked at are Restart and Type. The idea is `systemd-analyze verify`, tried with systemd 252, 2026-11-27: "Failed
    /// to parse service restart specifier, ignoring", and the answer is 0.
    RULE = "unit-unknown-value", Error, High, Look::File(&[Kind::Unit], check)
}

const RESTART: [&str; 7] = ["no", "on-success", "on-failure", "on-abnormal", "on-watchdog", "on-abort", "always"];
const TYPE: [&str; 8] = ["simple", "exec", "forking", "oneshot", "dbus", "notify", "notify-reload", "idle"];

fn check(_: &Project, document: &Document, report: &mut Report) {
    let Some(service) = document.root().get("Service") else { return };
    for (name, known) in [("Restart", &RESTART[..]), ("Type", &TYPE[..])] {
        let Some(value) = service.get(name).filter(|value| !document.is_templated(&value.range())) else { continue };
        let Some(text) =
            value.literal().map(str::trim).filter(|text| !text.is_empty() && !text.contains(['$', '%', '@', '#']))
        else {
            continue;
        };
        if !known.contains(&text) {
            report.at(value, format!("systemd does not know `{text}`, and leaves {name} out")).help(known.join(", "));
        }
    }
}
