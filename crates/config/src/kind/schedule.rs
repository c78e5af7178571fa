//! The five fields of a cron schedule, checked before cron skips the line in silence.

use super::Fault;
use crate::near::nearest;

const NAMED: [&str; 8] = ["@reboot", "@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

struct Field {
    name: &'static str,
    least: u32,
    most: u32,
    words: &'static [&'static str],
}

const FIELDS: [Field; 5] = [
    Field { name: "minute", least: 0, most: 59, words: &[] },
    Field { name: "hour", least: 0, most: 23, words: &[] },
    Field { name: "day of the month", least: 1, most: 31, words: &[] },
    Field { name: "month", least: 1, most: 12, words: &MONTHS },
    Field { name: "weekday", least: 0, most: 7, words: &WEEKDAYS },
];

pub(super) fn schedule_fault(text: &str) -> Option<Fault> {
    let help = "minute, hour, day of the month, month, weekday: \"30 3 * * *\" is every day at 03:30";
    if text.starts_with('@') {
        return (!NAMED.contains(&text)).then(|| {
            Fault::new(
                "site/bad-schedule",
                format!("is `{text}`, which cron does not know"),
                "no such name",
                NAMED.join(", "),
            )
            .suggest(nearest(text, NAMED))
        });
    }
    let fields: Vec<&str> = text.split_whitespace().collect();
    if fields.len() != FIELDS.len() {
        let what = format!("has {} fields, but cron wants five", fields.len());
        return Some(Fault::new("site/bad-schedule", what, "not five fields", help));
    }
    fields.iter().zip(&FIELDS).find(|(written, field)| !field.takes(written)).map(|(written, field)| {
        let what = format!("has `{written}` as its {}, which goes from {} to {}", field.name, field.least, field.most);
        Fault::new("site/bad-schedule", what, format!("no such {}", field.name), help).word(written)
    })
}

impl Field {
    fn takes(&self, written: &str) -> bool {
        written.split(',').all(|part| {
            let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
            let stepped = step.is_none_or(|step| step.parse::<u32>().is_ok_and(|step| step > 0));
            stepped && self.takes_range(range)
        })
    }

    fn takes_range(&self, range: &str) -> bool {
        match range.split_once('-') {
            _ if range == "*" => true,
            Some((first, last)) => match (self.number(first), self.number(last)) {
                (Some(first), Some(last)) => first <= last,
                _ => false,
            },
            None => self.number(range).is_some(),
        }
    }

    fn number(&self, text: &str) -> Option<u32> {
        if let Some(position) = self.words.iter().position(|word| word.eq_ignore_ascii_case(text)) {
            return u32::try_from(position).ok().map(|position| position + self.least);
        }
        let plain = !text.is_empty() && text.chars().all(|digit| digit.is_ascii_digit());
        text.parse().ok().filter(|number| plain && (self.least..=self.most).contains(number))
    }
}

#[cfg(test)]
mod tests {
    use super::schedule_fault;

    #[test]
    fn what_cron_takes_is_taken() {
        for good in ["30 3 * * *", "*/5 * * * *", "0 0 1,15 jan-jun mon", "0-59/2 4 * * 7", "@daily", "@reboot"] {
            assert!(schedule_fault(good).is_none(), "{good}");
        }
    }

    #[test]
    fn what_cron_would_skip_is_refused() {
        for bad in [
            "",
            "* * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "5-1 * * * *",
            "*/0 * * * *",
            "@dialy",
            "+5 * * * *",
        ] {
            assert!(schedule_fault(bad).is_some(), "{bad}");
        }
    }
}
