use crate::rules::prelude::*;

rule! {
    /// A timer that nothing starts.
    ///
    /// Without [Install] `systemctl enable` has nothing to do: started by hand the timer runs until the next boot, and then no more.
    /// The backup stops, and nobody is told.
    ///
    /// ```ini etc/systemd/system/backup.timer bad
    /// [Timer]
    /// OnCalendar=daily
    /// ```
    ///
    /// ```ini etc/systemd/system/backup.timer good
    /// [Timer]
    /// OnCalendar=daily
    /// [Install]
    /// WantedBy=timers.target
    /// ```
    ///
    /// An information below `systemd/user`: people keep the links of `timers.target.wants` there themselves. Told where no other file among those looked at names the timer in what it wants. Tried with `systemctl --root=… enable` of
    /// systemd 252, 2026-11-28: "The unit files have no installation config … not meant to be enabled or disabled".
    RULE = "unit-timer-not-installed", Warning, Medium, Look::File(&[Kind::Unit], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let name = document.file_name();
    let root = document.root();
    let Some(timer) = root.get("Timer").filter(|_| name.ends_with(".timer")) else { return };
    // A timer that is started for once has its time counted from then on.
    let is_calendar = ["OnCalendar", "OnBootSec", "OnUnitActiveSec"].iter().any(|key| timer.get(key).is_some());
    if !is_calendar || root.get("Install").is_some() || document.is_partial || !document.templated.is_empty() {
        return;
    }
    let names = |file: &&Document| !std::ptr::eq::<Document>(*file, document) && file.text.contains(name);
    let is_started = project.documents.iter().filter(|file| file.kind != Kind::Markdown).any(|file| names(&file));
    if let Some((key, _)) = root.entry("Timer").filter(|_| !is_started) {
        let finding = report.at(key, "`systemctl enable` does nothing with it: after the next boot this timer is gone");
        finding.help("[Install] with WantedBy=timers.target");
        // The links that start such a one often lie beside it, and links are not looked at.
        if document.folder().ends_with("systemd/user") {
            finding.severity(Severity::Info);
        }
    }
}
