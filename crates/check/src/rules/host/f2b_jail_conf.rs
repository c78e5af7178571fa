use crate::rules::prelude::*;

rule! {
    /// fail2ban's own jail.conf is kept with changes.
    ///
    /// The package replaces it at each upgrade, or asks; what one changes belongs into jail.local.
    ///
    /// ```ini fail2ban/jail.conf bad
    /// [DEFAULT]
    /// bantime = 24h
    /// [sshd]
    /// enabled = true
    /// ```
    ///
    /// ```ini fail2ban/jail.local good
    /// [DEFAULT]
    /// bantime = 24h
    /// [sshd]
    /// enabled = true
    /// ```
    ///
    /// Told where a jail is switched on in it, which the package's file never does. Source: the head of
    /// jail.conf ("will probably be overwritten … in a distribution update"); read 2026-11-28.
    RULE = "f2b-jail-conf-edited", Warning, High, Look::File(&[Kind::Jail], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    // Elsewhere a jail.conf may be anything: the program's own tests, or what a role copies under another name.
    let deployed = matches!(document.folder().rsplit('/').next(), Some("fail2ban")) && !is_of_tests(document);
    if document.file_name() != "jail.conf" || !deployed || document.path.contains("fail2ban/fail2ban/") {
        return;
    }
    for (name, section) in document.root().entries() {
        if let Some(on) = section.get("enabled").filter(|on| on.is_true() && name.text() != Some("DEFAULT")) {
            report.at(on, "an upgrade of the package takes this away").help("write it into jail.local");
            return;
        }
    }
}
