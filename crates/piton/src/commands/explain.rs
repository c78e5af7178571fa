//! `piton explain` and `piton rules`: what the rules say about themselves.

use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::print::text::Ink;
use crate::print::{Screen, json, table};
use piton_check::{RULES, rule};
use piton_config::Problem;
use serde_json::json;

pub(super) fn run(id: &str, screen: &Screen) -> Ended {
    let Some(rule) = rule(id) else {
        let near = piton_config::nearest(id, RULES.iter().map(|rule| rule.id));
        let problem = Problem::new("usage", format!("there is no rule `{id}`")).suggest(near);
        return Err(Failure::of(Exit::Usage, vec![problem.help("`piton rules` lists them")]));
    };
    screen.answer(piton_check::page(rule));
    Ok(Exit::Done)
}

pub(super) fn list(as_json: bool, screen: &Screen) -> Ended {
    if as_json {
        let rules = RULES.iter().map(|rule| {
            json::object(
                "piton.rule/1",
                json!({
                    "id": rule.id,
                    "severity": rule.severity.name(),
                    "confidence": rule.confidence.name(),
                    "strict": rule.strict,
                    "kinds": rule.kinds().iter().map(|kind| kind.name()).collect::<Vec<_>>(),
                    "title": rule.title(),
                    "why": rule.why(),
                }),
            )
        });
        screen.answer_json(&rules.collect());
        return Ok(Exit::Done);
    }
    let row = |rule: &piton_check::Rule| {
        let strict = if rule.strict { ", strict" } else { "" };
        vec![
            (Ink::Strong, rule.id.to_owned()),
            (Ink::Dim, format!("{}{strict}", rule.severity.name())),
            (Ink::Plain, rule.title()),
        ]
    };
    screen.answer(table::view(&RULES.iter().map(row).collect::<Vec<_>>(), screen.width()));
    Ok(Exit::Done)
}
