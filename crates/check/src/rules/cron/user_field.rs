use crate::rules::prelude::*;

rule! {
    /// A line in /etc/cron.d names no user.
    ///
    /// There the sixth word is the user. Without one cron takes the program for it, says "bad username" to a log that nobody
    /// reads, and never runs the line.
    ///
    /// ```cron cron.d/backup bad
    /// 0 3 * * * /usr/local/bin/backup.sh
    /// ```
    ///
    /// ```cron cron.d/backup good
    /// 0 3 * * * root /usr/local/bin/backup.sh
    /// ```
    ///
    /// Source: crontab(5) of Debian 12 ("followed by a user name if this is the system crontab file");
    /// read 2026-11-27.
    RULE = "cron-d-user-field", Error, High, Look::File(&[Kind::Crontab], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if !document.folder().split('/').any(|part| part == "cron.d") || !document.templated.is_empty() {
        return;
    }
    for line in document.root().lines() {
        let words: Vec<Value> = line.words().collect();
        let first = line.word_text(0);
        let at = if first.starts_with('@') { 1 } else { 5 };
        let is_job = first.starts_with('@')
            || first.starts_with('*')
            || first.starts_with(|letter: char| letter.is_ascii_digit());
        if let Some(word) = words.get(at).filter(|_| is_job) {
            let text = word.text().unwrap_or_default();
            if text.starts_with(['/', '.', '~']) || matches!(text, "cd" | "docker" | "bash" | "sh" | "test" | "[") {
                report
                    .at(*word, "the user is missing: cron takes this for one, and never runs the line")
                    .help("root in front of it");
            }
        }
    }
}
