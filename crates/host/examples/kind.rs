//! Tries one resource for real: `kind observe|differences|apply|save|restore|remove < resource.json`.
//!
//! `save` prints what `restore` and `remove` read back from the file that is their argument. It
//! changes the machine that it runs on, so it is for lab hosts.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for people to run by hand")]

use piton_host::guard::Leave;
use piton_host::kind;
use piton_host::saved::{self, Saved, Undo};
use piton_host::system::{Fault, System};
use piton_plan::Resource;
use std::io::Read;

fn main() {
    if let Err(error) = run() {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let resources: Vec<Resource> = match text.trim_start().starts_with('[') {
        true => serde_json::from_str(&text)?,
        false => vec![serde_json::from_str(&text)?],
    };
    let system = System::host().on_line(|line| eprintln!("  {line}")).on_note(|line| eprintln!("  {line}"));
    match words.first().map(String::as_str) {
        Some("observe") => show(&look(&system, &resources)?),
        Some("differences") => {
            let seen = look(&system, &resources)?;
            let found = resources.iter().zip(&seen).map(|(resource, (key, seen))| (key, resource.differences(seen)));
            show(&found.filter(|(_, found)| !found.is_empty()).collect::<Vec<_>>())
        }
        Some("apply") => kind::apply(&system, &Leave::waived(), &resources.iter().collect::<Vec<_>>()).map_err(tell)?,
        Some("save") => {
            let all: Result<Vec<_>, _> =
                resources.iter().map(|resource| saved::save(&system, &kind::footprint(resource))).collect();
            show(&all.map_err(tell)?)
        }
        Some("restore") => {
            let later = words.get(2).is_some_and(|word| word == "later");
            let undo = if later { Undo::Later } else { Undo::Open };
            for (resource, before) in resources.iter().zip(before(&words)?).rev() {
                saved::restore(&system, &before, &kind::footprint(resource).settle, undo).map_err(tell)?;
            }
        }
        Some("remove") => {
            for (resource, before) in resources.iter().zip(before(&words)?).rev() {
                kind::remove(&system, &Leave::waived(), resource, &before).map_err(tell)?;
            }
        }
        _ => return Err("kind observe|differences|apply|save|restore FILE [later]|remove FILE < resource.json".into()),
    }
    Ok(())
}

fn look(
    system: &System,
    resources: &[Resource],
) -> Result<Vec<(piton_plan::Key, piton_plan::Observed)>, Box<dyn std::error::Error>> {
    Ok(kind::observe_all(system, resources).map_err(tell)?)
}

fn before(words: &[String]) -> Result<Vec<Vec<Saved>>, Box<dyn std::error::Error>> {
    let path = words.get(1).ok_or("which file has what was saved?")?;
    Ok(serde_json::from_str(&std::fs::read_to_string(path)?)?)
}

fn tell(fault: Fault) -> String {
    serde_json::to_string_pretty(&fault).unwrap_or_else(|_| fault.to_string())
}

fn show<T: serde::Serialize>(value: &T) {
    println!("{}", serde_json::to_string_pretty(value).unwrap_or_default());
}
