use crate::rules::prelude::*;

rule! {
    /// A file in /etc/cron.d that cron does not read.
    ///
    /// Debian's cron takes only names of letters, digits, `_` and `-`. A file with a dot in its name lies there, looks right, and
    /// none of its lines ever runs; the log says nothing of it.
    ///
    /// ```cron host/etc/cron.d/backup.cron bad
    /// 0 3 * * * root /usr/local/bin/backup
    /// ```
    ///
    /// ```cron host/etc/cron.d/backup good
    /// 0 3 * * * root /usr/local/bin/backup
    /// ```
    ///
    /// Told of files that lie in a folder `etc/cron.d`, as on the host; elsewhere whoever copies them may leave the ending out. Other
    /// systems' cron reads them. Source: cron(8) of Debian 12 ("must conform to the same naming convention as used by
    /// run-parts(8)"; "any file containing dots will be ignored"); read 2026-11-28.
    RULE = "cron-d-file-name", Warning, High, Look::File(&[Kind::Crontab], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let name = document.file_name();
    let is_installed = document.folder() == "etc/cron.d" || document.folder().ends_with("/etc/cron.d");
    let is_read = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    // What a template or a package's manager leaves is not meant to be read; `.placeholder` is Debian's own.
    let is_left = name.starts_with('.') || name.ends_with('~') || is_sample(document);
    let is_left = is_left || [".bak", ".orig", ".disabled", ".off", ".md"].iter().any(|end| name.ends_with(end));
    if !is_installed || is_left || name.chars().all(is_read) || !document.templated.is_empty() {
        return;
    }
    let jobs = |line: &Value| line.words().count() > 5 || line.word_text(0).starts_with('@');
    if let Some(line) = document.root().lines().find(jobs) {
        report
            .at(line, format!("Debian's cron reads no file that is called `{name}`: this never runs"))
            .help("a name without a dot");
    }
}
