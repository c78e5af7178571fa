//! One simple command: expanded, followed through functions and carriers, and held against the families.

use super::data::Data;
use super::{Walker, builtins, fetch};
use crate::argv::Argv;
use crate::effect::Effect;
use crate::families::{self, Program, Rule};
use crate::outcome::{self, Inner, Outcome, Source, Where};
use crate::paths::Access;
use crate::pattern::{self, Fit};
use crate::place::Place;
use crate::read::syntax::{Assignment, Redirect, Word};
use crate::read::{HOLE, MARKS};
use crate::shown;

/// Variables whose value some program runs as a command.
const RUN_BY_OTHERS: &[&str] = &[
    "GIT_SSH_COMMAND",
    "GIT_SSH",
    "GIT_EDITOR",
    "GIT_PAGER",
    "GIT_EXTERNAL_DIFF",
    "GIT_ASKPASS",
    "GIT_SEQUENCE_EDITOR",
    "EDITOR",
    "VISUAL",
    "PAGER",
    "MANPAGER",
    "LESSOPEN",
    "LESSCLOSE",
    "PROMPT_COMMAND",
    "BROWSER",
    "SUDO_ASKPASS",
    "SSH_ASKPASS",
    "RSYNC_RSH",
    "CVS_RSH",
];

/// Variables through which code gets into programs that run later.
const CODE_PATHS: &[&str] = &["LD_PRELOAD", "LD_AUDIT", "BASH_ENV", "ENV", "PYTHONSTARTUP", "PERL5OPT", "RUBYOPT"];

/// More options of one command are not held against its rules.
const MOST_OPTIONS: usize = 1000;

/// How many other values and folders one command is judged with.
const MOST_ALTERNATIVES: usize = 4;

#[derive(Debug)]
enum Alternative {
    Value(String, Data),
    Folder(String),
}

impl Walker<'_> {
    /// Judges a simple command; again for what its variables and its folder may be as well.
    pub(super) fn simple(
        &mut self,
        assignments: &[Assignment],
        words: &[Word],
        redirects: &[Redirect],
        stdin: &Data,
    ) -> Data {
        let others = self.alternatives(words);
        let out = self.simple_once(assignments, words, redirects, stdin);
        for other in others {
            let kept = (self.variables.clone(), self.folder.clone(), self.others.clone());
            match other {
                Alternative::Value(name, value) => {
                    self.variables.insert(name, value);
                }
                Alternative::Folder(folder) => self.folder = Some(folder),
            }
            self.simple_once(assignments, words, redirects, stdin);
            (self.variables, self.folder, self.others) = kept;
        }
        out
    }

    /// Values from before an assignment, and folders from before a `cd`, of which it is not known whether they came about.
    fn alternatives(&self, words: &[Word]) -> Vec<Alternative> {
        use crate::read::syntax::Piece;
        if self.others.is_empty() || self.depth > 12 {
            return Vec::new();
        }
        let mut found = Vec::new();
        for piece in words.iter().flat_map(|word| &word.pieces) {
            if let Piece::Variable { name, .. } = piece {
                let values = self.others.values.get(name).into_iter().flatten();
                found.extend(values.map(|value| Alternative::Value(name.clone(), value.clone())));
            }
        }
        let moves = words.first().and_then(Word::plain).is_some_and(|name| matches!(name, "cd" | "pushd" | "popd"));
        found.extend(self.others.folders.iter().filter(|_| !moves).cloned().map(Alternative::Folder));
        found.truncate(MOST_ALTERNATIVES);
        found
    }

    fn simple_once(
        &mut self,
        assignments: &[Assignment],
        words: &[Word],
        redirects: &[Redirect],
        stdin: &Data,
    ) -> Data {
        let kept = self.variables.clone();
        for assignment in assignments {
            self.assign(assignment);
        }
        let argv: Vec<String> = words.iter().flat_map(|word| self.expand(word)).collect();
        self.rule = "shell/redirect".to_owned();
        self.words = argv.join(" ");
        let input = self.input(redirects, stdin);
        self.shown_secret(&argv, words, redirects);
        let to_file = redirects
            .iter()
            .any(|redirect| redirect.descriptor.is_none_or(|descriptor| descriptor == 1) && redirect.writes_a_file());
        // What goes to a file is not shown, and is remembered for what it is.
        self.captured += usize::from(to_file);
        let out = match argv.is_empty() {
            true => Data::default(),
            false => self.argv(&argv, &input),
        };
        self.captured -= usize::from(to_file);
        if !argv.is_empty() && !assignments.is_empty() {
            // Assignments before a command hold for it alone.
            for assignment in assignments {
                match kept.get(&assignment.name) {
                    Some(value) => self.variables.insert(assignment.name.clone(), value.clone()),
                    None => self.variables.remove(&assignment.name),
                };
            }
        }
        self.words = argv.join(" ");
        if out.has_secrets() && self.captured == 0 && !to_file {
            self.rule = "shell/output".to_owned();
            self.found(Effect::SecretRead, "shows text that has secrets in it", "");
        }
        self.rule = "shell/redirect".to_owned();
        if fetch::reads_secret_quietly(&argv) {
            return self.output(redirects, out);
        }
        self.redirected_secret(redirects);
        self.output(redirects, out)
    }

    /// `echo $TOKEN` where nothing takes what it writes.
    fn shown_secret(&mut self, argv: &[String], words: &[Word], redirects: &[Redirect]) {
        use crate::read::syntax::{Piece, RedirectKind};
        let name = argv.first().map(String::as_str).unwrap_or_default();
        let prints = matches!(name, "echo" | "printf");
        let passes = matches!(
            name,
            "cat" | "tee" | "head" | "tail" | "less" | "more" | "base64" | "rev" | "xxd" | "od" | "fold"
        );
        let taken = self.captured > 0
            || redirects
                .iter()
                .any(|redirect| !matches!(redirect.kind, RedirectKind::Duplicate | RedirectKind::HereString));
        if !(prints || passes) || taken {
            return;
        }
        let strings = redirects.iter().filter(|redirect| redirect.kind == RedirectKind::HereString);
        let strings = strings.map(|redirect| &redirect.target).filter(|_| passes);
        for piece in words.iter().filter(|_| prints).chain(strings).flat_map(|word| &word.pieces) {
            if let Piece::Variable { name, operator, .. } = piece
                && (operator.is_empty() || operator.starts_with([':', '-']) && !operator.contains('+'))
                && builtins::is_secret_name(name)
                && !self.variables.contains_key(name)
            {
                self.found(
                    Effect::SecretRead,
                    &format!("prints a secret: ${name}"),
                    "test that it is set: `[ -n \"$NAME\" ]`",
                );
            }
        }
    }

    /// `< .env`: the command gets to see it.
    pub(super) fn redirected_secret(&mut self, redirects: &[Redirect]) {
        use crate::read::syntax::RedirectKind;
        for redirect in redirects.iter().filter(|redirect| redirect.kind == RedirectKind::Read) {
            if super::words::process(&redirect.target, false).is_none() {
                let name = self.as_text(&redirect.target).text;
                let path = self.path(&name);
                self.access(&path, Access::Read);
            }
        }
    }

    pub(super) fn assign(&mut self, assignment: &Assignment) {
        let mut value = self.as_text(&assignment.value);
        if let Some(elements) = &assignment.elements {
            let words: Vec<String> = elements.iter().flat_map(|element| self.expand(element)).collect();
            value = Data::known(words.join(" "));
        }
        self.set(&assignment.name, value, assignment.appends);
    }

    /// Sets a variable, and judges what a program would run because of it.
    pub(super) fn set(&mut self, name: &str, value: Data, appends: bool) {
        if RUN_BY_OTHERS.contains(&name) {
            self.words = format!("{name}={}", value.text);
            self.text(value.text.trim_start_matches(['|', '-']), &Data::default());
        }
        if matches!(name, "PS0" | "PS1" | "PS2" | "PS4") {
            self.run_when_expanded(&value.text);
        }
        if name.starts_with("GIT_CONFIG_KEY_") || name == "GIT_CONFIG_PARAMETERS" {
            self.words = format!("{name}={}", value.text);
            self.unknown("settings of git that may run commands", "");
        }
        if CODE_PATHS.contains(&name) && !value.text.is_empty() {
            self.rule = "shell/variable".to_owned();
            self.words = format!("{name}={}", value.text);
            self.unknown("code that is loaded into every program after it", "");
        }
        self.others.note_value(name, self.variables.get(name), self.perhaps > 0);
        let slot = self.variables.entry(name.to_owned()).or_default();
        if appends { slot.append(&value) } else { *slot = value }
    }

    /// Judges one command whose words are known, and gives what it writes.
    pub(super) fn argv(&mut self, argv: &[String], stdin: &Data) -> Data {
        if !self.spends_a_command() {
            return Data::unknown();
        }
        self.deeper(|inner| inner.named(argv, stdin)).unwrap_or_else(Data::unknown)
    }

    fn named(&mut self, argv: &[String], stdin: &Data) -> Data {
        let Some(written) = argv.first().filter(|name| !name.is_empty()) else { return Data::default() };
        self.words = argv.join(" ");
        self.rule = "shell/command".to_owned();
        if written.contains(HOLE) {
            return self.hidden_name(argv, stdin);
        }
        if let Some(program) = written.strip_prefix('=').or_else(|| written.strip_prefix("zf_")) {
            // zsh: `=rm` is rm by its path, `zf_rm` its own.
            return self.argv(&[&[program.to_owned()], &argv[1..]].concat(), stdin);
        }
        self.subscripts(argv);
        if is_pattern(written) {
            self.unknown("the command's own name is a pattern: what it fits is only known when it runs", "");
            return Data::unknown();
        }
        // `sudo NAME=value command`: an assignment of the command's own.
        if let Some((name, value)) = written.split_once('=')
            && is_a_name(name)
        {
            self.set(name, Data::known(value), false);
            return self.argv(&argv[1..], stdin);
        }
        if let Some(bodies) = self.functions.get(written).filter(|_| !self.goes_on_as_program(written)).cloned() {
            let mut out = Data::default();
            self.active.push(written.clone());
            for (body, documents) in bodies {
                out.append(&self.call(&body, documents, &argv[1..], stdin));
            }
            self.active.pop();
            // `rm() { :; }` hides rm from this shell at most, and from nothing that it starts.
            if self.is_program(written) {
                return self.program(written, argv, stdin);
            }
            return out;
        }
        if let Some(text) = self.aliases.get(written).cloned() {
            // An alias does not stand for itself a second time.
            self.aliases.remove(written);
            let rest: Vec<String> = argv[1..].iter().map(|word| quoted(word)).collect();
            let out = self.text(&format!("{text} {}", rest.join(" ")), stdin);
            self.aliases.insert(written.clone(), text);
            // Aliases are off in a shell that is given its text.
            if self.is_program(written) {
                return self.program(written, argv, stdin);
            }
            return out;
        }
        let name = written.rsplit('/').next().unwrap_or(written);
        // A version, as in `npx codex@latest`.
        let name = name.split('@').next().filter(|name| !name.is_empty()).unwrap_or(name).to_owned();
        if written.contains('/') {
            return self.by_path(&name, argv, stdin);
        }
        self.program(&name, argv, stdin)
    }

    /// Builtins that take a variable's name expand what stands in its brackets, quoted or not: `unset 'a[$(x)]'`.
    fn subscripts(&mut self, argv: &[String]) {
        let takes_names = match argv[0].as_str() {
            "let" | "unset" | "read" | "declare" | "typeset" | "local" | "wait" | "readonly" | "mapfile" => true,
            "test" | "[" | "printf" => argv.iter().any(|word| word == "-v" || word == "-R"),
            _ => false,
        };
        if takes_names {
            for word in &argv[1..] {
                self.run_when_expanded(word);
            }
        }
    }

    /// Text that is expanded once more: commands in it run.
    pub(super) fn run_when_expanded(&mut self, text: &str) {
        if text.contains("$(") || text.contains('`') {
            self.text(&format!(": \"{}\"", text.replace('"', " ")), &Data::default());
        }
    }

    /// A command whose name is only known when it runs: what it may be counts, and it is asked for.
    fn hidden_name(&mut self, argv: &[String], stdin: &Data) -> Data {
        let name = Data::known(argv[0].as_str());
        if name.is_from_network() {
            self.found(Effect::RemoteCode, "", "");
            return Data::network();
        }
        let bare = argv[0].replace(MARKS, "");
        let before = self.findings.len();
        let out = match bare.is_empty() {
            true => Data::unknown(),
            false => self.argv(&[&[bare], &argv[1..]].concat(), stdin),
        };
        if self.findings.len() == before {
            self.rule = "shell/command".to_owned();
            self.words = argv.join(" ");
            self.unknown("the command's own name is only known when it runs", "");
        }
        if stdin.is_from_network() { Data::network() } else { out }
    }

    /// A function that is gone through already, and names what it hides.
    fn goes_on_as_program(&self, name: &String) -> bool {
        self.active.contains(name) && self.is_program(name)
    }

    fn is_program(&self, name: &str) -> bool {
        families::program(name).is_some() || builtins::is_known(name)
    }

    fn call(
        &mut self,
        body: &crate::read::syntax::Command,
        documents: std::rc::Rc<Vec<Word>>,
        arguments: &[String],
        stdin: &Data,
    ) -> Data {
        let outer_documents = std::mem::replace(&mut self.documents, documents);
        let outer_arguments = self.arguments.replace(arguments.to_vec());
        let out = self.deeper(|inner| inner.command(body, stdin)).unwrap_or_else(Data::unknown);
        self.documents = outer_documents;
        self.arguments = outer_arguments;
        out
    }

    /// Judges a program by its bare name.
    pub(super) fn program(&mut self, name: &str, argv: &[String], stdin: &Data) -> Data {
        self.rule = format!("shell/{name}");
        self.words = argv.join(" ");
        if let Some(out) = builtins::run(self, name, argv, stdin) {
            return out;
        }
        let Some(program) = families::program(name) else {
            let unguarded = ["--dangerously-skip-permissions", "--dangerously-bypass-approvals-and-sandbox", "--yolo"];
            let shows = matches!(name, "echo" | "printf");
            if !shows && argv[1..].iter().any(|word| unguarded.contains(&word.as_str())) {
                self.found(Effect::AgentUnguarded, "", "");
            }
            return self.flow(name, argv, stdin);
        };
        self.rule = format!("{}/{name}", program.family);
        let read = Argv::read(program, argv);
        if read.options.len() > MOST_OPTIONS {
            self.unknown("it has more options than anybody reads", "");
            return Data::unknown();
        }
        self.files(program, &read);
        let carried = self.rules(program, name, &read, stdin);
        self.words = argv.join(" ");
        match carried {
            Some(out) => out,
            None => self.flow(name, argv, stdin),
        }
    }

    /// Tries the program's rules; gives what an inner command writes, where there is one.
    fn rules(&mut self, program: &Program, name: &str, argv: &Argv, stdin: &Data) -> Option<Data> {
        let mut might = None;
        let wrapped = wrapped_from(program);
        for rule in program.rules {
            let before = outcome::inner_from(rule.outcome).or(wrapped);
            match pattern::fit(rule.pattern, argv, program.style, before) {
                Fit::Yes => {
                    let out = self.outcomes(rule.outcome, Some(rule), argv, stdin);
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
    fn doubt(&mut self, might: Option<&Rule>, argv: &Argv) -> Option<Data> {
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

/// `/sbin/i?`, `nf[t]`; not `[`, and not what a build named (`./target/debug/deps/x-*`).
fn is_pattern(name: &str) -> bool {
    name.len() > 2 && name.contains(['*', '?', '[']) && !name.contains("/target/")
}

fn is_a_name(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|first| first == '_' || first.is_ascii_alphabetic())
        && letters.all(|letter| letter == '_' || letter.is_ascii_alphanumeric())
}

/// For a program that runs whatever follows its own words: where that begins. Options behind it are not the program's
/// own, whatever rule is tried: `sudo ls -l` does not list what sudo allows.
pub(super) fn wrapped_from(program: &Program) -> Option<usize> {
    let wraps = program.rules.iter().filter(|rule| rule.pattern.split_ascii_whitespace().all(|piece| piece == "*"));
    wraps.filter_map(|rule| outcome::inner_from(rule.outcome)).min()
}

/// A word as it must be written so that the shell takes it as it is.
pub(super) fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}
