use crate::rules::prelude::*;

rule! {
    /// A backup is written each night, and none is ever deleted.
    ///
    /// The disk is full some day, and then it is the database that stops.
    ///
    /// ```cron crontab bad
    /// 0 3 * * * tar czf /backups/data-$(date +\%F).tar.gz /srv/data
    /// ```
    ///
    /// ```cron crontab good
    /// 0 3 * * * tar czf /backups/data-$(date +\%F).tar.gz /srv/data && find /backups -mtime +30 -delete
    /// ```
    ///
    /// Evidence: the file itself, looked through 2026-11-28: the name holds the date, and no line deletes. What deletes elsewhere
    /// is not seen.
    RULE = "cron-backup-no-retention", Warning, Medium, Look::File(&[Kind::Crontab], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let deletes = ["-delete", "rm ", "rotate", "prune", "forget", "tmpreaper", "keep-"]
        .iter()
        .any(|word| document.text.contains(word));
    for command in project.commands(document).iter().filter(|_| !deletes) {
        let packs = (command.program() == "tar"
            && command.words.get(1).is_some_and(|word| word.trim_start_matches('-').contains('c')))
            || matches!(command.program(), "pg_dump" | "pg_dumpall" | "mysqldump");
        if packs && command.line.contains("date") {
            report
                .at((document, command.range.clone()), "each run adds a file, and nothing takes one away")
                .help("find /backups -mtime +30 -delete");
        }
    }
}
