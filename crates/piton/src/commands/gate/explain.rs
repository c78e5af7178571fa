//! `piton gate explain`: what an effect is, what becomes of it, and what to do instead.

use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::print::page::Page;
use crate::print::text::Ink;
use crate::print::{Screen, json, table};
use piton_gate::{Effect, MEANINGS, Meaning};
use serde_json::{Value, json};

pub(super) fn run(effect: Option<&str>, screen: &Screen) -> Ended {
    let Some(name) = effect else {
        match screen.is_json() {
            true => screen.answer_json(&json::object(
                "piton.gate-effects/1",
                json!({ "effects": MEANINGS.iter().map(as_json).collect::<Vec<_>>() }),
            )),
            false => screen.answer(all(screen.width())),
        }
        return Ok(Exit::Done);
    };
    let Some(effect) = Effect::from_name(name) else {
        return Err(Failure::usage(format!("there is no effect `{name}`"), "`piton gate explain` lists them"));
    };
    let meaning = effect.meaning();
    match screen.is_json() {
        true => screen.answer_json(&json::object("piton.gate-effect/1", as_json(meaning))),
        false => screen.answer(one(meaning)),
    }
    Ok(Exit::Done)
}

fn as_json(meaning: &Meaning) -> Value {
    json!({
        "effect": meaning.name,
        "on_host": meaning.on_host.name(),
        "in_container": meaning.in_container.name(),
        "why": meaning.why,
        "instead": meaning.instead,
    })
}

fn all(width: usize) -> Page {
    let rows = MEANINGS.iter().map(|meaning| {
        vec![
            (Ink::Strong, meaning.name.to_owned()),
            (Ink::Plain, meaning.on_host.name().to_owned()),
            (Ink::Plain, meaning.why.to_owned()),
        ]
    });
    table::view(&rows.collect::<Vec<_>>(), width)
}

fn one(meaning: &Meaning) -> Page {
    let mut page = Page::default();
    page.put(Ink::Strong, meaning.name).put(Ink::Plain, &format!(": {}", meaning.why)).end();
    page.put(
        Ink::Plain,
        &format!("  on a host: {}; in a container: {}", meaning.on_host.name(), meaning.in_container.name()),
    );
    page.end();
    page.put(Ink::Plain, &format!("  instead: {}", meaning.instead)).end();
    page
}
