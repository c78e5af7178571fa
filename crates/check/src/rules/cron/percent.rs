use crate::rules::prelude::*;

rule! {
    /// A percent sign ends the command in a crontab.
    ///
    /// cron takes an unescaped `%` for the end of the line, and gives the rest to the command as its input. `date +%F` is run as
    /// `date +`; the job fails, or writes to a file without its date.
    ///
    /// ```cron etc/cron.d/backup bad
    /// 0 3 * * * root tar czf /srv/backup/data-$(date +%F).tgz /srv/data && find /srv/backup -mtime +30 -delete
    /// ```
    ///
    /// ```cron etc/cron.d/backup good
    /// 0 3 * * * root tar czf /srv/backup/data-$(date +\%F).tgz /srv/data && find /srv/backup -mtime +30 -delete
    /// ```
    ///
    /// Told for what stands behind `date`. Fix: safe, a backslash. Source: crontab(5) of Debian 12 ("percent-signs (%) in the
    /// command, unless escaped with backslash"); read 2026-11-27.
    RULE = "cron-percent", Error, High, Look::File(&[Kind::Crontab], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for (range, line) in document.lines() {
        let body = line.trim_start();
        let is_job = body.starts_with(|letter: char| letter.is_ascii_digit() || matches!(letter, '*' | '@'));
        let templated = document.is_templated(&range) || line.contains("{{") || line.contains("{%");
        let Some(date) = line.find("date ").filter(|_| is_job && !templated) else { continue };
        let signs: Vec<usize> = line[date..]
            .match_indices('%')
            .map(|(at, _)| date + at)
            .filter(|at| !line[..*at].ends_with('\\'))
            .collect();
        let Some(first) = signs.first() else { continue };
        let at = |offset: usize| range.start + offset;
        let edits = signs.iter().map(|sign| Edit::at(document, at(*sign)..at(*sign), "\\")).collect();
        report
            .at((document, at(*first)..at(*first) + 1), "cron ends the command here")
            .safe_fix("a backslash before each of them", edits);
    }
}
