//! `piton secrets`: names on the screen, values in `secrets.age`, and nowhere else.

mod edit;

use crate::arguments::{SecretsArguments, SecretsVerb};
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::print::page::Page;
use crate::print::text::{Ink, count};
use crate::print::{Screen, json, table};
use crate::sealed_file::SealedFile;
use crate::site_folder::SiteFolder;
use piton_catalog::{NeededSecret, secret_needs};
use piton_config::Problem;
use piton_plan::stack::Made;
use piton_secrets::{Secret, Secrets, make};
use serde_json::{Value, json};
use std::io::Read;
use zeroize::Zeroizing;

/// Longer than any key; the rest is not read.
const LONGEST: u64 = 64 << 10;

pub(super) fn run(arguments: &SecretsArguments, screen: &Screen) -> Ended {
    let folder = SiteFolder::open(arguments.site.as_deref())?;
    let file = SealedFile::of(&folder, &arguments.identity.identity, screen)?;
    let before = file.read()?;
    let mut secrets = before.clone();
    match &arguments.verb {
        SecretsVerb::List => return list(&folder, &secrets, screen),
        SecretsVerb::Set { name } => {
            let value = given(name, screen)?;
            note_what_looks_odd(name, &value, &folder, screen);
            secrets.set(name, value).map_err(|error| bad(&error))?;
        }
        SecretsVerb::Edit => {
            if let Some(edited) = edit::edit(&secrets)? {
                secrets = edited;
            }
        }
        SecretsVerb::Rotate { names, anyway } => {
            let needs = needs(&folder)?;
            for name in names {
                rotate(name, &needs, *anyway, &mut secrets).map_err(|failure| folder.explain(failure))?;
            }
        }
        SecretsVerb::Generate => generate(&needs(&folder)?, &mut secrets)?,
    }
    let changed = secrets.changed_since(&before);
    if !changed.is_empty() {
        file.write(&secrets)?;
    }
    tell(&changed, &file, screen);
    Ok(Exit::Done)
}

fn tell(changed: &[String], file: &SealedFile, screen: &Screen) {
    let words = match changed.is_empty() {
        true => "Nothing was changed.\n".to_owned(),
        false => format!("Sealed in {}: {}\n", file.path().display(), changed.join(", ")),
    };
    screen.answer_or_json(&json::object("piton.secrets/1", json!({ "changed": changed })), words);
}

/// Makes what is missing and can be made.
fn generate(needs: &[NeededSecret], secrets: &mut Secrets) -> Result<(), Failure> {
    for needed in needs.iter().filter(|needed| secrets.get(&needed.need.name).is_none()).collect::<Vec<_>>() {
        made_for(&needed.need.name, needed.need.made, secrets)?;
    }
    Ok(())
}

/// Makes a value where one can be made.
pub(crate) fn made_for(name: &str, kind: Made, secrets: &mut Secrets) -> Result<(), Failure> {
    match made(kind)? {
        Some(value) => secrets.set(name, value).map(drop).map_err(|error| bad(&error)),
        None => Ok(()),
    }
}

fn rotate(name: &str, needs: &[NeededSecret], anyway: bool, secrets: &mut Secrets) -> Result<(), Failure> {
    let Some(needed) = needs.iter().find(|needed| needed.need.name == name) else {
        let names: Vec<&str> = needs.iter().map(|needed| needed.need.name.as_str()).collect();
        let help = format!("it needs: {}", if names.is_empty() { "none".to_owned() } else { names.join(", ") });
        return Err(Failure::new(Exit::Usage, "secrets/unknown", format!("the site needs no secret `{name}`"), help));
    };
    if needed.need.permanent && secrets.get(name).is_some() && !anyway {
        let what = format!("what `{name}` encrypted can be read with no other value, and would be lost");
        let problem =
            Problem::new("secrets/permanent", what).at(&needed.origin, "needed here").note(&needed.need.about);
        let help = "keep it; where nothing is encrypted yet, or it may be lost: `--anyway`";
        return Err(Failure::of(Exit::Usage, vec![problem.help(help)]));
    }
    let Some(value) = made(needed.need.made)? else {
        let what = format!("`{name}` is given by somebody else, so piton cannot make a new one");
        let problem = Problem::new("secrets/not-ours", what).at(&needed.origin, "needed here");
        let help = format!("get a new one where it comes from, then `piton secrets set {name}`");
        return Err(Failure::of(Exit::Usage, vec![problem.help(help)]));
    };
    secrets.set(name, value).map(drop).map_err(|error| bad(&error))
}

fn made(made: Made) -> Result<Option<Secret>, Failure> {
    make(made).map_err(|error| {
        let what = format!("this machine has no random numbers: {error}");
        Failure::new(Exit::Failed, "secrets/random", what, "nothing was changed")
    })
}

fn needs(folder: &SiteFolder) -> Result<Vec<NeededSecret>, Failure> {
    secret_needs(&folder.site).map_err(|problems| folder.explain(Failure::catalog(problems)))
}

/// A value from stdin, or typed unseen. The line break at its end is the terminal's, not the value's.
fn given(name: &str, screen: &Screen) -> Result<Secret, Failure> {
    if screen.can_ask() {
        let typed = screen.ask_hidden(&format!("Value of {name} (not shown): "));
        return typed.ok_or_else(|| bad(&piton_secrets::ReadError::Empty(name.to_owned())));
    }
    let mut text = Zeroizing::new(String::new());
    let read = std::io::stdin().take(LONGEST + 2).read_to_string(&mut text);
    read.map_err(|error| Failure::usage(format!("the value cannot be read: {error}"), "give it on stdin, as text"))?;
    if text.contains('\0') {
        let help = "nothing was changed; a file that is no text can be given in base64";
        return Err(Failure::usage(
            "the value holds a byte of zero, which no environment and no config file can",
            help,
        ));
    }
    let value = text.strip_suffix('\n').unwrap_or(&text);
    Ok(Secret::new(value.strip_suffix('\r').unwrap_or(value)))
}

/// A name that nobody needs is a slip more often than not, and so is a value of many lines.
fn note_what_looks_odd(name: &str, value: &Secret, folder: &SiteFolder, screen: &Screen) {
    // A site with mistakes still takes its secrets.
    let needs = secret_needs(&folder.site).unwrap_or_default();
    let names = || needs.iter().map(|needed| needed.need.name.as_str());
    if !names().any(|needed| needed == name) {
        let meant = piton_config::nearest(name, names()).map(|near| format!("; did you mean `{near}`?"));
        screen.say(&format!("note: no service of the site needs `{name}`{}", meant.unwrap_or_default()));
    }
    let lines = value.reveal().lines().count();
    if lines > 1 {
        screen.say(&format!("note: the value has {lines} lines; the value of an environment variable has one"));
    }
}

fn bad(error: &piton_secrets::ReadError) -> Failure {
    Failure::usage(format!("the secret was not set: {error}"), "nothing was changed")
}

fn list(folder: &SiteFolder, secrets: &Secrets, screen: &Screen) -> Ended {
    let needs = needs(folder)?;
    let unused = secrets.names().filter(|name| !needs.iter().any(|needed| needed.need.name == *name));
    let unused: Vec<&str> = unused.collect();
    let is_missing = |needed: &&NeededSecret| secrets.get(&needed.need.name).is_none() && !needed.need.optional;
    let missing = needs.iter().filter(is_missing).count();
    screen
        .answer_or_json(&as_json(folder, &needs, secrets, &unused), as_words(folder, &needs, secrets, &unused, screen));
    match missing {
        0 => Ok(Exit::Done),
        _ => Ok(Exit::Failed),
    }
}

fn as_words(folder: &SiteFolder, needs: &[NeededSecret], secrets: &Secrets, unused: &[&str], screen: &Screen) -> Page {
    let mut rows: Vec<Vec<(Ink, String)>> = Vec::new();
    for needed in needs {
        let need = &needed.need;
        let (ink, state) = match (secrets.get(&need.name).is_some(), need.optional) {
            (true, _) => (Ink::Good, "set"),
            (false, true) => (Ink::Dim, "not set, and may be missing"),
            (false, false) => (Ink::Error, "missing"),
        };
        let about = match line(folder, needed) {
            Some(line) => format!("{} ({}:{line})", need.about, folder.file),
            None => need.about.clone(),
        };
        rows.push(vec![(Ink::Strong, need.name.clone()), (ink, state.to_owned()), (Ink::Plain, about)]);
    }
    for name in unused {
        rows.push(vec![
            (Ink::Strong, (*name).to_owned()),
            (Ink::Warning, "set".to_owned()),
            (Ink::Dim, "no service of the site needs it".to_owned()),
        ]);
    }
    let mut page = table::view(&rows, screen.width());
    let missing = needs.iter().filter(|needed| secrets.get(&needed.need.name).is_none() && !needed.need.optional);
    let (made, given): (Vec<_>, Vec<_>) = missing.partition(|needed| needed.need.made != Made::ByOperator);
    if !made.is_empty() {
        let words = format!("{} can be made: `piton secrets generate`", count(made.len(), "missing secret"));
        page.put(Ink::Plain, &words).end();
    }
    for needed in given {
        page.put(Ink::Plain, &format!("`piton secrets set {}` takes it from stdin", needed.need.name)).end();
    }
    page
}

fn as_json(folder: &SiteFolder, needs: &[NeededSecret], secrets: &Secrets, unused: &[&str]) -> Value {
    let one = |needed: &NeededSecret| {
        json!({
            "name": needed.need.name,
            "about": needed.need.about,
            "set": secrets.get(&needed.need.name).is_some(),
            "optional": needed.need.optional,
            "made": json::value(&needed.need.made),
            "service": needed.service,
            "hosts": needed.hosts,
            "file": folder.file,
            "line": line(folder, needed),
        })
    };
    let needs: Vec<Value> = needs.iter().map(one).collect();
    json::object("piton.secrets/1", json!({ "needed": needs, "unused": unused }))
}

fn line(folder: &SiteFolder, needed: &NeededSecret) -> Option<usize> {
    let span = needed.origin.span().filter(|span| span.file == folder.file)?;
    let before = folder.text.get(..span.range.start)?;
    Some(before.matches('\n').count() + 1)
}
