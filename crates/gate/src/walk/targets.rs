//! Runners of recipes: `make`, `npm run`, `just`. The recipes are read where they are at hand; where not, names count.

use super::Walker;
use super::carriers::joined;
use super::data::Data;
use crate::effect::Effect;
use crate::read::HOLE;
use crate::recipes;

/// `make TARGET`: the recipes of the targets, and of what they need.
pub(super) fn make(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    walker.rule = "build/make".to_owned();
    let mut file = None;
    let mut folder = None;
    let mut targets = Vec::new();
    let mut variables = Vec::new();
    let mut evaluated: Vec<String> = Vec::new();
    let mut words = argv[1..].iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-f" | "--file" | "--makefile" => file = words.next().cloned(),
            "--eval" => evaluated.extend(words.next().cloned()),
            other if other.starts_with("--eval=") => evaluated.push(other["--eval=".len()..].to_owned()),
            "-C" | "--directory" => folder = words.next().cloned(),
            "-n" | "--dry-run" | "--just-print" | "-q" | "--question" | "-v" | "--version" | "--help" => {
                return Some(Data::default());
            }
            "-j" | "-o" | "-W" | "-I" | "-l" => {}
            other if other.starts_with("-f") && !other.starts_with("--") => file = Some(other[2..].to_owned()),
            other if other.starts_with('-') => {}
            other => match other.split_once('=') {
                Some((name, value)) => {
                    // It runs while make reads.
                    if let Some((_, inner)) = value.split_once("$(shell ") {
                        walker.text(inner.trim_end_matches(')'), &Data::default());
                    }
                    variables.push((name.to_owned(), value.to_owned()));
                }
                None => targets.push(other.to_owned()),
            },
        }
    }
    let outer = walker.folder.clone();
    if let Some(folder) = folder {
        walker.folder = Some(walker.path(&folder));
    }
    let mut from_network = false;
    let text = match file.as_deref() {
        Some("-" | "/dev/stdin") => {
            from_network |= stdin.is_from_network();
            Some(stdin.text.clone())
        }
        Some("/dev/fd/63") => {
            from_network |= walker.last_process.is_from_network();
            Some(walker.last_process.text.clone())
        }
        Some(file) => walker.text_of_first(&[file]),
        None => walker.text_of_first(&["GNUmakefile", "makefile", "Makefile"]),
    };
    let own_words = walker.words.clone();
    if from_network {
        walker.found(Effect::RemoteCode, "takes its rules from the network", "");
    }
    let text = match evaluated.is_empty() {
        true => text,
        false => Some(format!("{}\n{}", evaluated.join("\n"), text.unwrap_or_default())),
    };
    for (_, value) in variables.iter().filter(|(name, _)| name == "SHELL" || name == "MAKE") {
        walker.text(value, &Data::default());
    }
    if let Some(text) = &text {
        for line in recipes::make(text, &targets, &variables) {
            walker.text(&line, &Data::default());
        }
    }
    walker.rule = "build/make".to_owned();
    walker.words = own_words;
    for target in &targets {
        if target.contains(HOLE) {
            walker.unknown("which target is meant is only known when it runs", "");
        }
        walker.recipe_by_name(target);
    }
    walker.folder = outer;
    Some(Data::unknown())
}

/// `npm run NAME` and its like: the script in package.json.
pub(super) fn package_script(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    let mut words = argv[1..].iter().filter(|word| !word.starts_with('-'));
    let verb = words.next()?.as_str();
    let name = match verb {
        "run" | "run-script" => words.next()?.clone(),
        "pkg" => {
            for script in argv.iter().filter(|word| word.starts_with("scripts.")) {
                walker.text(script.split_once('=').map_or("", |(_, script)| script), &Data::default());
            }
            return None;
        }
        "exec" | "x" | "dlx" => {
            if let Some(pair) = argv.windows(2).find(|pair| matches!(pair[0].as_str(), "-c" | "--call")) {
                return Some(walker.text(&pair[1].clone(), stdin));
            }
            let dashes = argv.iter().position(|word| word == "--");
            let inner = match dashes {
                Some(at) => argv.get(at + 1..).unwrap_or_default().to_vec(),
                None => words.cloned().collect(),
            };
            return Some(walker.argv(&inner, stdin));
        }
        "test" | "start" | "stop" | "restart" | "t" => verb.to_owned(),
        _ => return None,
    };
    let text = walker.text_of_first(&["package.json"]);
    if let Some(text) = &text {
        let dashes = argv.iter().position(|word| word == "--");
        let more = dashes.and_then(|at| argv.get(at + 1..)).map(joined).unwrap_or_default();
        for script in recipes::package(text, &name) {
            let script = if more.is_empty() { script } else { format!("{script} {more}") };
            walker.text(&script, &Data::default());
        }
    }
    walker.rule = "build/npm".to_owned();
    walker.words = argv.join(" ");
    walker.recipe_by_name(&name);
    Some(Data::unknown())
}

/// `task NAME`: its recipes are not read.
pub(super) fn task(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
    for name in argv[1..].iter().filter(|word| !word.starts_with('-')) {
        walker.recipe_by_name(name);
    }
    Some(Data::unknown())
}

/// `just NAME`.
pub(super) fn just(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
    walker.rule = "build/just".to_owned();
    if argv.iter().any(|word| matches!(word.as_str(), "--shell" | "-c" | "--command" | "--shell-arg")) {
        walker.unknown("runs a command that is none of its recipes", "");
    }
    let names: Vec<String> =
        argv[1..].iter().filter(|word| !word.starts_with('-') && !word.contains('=')).cloned().collect();
    if argv.iter().any(|word| matches!(word.as_str(), "-l" | "--list" | "-n" | "--dry-run" | "--summary" | "--show")) {
        return Some(Data::default());
    }
    if let Some(text) = walker.text_of_first(&["justfile", "Justfile", ".justfile"]) {
        for line in recipes::just(&text, &names) {
            walker.text(&line, &Data::default());
        }
    }
    walker.rule = "build/just".to_owned();
    walker.words = argv.join(" ");
    for name in names.iter().take(1) {
        walker.recipe_by_name(name);
    }
    Some(Data::unknown())
}
