//! `piton gate allow`: a rule that loosens, for a while, in the operator's own piton.toml.
//!
//! What an approval is to one run, this is to the work of an evening. It always ends by itself, it is
//! written where the operator's other rules are, and it is taken from the operator alone.

use super::{operator, setting, state};
use crate::arguments::AllowArguments;
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::print::Screen;
use crate::print::page::Page;
use crate::print::text::Ink;
use jiff::Timestamp;
use piton_gate::{Effect, Policy};
use std::fs;
use std::io::ErrorKind;

/// Longer than this is no exception any more; it is written into piton.toml by hand.
const LONGEST_SECONDS: i64 = 24 * 3600;

pub(super) fn run(arguments: &AllowArguments, screen: &Screen) -> Ended {
    if Effect::from_name(&arguments.effect).is_none() {
        let what = format!("there is no effect `{}`", arguments.effect);
        return Err(Failure::usage(what, "`piton gate explain` lists them"));
    }
    let age = setting::age(&arguments.for_age)?;
    if age.as_secs() > LONGEST_SECONDS {
        return Err(Failure::usage("that is longer than a day", "write a rule without an end into piton.toml"));
    }
    let until = Timestamp::now().checked_add(age).map_err(|_| Failure::usage("that is no time", "write it as 1h"))?;
    let until = until.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let rule = rule(arguments, &until);
    let path = setting::operators_own().ok_or_else(|| Failure::usage("HOME is not set", "set it"))?;
    let before = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => return Err(Failure::file("read", &path, &error)),
    };
    let gap = if before.is_empty() || before.ends_with("\n\n") { "" } else { "\n" };
    let after = format!("{}{gap}{rule}", if before.is_empty() { before } else { before.trim_end().to_owned() + "\n" });
    // A file that cannot be read afterwards would take every other rule away with it.
    piton_gate::settings(&after, true, &setting::now(), &mut Policy::default()).map_err(|problem| {
        Failure::new(Exit::Failed, "gate/settings", format!("{}: {problem}", path.display()), "mend that first")
    })?;
    operator::present(screen, "a rule that loosens")?;
    let mut page = Page::default();
    page.put(Ink::Dim, &format!("to {}", path.display())).end();
    for line in rule.lines() {
        page.put(Ink::Good, "+ ").put(Ink::Plain, line).end();
    }
    screen.answer(page);
    if screen.ask("Add this rule? Type yes: ").as_deref() != Some("yes") {
        screen.say("nothing was changed");
        return Ok(Exit::Failed);
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| Failure::file("make", folder, &error))?;
    }
    state::write(&path, after.as_bytes()).map_err(|error| Failure::file("write", &path, &error))?;
    screen.say(&format!("{} is allowed there until {until}; the rule ends by itself", arguments.effect));
    Ok(Exit::Done)
}

fn rule(arguments: &AllowArguments, until: &str) -> String {
    let named = [
        ("effect", Some(arguments.effect.as_str())),
        ("environment", arguments.environment.as_deref()),
        ("host", arguments.host.as_deref()),
        ("path", arguments.path.as_deref()),
        ("command", arguments.command.as_deref()),
        ("until", Some(until)),
        ("because", arguments.because.as_deref()),
    ];
    let mut rule = "[[gate.rule]]\nverdict = \"allow\"\n".to_owned();
    for (key, value) in named {
        if let Some(value) = value {
            // A text of JSON is one of TOML too.
            rule.push_str(&format!("{key} = {}\n", serde_json::Value::from(value)));
        }
    }
    rule
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_is_one_that_is_read_whatever_is_in_its_texts() {
        let arguments = AllowArguments {
            effect: "service-change".into(),
            for_age: "1h".into(),
            environment: Some("stage".into()),
            host: None,
            path: Some("/srv/\"a\" \\ b".into()),
            command: None,
            because: Some("tonight\nonly".into()),
        };
        let text = rule(&arguments, "2026-06-01T13:00:00Z");
        let mut policy = Policy::default();
        piton_gate::settings(&text, true, "2026-06-01T12:00:00Z", &mut policy).unwrap();
        assert_eq!(policy.overrides.len(), 1);
        assert_eq!(policy.overrides[0].path.as_deref(), Some("/srv/\"a\" \\ b"));
    }
}
