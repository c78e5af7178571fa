//! `[check]` in `piton.toml`: what a repository has decided about its rules.

use crate::arguments::CheckArguments;
use crate::exit::Exit;
use crate::failure::Failure;
use piton_check::{Finding, RULES, Selection};
use piton_config::Problem;
use piton_config::read::{Kind, Value, read};
use std::path::PathBuf;

const FILE: &str = "piton.toml";

#[derive(Debug, Default)]
pub(super) struct Settings {
    select: Vec<String>,
    ignore: Vec<String>,
    strict: bool,
    pub(super) baseline: Option<PathBuf>,
    /// The beginning of a path, and the rules that do not count below it.
    paths: Vec<(String, Vec<String>)>,
}

impl Settings {
    /// Reads the file where it is; a repository without one has decided nothing.
    pub(super) fn read() -> Result<Settings, Failure> {
        let Ok(text) = std::fs::read_to_string(FILE) else { return Ok(Settings::default()) };
        let document = read(FILE, text.as_bytes(), Some(Kind::Toml));
        if let Some(fault) = document.faults.first() {
            return Err(Failure::usage(format!("{FILE}: {}", fault.what), "see `piton help check`"));
        }
        let Some(check) = document.root().get("check") else { return Ok(Settings::default()) };
        let mut settings = Settings::default();
        for (key, value) in check.entries() {
            match key.text().unwrap_or_default() {
                "select" => settings.select = words(value),
                "ignore" => settings.ignore = words(value),
                "strict" => settings.strict = value.is_true(),
                "baseline" => settings.baseline = value.text().map(PathBuf::from),
                "paths" => {
                    let entries = value.entries().into_iter();
                    settings.paths =
                        entries.filter_map(|(path, rules)| Some((path.text()?.to_owned(), words(rules)))).collect();
                }
                stranger => {
                    let help = "known keys: select, ignore, strict, baseline, paths";
                    return Err(Failure::usage(format!("{FILE}: [check] has no key `{stranger}`"), help));
                }
            }
        }
        Ok(settings)
    }

    /// What runs: the command line counts, and where it says nothing, the file does.
    pub(super) fn selection(&self, arguments: &CheckArguments) -> Result<Selection, Failure> {
        let select = if arguments.select.is_empty() { self.select.clone() } else { arguments.select.clone() };
        let ignore: Vec<String> = self.ignore.iter().chain(&arguments.ignore).cloned().collect();
        for name in select.iter().chain(&ignore) {
            let one = Selection { select: vec![name.clone()], ..Selection::default() };
            if !RULES.iter().any(|rule| one.wants(rule)) {
                let problem = Problem::new("usage", format!("there is no rule `{name}`, and no family of that name"));
                let near = piton_config::nearest(name, RULES.iter().map(|rule| rule.id));
                return Err(Failure::of(Exit::Usage, vec![problem.suggest(near).help("`piton rules` lists them")]));
            }
        }
        Ok(Selection { select, ignore, strict: arguments.strict || self.strict })
    }

    /// Whether the file says that a rule does not count where this was found.
    pub(super) fn silences(&self, finding: &Finding) -> bool {
        self.paths.iter().any(|(path, rules)| {
            let selection = Selection { ignore: rules.clone(), strict: true, ..Selection::default() };
            finding.path.starts_with(path.as_str()) && !selection.wants(finding.rule)
        })
    }
}

fn words(value: Value) -> Vec<String> {
    value.one_or_many().into_iter().filter_map(Value::text).map(str::to_owned).collect()
}
