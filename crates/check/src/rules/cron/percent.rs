use crate::rules::prelude::*;
use std::ops::Range;

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
    /// Told where the first `%` is in what `date` is given. Fix: a backslash there, safe where no other `%` is in the line. Source: crontab(5) of Debian 12 ("percent-signs (%) in the
    /// command, unless escaped with backslash"); read 2026-11-27.
    RULE = "cron-percent", Error, High, Look::File(&[Kind::Crontab], check)
}

/// More than any job asks for; each one is looked for in the whole line.
const MOST_DATES: usize = 32;

fn check(_: &Project, document: &Document, report: &mut Report) {
    for (range, line) in document.lines() {
        let body = line.trim_start();
        let is_job = body.starts_with(|letter: char| letter.is_ascii_digit() || matches!(letter, '*' | '@'));
        let templated = document.is_templated(&range) || line.contains("{{") || line.contains("{%");
        if !is_job || templated || !line.contains('%') {
            continue;
        }
        let formats: Vec<Range<usize>> = dates(line).take(MOST_DATES).collect();
        let is_in_date = |at: usize| formats.iter().any(|format| format.contains(&at));
        let mut bare = line.match_indices('%').map(|(at, _)| at).filter(|at| !line[..*at].ends_with('\\'));
        // The first one ends the command; what stands behind it may be meant to be the input.
        let Some(first) = bare.next().filter(|first| is_in_date(*first)) else { continue };
        let finding = report.at((document, range.start + first..range.start + first + 1), "cron ends the command here");
        let edits = formats.iter().filter_map(|format| {
            let new = escaped(&line[format.clone()]);
            let place = range.start + format.start..range.start + format.end;
            (new != line[format.clone()]).then(|| Edit::at(document, place, new))
        });
        let edits = edits.collect();
        match bare.all(is_in_date) {
            true => finding.safe_fix("a backslash before each of them", edits),
            false => finding.unsafe_fix("a backslash before each of them", edits),
        };
    }
}

/// What `date` is given, each time it is called: up to where its command ends.
fn dates(line: &str) -> impl Iterator<Item = Range<usize>> {
    let mut end = 0;
    line.match_indices("date").filter_map(move |(at, word)| {
        let before = line[..at].chars().next_back();
        let is_word = before.is_none_or(|letter| letter.is_whitespace() || "(`;|&/\"'".contains(letter));
        let start = at + word.len();
        // One that stands in what another one is given is its argument.
        if !is_word || at < end || !line[start..].starts_with([' ', '\t']) {
            return None;
        }
        end = start + length(&line[..at], &line[start..]);
        Some(start..end)
    })
}

/// How far a command reaches; `before` says in which quotes it stands.
fn length(before: &str, rest: &str) -> usize {
    let opened = before.rfind(['(', '`']).map_or(before, |at| &before[at..]);
    let outer = ['"', '\''].into_iter().find(|quote| opened.matches(*quote).count() % 2 == 1);
    let mut quote = None;
    for (at, letter) in rest.char_indices() {
        match (quote, letter) {
            (None, letter) if Some(letter) == outer || ")`;|&<>".contains(letter) => return at,
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            _ => {}
        }
    }
    rest.len()
}

/// With a backslash before each sign that has none.
fn escaped(text: &str) -> String {
    let mut new = String::with_capacity(text.len() + 8);
    let mut last = ' ';
    for letter in text.chars() {
        if letter == '%' && last != '\\' {
            new.push('\\');
        }
        new.push(letter);
        last = letter;
    }
    new
}
