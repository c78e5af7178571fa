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
    /// ```ini etc/systemd/system/backup.timer good
    /// [Timer]
    /// OnCalendar=daily
    /// ```
    ///
    /// Told is what is nearly one of the words that stand for a whole calendar. Tried with `systemd-analyze verify` of
    /// 252, 2026-11-28: "Failed to parse calendar specification, ignoring: daly", "Timer unit lacks value setting.
    /// Refusing."
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
        let Some(text) = value.literal().map(str::trim) else { continue };
        let lower = text.to_ascii_lowercase();
        let is_word = lower.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') && !lower.is_empty();
        let is_known = WORDS.contains(&lower.as_str()) || DAYS.iter().any(|day| lower.starts_with(day));
        if let Some(meant) = nearest(&lower, WORDS).filter(|_| is_word && !is_known) {
            report
                .at(value, format!("systemd cannot read `{text}`, and leaves it out"))
                .help(format!("did you mean `{meant}`? `systemd-analyze calendar` tries it"));
        }
    }
}
