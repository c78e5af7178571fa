//! The map of a host as people read it: a port, where it is bound, what is behind it, and to whom it
//! is open; with the deciding lines where they are asked for.

use super::page::Page;
use super::table;
use super::text::{Ink, Text, and};
use crate::commands::reach::Compared;
use piton_host::network::attempt::Attempt;
use piton_reach::map::Row;
use piton_reach::sources::Who;
use piton_reach::{Answer, Verdict};

pub(crate) fn map(rows: &[Row], why: bool, width: usize) -> Page {
    if rows.is_empty() {
        return "Nobody listens there.\n".into();
    }
    if why {
        return explained(rows, width);
    }
    let head = ["port", "bound to", "behind it", "open to"].map(|word| (Ink::Strong, word.to_owned()));
    let mut lines = vec![head.to_vec()];
    for row in rows {
        let (ink, open_to) = open_to(row);
        lines.push(vec![
            (Ink::Strong, port(row)),
            (Ink::Plain, bound(row)),
            (Ink::Plain, row.door.behind.clone()),
            (ink, open_to),
        ]);
    }
    table::view(&lines, width)
}

fn port(row: &Row) -> String {
    format!("{}/{}", row.door.port, row.door.protocol)
}

fn bound(row: &Row) -> String {
    let addresses: Vec<String> = row.door.bound.iter().map(ToString::to_string).collect();
    match row.door.bound.iter().all(|address| address.is_unspecified()) {
        true => "everything".into(),
        false => addresses.join(", "),
    }
}

/// To whom, the widest first; what nobody can tell is said, too.
fn open_to(row: &Row) -> (Ink, String) {
    let with = |verdict: Verdict| {
        let found = row.open_to.iter().filter(move |(_, answer)| answer.verdict == verdict);
        found.map(|(who, _)| who.to_string()).collect::<Vec<_>>()
    };
    let (open, unknown) = (with(Verdict::Open), with(Verdict::Unknown));
    let list = |words: &[String]| and(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let mut words = if open.is_empty() { "nobody".to_owned() } else { list(&open) };
    if !unknown.is_empty() {
        words.push_str(&format!("; unknown: {}", list(&unknown)));
    }
    let to_the_world = row.answer(Who::World).is_some_and(Answer::is_open);
    (if to_the_world { Ink::Warning } else { Ink::Plain }, words)
}

fn explained(rows: &[Row], width: usize) -> Page {
    let mut text = Text::new(width);
    for row in rows {
        text.put(Ink::Strong, &port(row))
            .spaces(2)
            .put(Ink::Plain, &bound(row))
            .spaces(2)
            .put(Ink::Dim, &row.door.behind)
            .end();
        for (who, answer) in &row.open_to {
            let ink = match answer.verdict {
                Verdict::Open => Ink::Good,
                Verdict::Closed => Ink::Plain,
                Verdict::Unknown => Ink::Warning,
            };
            text.spaces(2).put(Ink::Plain, &format!("from {who}: ")).put(ink, &answer.verdict.to_string()).end();
            for because in &answer.because {
                text.spaces(4)
                    .put(Ink::Dim, &because.place)
                    .put(Ink::Dim, ": ")
                    .wrap(Ink::Plain, &because.line, 6)
                    .end();
            }
        }
    }
    text.done()
}

/// The model beside what was found from here.
pub(crate) fn compared(rows: &[Compared], width: usize) -> Page {
    let head = ["port", "model", "found", "", "because"].map(|word| (Ink::Strong, word.to_owned()));
    let mut lines = vec![head.to_vec()];
    for row in rows {
        let found = match row.found {
            Attempt::Open => "open",
            Attempt::Refused => "refused",
            Attempt::Silent => "silent",
        };
        let (ink, agree) = match row.agree {
            Some(true) => (Ink::Good, "agree"),
            Some(false) => (Ink::Error, "DIFFER"),
            None => (Ink::Dim, "–"),
        };
        lines.push(vec![
            (Ink::Strong, format!("{}/tcp", row.port)),
            (Ink::Plain, row.model.to_string()),
            (Ink::Plain, found.to_owned()),
            (ink, agree.to_owned()),
            (Ink::Dim, row.because.clone()),
        ]);
    }
    table::view(&lines, width)
}
