use crate::rules::prelude::*;
use piton_config::nearest;

rule! {
    /// A timer's calendar that systemd cannot read.
    ///
    /// systemd leaves the line out. A timer that has no other then is refused, and the job never runs.
    ///
    /// ```ini etc/systemd/system/backup.timer bad
    /// [Timer]
    /// OnCalendar=daly
    /// ```
    ///
    /// ```ini etc/systemd/system/prune.timer bad 2
    /// [Timer]
    /// OnCalendar=0 3 * * *
    /// ```
    ///
    /// ```ini etc/systemd/system/backup.timer good
    /// [Timer]
    /// OnCalendar=daily
    /// OnCalendar=Mon,Thu *-*-* 03:00:00 Europe/Berlin
    /// OnCalendar=*:0/15
    /// ```
    ///
    /// Told is what is nearly one of the words that stand for a whole calendar, five fields as cron has them, `@daily`, and an hour
    /// or a minute that no clock has. Tried with `systemd-analyze verify` and `calendar` of 252, 2026-11-28: "Failed to parse
    /// calendar specification, ignoring: daly", "Timer unit lacks value setting. Refusing."
    RULE = "unit-calendar-unknown", Error, High, Look::File(&[Kind::Unit], check)
}

/// The words that systemd takes by themselves, those that it takes without telling among them.
const WORDS: [&str; 13] = [
    "minutely",
    "hourly",
    "daily",
    "weekly",
    "monthly",
    "yearly",
    "quarterly",
    "semiannually",
    "annually",
    "anually",
    "biannually",
    "semi-annually",
    "bi-annually",
];

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

fn check(_: &Project, document: &Document, report: &mut Report) {
    let Some(timer) = document.root().get("Timer") else { return };
    for (_, value) in timer.entries().into_iter().filter(|(key, _)| key.text() == Some("OnCalendar")) {
        let Some(text) = value.literal().map(str::trim).filter(|text| !text.contains('%')) else { continue };
        let lower = text.to_ascii_lowercase();
        let word = lower.trim_start_matches('@');
        let is_word = word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') && !word.is_empty();
        let is_known = WORDS.contains(&lower.as_str()) || DAYS.iter().any(|day| word.starts_with(day));
        let help = match nearest(word, WORDS).filter(|_| is_word && !is_known) {
            Some(meant) => format!("did you mean `{meant}`? `systemd-analyze calendar` tries it"),
            None if is_cron(text) => "these are cron's fields; `*-*-* 03:00:00` is each day at three".to_owned(),
            None if has_odd_time(text) => "hours go to 23, minutes and seconds to 59".to_owned(),
            None => continue,
        };
        report.at(value, format!("systemd cannot read `{text}`, and leaves it out")).help(help);
    }
}

/// Five fields of numbers and stars, as in a crontab.
fn is_cron(text: &str) -> bool {
    let is_field = |field: &str| field.bytes().all(|byte| byte.is_ascii_digit() || b"*/,-".contains(&byte));
    text.split_whitespace().count() == 5 && text.split_whitespace().all(is_field)
}

/// Whether a time is written in plain numbers, and one of them is too large.
fn has_odd_time(text: &str) -> bool {
    let times = text.split_whitespace().filter(|word| word.contains(':'));
    times.into_iter().any(|word| {
        let numbers: Option<Vec<u32>> = word.split(':').map(|part| part.parse().ok()).collect();
        numbers.is_some_and(|numbers| numbers.iter().zip([23, 59, 59]).any(|(number, most)| *number > most))
    })
}
