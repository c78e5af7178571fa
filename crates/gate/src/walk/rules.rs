//! A program by its bare name: its own code, or the rules of its family, and what they say is inside of the command.

use super::data::Data;
use super::{Walker, builtins};
use crate::argv::Argv;
use crate::effect::Effect;
use crate::families::{self, Program, Rule};
use crate::outcome::{self, Inner, Outcome, Source, Where};
use crate::pattern::{self, Fit};
use crate::place::Place;
use crate::read::HOLE;
use crate::shown;

/// More options of one command are not held against its rules.
const MOST_OPTIONS: usize = 1000;

impl Walker<'_> {
    /// Judges a program by its bare name.
    pub(super) fn program(&mut self, name: &str, argv: &[String], stdin: &Data) -> Data {
        self.rule = format!("shell/{name}");
        self.words = argv.join(" ");
        if argv.iter().filter(|word| word.starts_with('-')).count() > MOST_OPTIONS {
            self.unknown("it has more options than anybody reads", "");
            return Data::unknown();
        }
        if let Some(out) = builtins::run(self, name, argv, stdin) {
            return out;
        }
        let Some(program) = families::program(name) else {
            return self.stranger(name, argv, stdin);
        };
        self.rule = format!("{}/{name}", program.family);
        let read = Argv::read(program, argv);
        self.files(program, &read);
        self.results(argv.get(1..).unwrap_or_default());
        let carried = self.rules(program, name, &read, stdin);
        self.words = argv.join(" ");
        match carried {
            Some(out) => out,
            None => self.flow(name, argv, stdin),
        }
    }

    /// Tries the program's rules; gives what an inner command writes, where there is one.
    fn rules(&mut self, program: Program, name: &str, argv: &Argv, stdin: &Data) -> Option<Data> {
        let mut might = None;
        let wrapped = wrapped_from(program);
        for rule in program.rules() {
            let before = outcome::inner_from(rule.outcome).or(wrapped);
            match pattern::fit(rule.pattern, argv, program.style, before) {
                Fit::Yes => {
                    let out = self.outcomes(rule.outcome, Some(&rule), argv, stdin);
                    return out.or_else(|| self.doubt(might, argv));
                }
                Fit::Perhaps if rule.outcome != "allow" && !rule.pattern.starts_with('@') => {
                    might = might.or(Some(rule))
                }
                Fit::Perhaps | Fit::No => {}
            }
        }
        self.rule = format!("{}/{name}", program.family);
        self.doubt(might, argv);
        self.outcomes(program.otherwise, None, argv, stdin)
    }

    /// A rule that would fit if a word that is not known were the one.
    fn doubt(&mut self, might: Option<Rule>, argv: &Argv) -> Option<Data> {
        let rule = might?;
        // `docker rm …`: what is removed is not known; that it removes is. Only names of commands count.
        let hidden = argv.positionals.iter().take(2).any(|at| argv.words[*at].contains(HOLE));
        if hidden {
            let verb = argv.positional(0).unwrap_or_default();
            self.unknown(
                &format!("which of its commands is meant is only known when it runs: {}", shown(verb)),
                rule.instead,
            );
        }
        None
    }

    fn outcomes(&mut self, text: &str, rule: Option<&Rule>, argv: &Argv, stdin: &Data) -> Option<Data> {
        let (why, instead) = rule.map_or(("", ""), |rule| (rule.why, rule.instead));
        let mut out = None;
        for outcome in outcome::outcomes(text) {
            match outcome {
                Outcome::Allow => {}
                Outcome::Effect(effect) => self.found(effect, why, instead),
                // A filter behind it may let through what is no secret.
                Outcome::SecretOutput if self.captured > 0 => out = Some(Data::secrets()),
                Outcome::SecretOutput => self.found(Effect::SecretRead, why, instead),
                Outcome::Inner { what, source, place, as_root } => {
                    let mut at = self.placed(place, argv);
                    if as_root {
                        at = at.as_root();
                    }
                    let written = self.elsewhere(at, |inner| inner.carried(what, source, argv, stdin));
                    out = out.or(written);
                }
            }
        }
        out
    }

    fn placed(&self, place: Where, argv: &Argv) -> Place {
        let name = |index: usize| argv.positional(index).unwrap_or("?");
        match place {
            Where::Same => self.place.clone(),
            Where::Container(index) => self.place.in_container(name(index)),
            Where::Host(index) => self.place.on_host(name(index)),
            Where::Namespace(index) => self.place.in_namespace(name(index)),
            Where::Fresh => self.place.in_fresh(),
        }
    }

    /// Judges what a command carries.
    fn carried(&mut self, what: Inner, source: Source, argv: &Argv, stdin: &Data) -> Option<Data> {
        if what == Inner::Words {
            let Source::From(index) = source else { return None };
            let words = argv.from(index);
            return (!words.is_empty()).then(|| self.argv(words, stdin));
        }
        if what == Inner::Shell && source == Source::Stdin && stdin.text.is_empty() {
            self.opened_shell();
        }
        let texts: Vec<Data> = match source {
            Source::Stdin => vec![stdin.clone()],
            Source::Option(names) => names.split('|').flat_map(|name| argv.values(name)).map(Data::known).collect(),
            Source::From(index) if what == Inner::Shell => vec![Data::known(argv.from(index).join(" "))],
            Source::From(index) => argv.positional(index).map(Data::known).into_iter().collect(),
        };
        let mut out = None;
        for text in texts.into_iter().filter(|text| !text.text.trim().is_empty()) {
            let written = match what {
                Inner::Shell => self.shell(&text, stdin),
                Inner::ShellFile => {
                    let index = if let Source::From(index) = source { index } else { 0 };
                    self.script_file(&text.text, argv.from(index + 1), stdin)
                }
                Inner::Sql => self.sql(&text),
                Inner::SqlFile => self.sql_file(&text.text),
                Inner::Code => self.code(&text),
                Inner::CodeFile => self.code_file(&text.text),
                Inner::Words => Data::unknown(),
            };
            out = Some(written);
        }
        out
    }

    /// Judges shell text that comes from somewhere.
    pub(super) fn shell(&mut self, text: &Data, stdin: &Data) -> Data {
        if text.is_from_network() {
            self.found(Effect::RemoteCode, "", "");
            return Data::network();
        }
        if text.is_hidden() {
            self.unknown("it runs text that is only known when it runs", "");
            return Data::unknown();
        }
        self.text(&text.text, stdin)
    }
}

/// For a program that runs whatever follows its own words: where that begins. Options behind it are not the program's
/// own, whatever rule is tried: `sudo ls -l` does not list what sudo allows.
pub(super) fn wrapped_from(program: Program) -> Option<usize> {
    let wraps = program.rules().filter(|rule| rule.pattern.split_ascii_whitespace().all(|piece| piece == "*"));
    wraps.filter_map(|rule| outcome::inner_from(rule.outcome)).min()
}
