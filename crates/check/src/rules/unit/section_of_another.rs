use crate::rules::prelude::*;

rule! {
    /// A unit has the section of another kind of unit, and not its own.
    ///
    /// The end of its name says what a unit is. systemd leaves out the section that it does not expect there, finds nothing to do
    /// and refuses the unit: most often two files were written into each other's place.
    ///
    /// ```ini etc/systemd/system/backup.timer bad
    /// [Unit]
    /// Description=Copies
    /// [Service]
    /// Type=oneshot
    /// ExecStart=/usr/local/bin/backup
    /// ```
    ///
    /// ```ini etc/systemd/system/backup.timer good
    /// [Timer]
    /// OnCalendar=daily
    /// [Install]
    /// WantedBy=timers.target
    /// ```
    ///
    /// Tried with `systemd-analyze verify` of 252, 2026-11-28: "Unknown section 'Service'. Ignoring.", then "Timer unit lacks value
    /// setting. Refusing."; of a service with `[Timer]` "Service has no ExecStart=, ExecStop=, or SuccessAction=. Refusing."
    RULE = "unit-section-of-another", Error, High, Look::File(&[Kind::Unit], check)
}

/// What ends a unit's name, and the section that it needs.
const OWN: [(&str, &str); 5] =
    [(".service", "Service"), (".timer", "Timer"), (".socket", "Socket"), (".path", "Path"), (".mount", "Mount")];

fn check(_: &Project, document: &Document, report: &mut Report) {
    let Some((end, own)) = OWN.iter().find(|(end, _)| document.file_name().ends_with(end)) else { return };
    let root = document.root();
    // A drop-in beside it is a file of another name; a template may become anything.
    if root.get(own).is_some() || document.is_partial || !document.templated.is_empty() {
        return;
    }
    let others = OWN.iter().filter(|(_, section)| section != own);
    if let Some((key, _)) = others.into_iter().find_map(|(_, section)| root.entry(section)) {
        report
            .at(key, format!("systemd leaves this out of a `{end}` and refuses the unit, which has no [{own}]"))
            .help("is this the text of the file beside it?");
    }
}
