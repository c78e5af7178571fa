use crate::rules::prelude::*;

rule! {
    /// A backup runs as somebody who may not read what it is to save.
    ///
    /// Docker's volumes are root's, and nobody else may enter the folder. tar says "Permission denied", cron mails it to nobody,
    /// and the archive is empty.
    ///
    /// ```cron etc/cron.d/backup bad
    /// 0 3 * * * backup tar czf /srv/backup/data.tgz /var/lib/docker/volumes/data
    /// ```
    ///
    /// ```cron etc/cron.d/backup good
    /// 0 3 * * * root tar czf /srv/backup/data.tgz /var/lib/docker/volumes/data
    /// ```
    ///
    /// Source: moby `daemon/daemon_unix.go`, setupDaemonRoot (0710, root); read 2026-11-28. Tried that day as `nobody` with GNU
    /// tar: "Cannot stat: Permission denied", exit 2. One production incident.
    RULE = "cron-backup-user", Warning, High, Look::File(&[Kind::Crontab], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if !document.folder().split('/').any(|part| part == "cron.d") || !document.templated.is_empty() {
        return;
    }
    for line in document.root().lines() {
        let words: Vec<&str> = line.words().filter_map(Value::text).collect();
        let user_at = if line.word_text(0).starts_with('@') { 1 } else { 5 };
        let (Some(user), Some(place)) = (words.get(user_at), line.word(user_at)) else { continue };
        let is_user = user.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        let rest = words.get(user_at + 1..).unwrap_or_default();
        let saves =
            rest.iter().any(|word| matches!(word.rsplit('/').next(), Some("tar" | "rsync" | "restic" | "borg" | "cp")));
        let closed = rest.iter().any(|word| word.starts_with("/var/lib/docker/"));
        if is_user && *user != "root" && saves && closed && !rest.contains(&"sudo") {
            report.at(place, format!("`{user}` may not enter /var/lib/docker")).help("root");
        }
    }
}
