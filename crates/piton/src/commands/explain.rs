//! `piton explain` and `piton rules`: what the rules say about themselves.

use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::print::text::Ink;
use crate::print::{Screen, json, table};
use piton_check::{RULES, Rule, rule};
use piton_config::Problem;
use serde_json::{Value, json};

pub(super) fn run(id: &str, as_json: bool, screen: &Screen) -> Ended {
    let Some(rule) = rule(id) else {
        let near = piton_config::nearest(id, RULES.iter().map(|rule| rule.id));
        let problem = Problem::new("usage", format!("there is no rule `{id}`")).suggest(near);
        return Err(Failure::of(Exit::Usage, vec![problem.help("`piton rules` lists them")]));
    };
    match as_json {
        true => {
            let mut said = about(rule);
            said["page"] = json!(piton_check::page(rule));
            said["examples"] = examples(rule);
            screen.answer_json(&said);
        }
        false => screen.answer(piton_check::page(rule)),
    }
    Ok(Exit::Done)
}

/// What `piton rules` and `piton explain` both say of a rule.
fn about(rule: &Rule) -> Value {
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
}

/// The files that show it, bad and good.
fn examples(rule: &Rule) -> Value {
    let shown = piton_check::examples(rule).into_iter().map(|example| {
        let files = example.files.iter().map(|(path, text)| json!({ "path": path, "text": text }));
        json!({ "bad": example.is_bad, "files": files.collect::<Vec<_>>() })
    });
    shown.collect()
}

pub(super) fn list(as_json: bool, screen: &Screen) -> Ended {
    if as_json {
        screen.answer_json(&RULES.iter().map(about).collect());
        return Ok(Exit::Done);
    }
    let row = |rule: &Rule| {
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
