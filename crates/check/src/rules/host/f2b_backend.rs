use crate::rules::prelude::*;

rule! {
    /// fail2ban reads a log file that is not written any more.
    ///
    /// Debian 12 and later have no /var/log/auth.log: the journal is all there is. A jail for ssh with `backend = polling` or
    /// `pyinotify` fails at the start, "Have not found any log file for sshd jail", and fail2ban with it. With `auto` it does so
    /// before 1.1.1, which turns to the journal by itself.
    ///
    /// ```ini jail.local bad
    /// [sshd]
    /// enabled = true
    /// backend = polling
    /// ```
    ///
    /// ```ini jail.local good
    /// [sshd]
    /// enabled = true
    /// backend = systemd
    /// ```
    ///
    /// A jail whose `logpath` names another file is not told. Tried with fail2ban 1.1.0 and 1.1.1 where there is no auth.log,
    /// 2026-11-28, `fail2ban-client -t`. Debian 12 has 1.0.2, Debian 13 1.1.0. Fix: unsafe, since `systemd` needs
    /// python3-systemd ("Failed to initialize any backend" without it).
    RULE = "f2b-backend", Warning, Medium, Look::File(&[Kind::Jail], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    if document.file_name() == "jail.conf" {
        return;
    }
    let Some(sshd) = document.root().get("sshd") else { return };
    let on = sshd.get("enabled").is_some_and(Value::is_true);
    let own_log = sshd
        .get("logpath")
        .is_some_and(|path| path.text().is_some_and(|text| !text.contains("auth.log") && !text.contains("sshd_log")));
    // A container has no journal; it is given the log that its host writes.
    let in_container = || {
        let runs = |service: &crate::compose::Service| {
            service.image.as_ref().is_some_and(|image| image.repository.contains("fail2ban"))
        };
        project.services().any(|service| runs(service) && Project::are_related(service.document, document))
    };
    if let Some(backend) = sshd
        .get("backend")
        .filter(|backend| on && !own_log && matches!(backend.text(), Some("polling" | "auto" | "pyinotify")))
        .filter(|_| !in_container())
    {
        let what = match backend.text() {
            Some("auto") => {
                "Debian 12 and later write no auth.log: before fail2ban 1.1.1 this jail does not start there"
            }
            _ => "Debian 12 and later write no auth.log: this jail does not start there",
        };
        report.at(backend, what).unsafe_fix("systemd", vec![Edit::replace(backend, "systemd")]);
    }
}
