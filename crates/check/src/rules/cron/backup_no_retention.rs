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
                .help(deleting(command.line));
        }
    }
}

/// The line that deletes what a job wrote in the folder that it names, and nothing else there.
fn deleting(line: &str) -> String {
    let written =
        line.split([' ', '\t', '>', '"', '\'', '=']).find(|word| word.starts_with('/') && word.contains("$("));
    let parts = written.and_then(|word| word.split("$(").next()?.rsplit_once('/'));
    match parts.filter(|(folder, name)| !folder.is_empty() && !name.is_empty() && !folder.contains('$')) {
        Some((folder, name)) => format!("find {folder} -name '{name}*' -mtime +30 -delete"),
        None => "find FOLDER -name 'NAME*' -mtime +30 -delete, with those of the backups".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::deleting;

    #[test]
    fn what_deletes_names_the_folder_of_the_job_and_nothing_else_in_it() {
        let of = |job: &str| deleting(&format!("0 3 * * * {job}"));
        assert_eq!(
            of("tar czf /srv/old/data-$(date +\\%F).tgz /srv/data"),
            "find /srv/old -name 'data-*' -mtime +30 -delete"
        );
        assert_eq!(
            of("pg_dump db > \"/var/dumps/db_$(date +\\%F).sql\""),
            "find /var/dumps -name 'db_*' -mtime +30 -delete"
        );
        for job in [
            "pg_dump db > $HOME/$(date +\\%F).sql",
            "tar czf /srv/$(date +\\%F).tgz /srv/data",
            "cd /x; tar czf a-`date`.tgz .",
        ] {
            assert!(of(job).starts_with("find FOLDER"), "{job}");
        }
    }
}
