//! The map of a host as people read it: a port, where it is bound, what is behind it, and to whom it
//! is open; with the deciding lines where they are asked for.

use super::page::Page;
use super::table;
use super::text::{Ink, Text, and};
use crate::commands::reach::{Compared, HostPorts, PortRow};
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
        let (ink, open_to) = open_to(row, Who::to_string);
        lines.push(vec![
            (Ink::Strong, port(row)),
            (Ink::Plain, bound(row)),
            (Ink::Plain, row.door.behind.clone()),
            (ink, open_to),
        ]);
    }
    table::view(&lines, width)
}

/// Every port of the site, host by host.
pub(crate) fn ports(hosts: &[HostPorts], width: usize) -> Page {
    let head = ["host", "port", "service", "bound to", "open to"].map(|word| (Ink::Strong, word.to_owned()));
    let mut lines = vec![head.to_vec()];
    for HostPorts { host, rows, .. } in hosts {
        for (number, rows) in rows.chunk_by(follows).enumerate() {
            let ([PortRow { row, page }, ..], Some(last)) = (rows, rows.last()) else { continue };
            let (ink, mut open_to) = open_to(row, short);
            if open_to == short(&Who::Host) {
                open_to.push_str(" only");
            }
            if let Some(page) = page {
                open_to.push_str(&format!("; {} by {}", page.domain, page.by));
            }
            lines.push(vec![
                (Ink::Strong, if number == 0 { host.clone() } else { String::new() }),
                (Ink::Strong, ports_of(row, &last.row)),
                (Ink::Plain, row.door.behind.clone()),
                (Ink::Plain, bound(row)),
                (ink, open_to),
            ]);
        }
    }
    let mut page = table::view(&lines, width);
    let foretold: Vec<&str> = hosts.iter().filter(|it| it.foretold).map(|it| it.host.as_str()).collect();
    if !foretold.is_empty() {
        let words = format!("Foretold from the site for {}: nobody was asked.", and(&foretold));
        let mut text = Text::new(width);
        text.wrap(Ink::Dim, &words, 0).end();
        page.push(&text.done());
    }
    for HostPorts { host, doubts, .. } in hosts {
        page.push(&self::doubts(host, doubts, width));
    }
    page
}

/// What the table may be short of.
pub(crate) fn doubts(host: &str, doubts: &[String], width: usize) -> Page {
    let mut text = Text::new(width);
    if !doubts.is_empty() {
        text.wrap(Ink::Warning, &format!("More may be open on {host}. Not foretold:"), 0).end();
    }
    for doubt in doubts {
        text.put(Ink::Plain, "- ").wrap(Ink::Plain, doubt, 2).end();
    }
    text.done()
}

fn port(row: &Row) -> String {
    format!("{}/{}", row.door.port, row.door.protocol)
}

/// A row of ports of which the same holds: `8000-9100/tcp`.
fn ports_of(first: &Row, last: &Row) -> String {
    match first.door.port == last.door.port {
        true => port(first),
        false => format!("{}-{}", first.door.port, port(last)),
    }
}

/// Whether a line is the next port, and says the same of it.
fn follows(one: &PortRow, next: &PortRow) -> bool {
    let (door, other) = (&one.row.door, &next.row.door);
    let verdicts = |row: &PortRow| row.row.open_to.iter().map(|(who, it)| (*who, it.verdict)).collect::<Vec<_>>();
    door.port.checked_add(1) == Some(other.port)
        && (door.protocol, &door.behind, &door.bound) == (other.protocol, &other.behind, &other.bound)
        && one.page.is_none()
        && next.page.is_none()
        && verdicts(one) == verdicts(next)
}

fn bound(row: &Row) -> String {
    let addresses: Vec<String> = row.door.bound.iter().map(ToString::to_string).collect();
    match row.door.bound.iter().all(|address| address.is_unspecified()) {
        true => "everything".into(),
        false => addresses.join(", "),
    }
}

/// To whom, the widest first; what nobody can tell is said, too.
fn open_to(row: &Row, word: impl Fn(&Who) -> String) -> (Ink, String) {
    let with = |verdict: Verdict| {
        let found = row.open_to.iter().filter(move |(_, answer)| answer.verdict == verdict);
        found.map(|(who, _)| word(who)).collect::<Vec<_>>()
    };
    let (open, unknown) = (with(Verdict::Open), with(Verdict::Unknown));
    let list = |words: &[String]| and(&words.iter().map(String::as_str).collect::<Vec<_>>());
    let mut words = match open.len() {
        0 => "nobody".to_owned(),
        // The world, and whoever there is besides.
        count if count == row.open_to.len() && count > 1 && open_to_the_world(row) => "everyone".to_owned(),
        _ => list(&open),
    };
    if !unknown.is_empty() {
        words.push_str(&format!("; unknown: {}", list(&unknown)));
    }
    (if open_to_the_world(row) { Ink::Warning } else { Ink::Plain }, words)
}

/// Who it is in one word, for a narrow column.
fn short(who: &Who) -> String {
    match who {
        Who::World => "world".into(),
        Who::Mesh => "mesh".into(),
        Who::Containers => "containers".into(),
        Who::Host => "host".into(),
        Who::Address(address) => address.to_string(),
    }
}

fn open_to_the_world(row: &Row) -> bool {
    row.answer(Who::World).is_some_and(Answer::is_open)
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
