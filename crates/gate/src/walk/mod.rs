//! Goes through shell text as a shell would, and judges every single command on the way.
//!
//! Nothing runs: both branches are taken, loops go around once (or once for each value that is
//! known), variables hold text with holes. For one command: `words.rs` expands its words, `simple.rs` puts it together,
//! `redirects.rs` has what it reads and writes, `operator.rs` the operator's own rules
//! for whole commands, `names.rs` what its first word means, `rules.rs` the rules that are
//! tried, `strangers.rs` what is told of programs without rules, `builtins.rs` the programs that are judged by code,
//! `carriers.rs` those that carry others, and `flow.rs` says what comes out of it.

mod builtins;
mod carriers;
mod containers;
mod data;
mod fetch;
mod files;
mod filters;
mod flow;
mod names;
mod operator;
mod perhaps;
mod processes;
mod programs;
mod redirects;
mod rules;
mod scripts;
mod shells;
mod simple;
mod strangers;
mod targets;
mod variables;
mod words;

use crate::effect::Effect;
use crate::judgement::{Finding, Judgement, Verdict};
use crate::paths::Access;
use crate::paths::own::Work;
use crate::place::Place;
use crate::policy::Policy;
use crate::read::syntax::{Body, Command, Script, Statement, Word};
use crate::read::{self, HOLE, MARKS};
use crate::redact::Secrets;
use crate::{LONGEST, Request, World, shown};
use data::Data;
pub(crate) use operator::command_fit;
use perhaps::Others;
use std::collections::HashMap;
use std::rc::Rc;

/// Commands that are looked at for one request; loops and hops count each time.
const MOST_COMMANDS: usize = 3000;

/// So many files are looked at; a command line that names more is nobody's to judge.
pub(super) const MOST_FILES: usize = 500;

/// How deep commands may carry commands.
const DEPTH: usize = 24;

/// How many definitions of one function are kept.
const MOST_BODIES: usize = 4;

/// How many findings are kept; the first of each rule is enough to decide.
const MOST_FINDINGS: usize = 64;

pub(crate) fn judge(request: &Request, policy: &Policy, world: &dyn World) -> Judgement {
    let mut walker = Walker::new(request, policy, world);
    if request.command.len() > LONGEST {
        walker.unknown("the command is longer than anybody reads", "");
    } else {
        // What stands for text that is not known is not meant in a command.
        let text = request.command.replace(MARKS, " ");
        walker.text(&text, &Data::default());
    }
    Judgement::of(walker.findings)
}

pub(crate) fn judge_file(
    path: &str,
    is_write: bool,
    request: &Request,
    policy: &Policy,
    world: &dyn World,
) -> Judgement {
    let mut walker = Walker::new(request, policy, world);
    walker.rule = "files/editor".to_owned();
    walker.words = path.to_owned();
    walker.operators_paths(path);
    let path = walker.path(path);
    walker.access(&path, if is_write { Access::Write } else { Access::Read });
    Judgement::of(walker.findings)
}

/// A function, with the here-documents of the text that it stands in.
type Function = (Rc<Command>, Rc<Vec<Word>>);

/// What a file that was written by the same command holds.
#[derive(Clone, Debug)]
enum Written {
    Text(Data),
    /// Another name for a program.
    Program(String),
    /// Another name for a file.
    Same(String),
}

struct Walker<'a> {
    policy: &'a Policy,
    world: &'a dyn World,
    home: Option<String>,
    folder: Option<String>,
    /// The folder that the session works in, whatever is gone to from there.
    started: Option<String>,
    /// What that folder is, once it was asked for.
    work: Option<Work>,
    variables: HashMap<String, Data>,
    /// `$1` and on; nothing when they are not known.
    arguments: Option<Vec<String>>,
    /// All that a name was defined as: which of them holds is not known.
    functions: HashMap<String, Vec<Function>>,
    /// Functions that are being gone through; one that names itself means the program.
    active: Vec<String>,
    /// What may hold instead of what is known, and within how many conditions this is.
    others: Others,
    perhaps: usize,
    aliases: HashMap<String, String>,
    written: HashMap<String, Written>,
    documents: Rc<Vec<Word>>,
    place: Place,
    /// The rule and the words that are being judged.
    rule: String,
    words: String,
    /// What the last `<( … )` writes.
    last_process: Data,
    /// How many substitutions and pipes take what is written.
    captured: usize,
    /// The network is put back by itself: `piton net guard`.
    is_guarded: bool,
    /// `set -x`: what runs is shown.
    is_traced: bool,
    /// Folders of a container, by the names that they have outside, and from where it was started.
    mounts: Vec<(String, String)>,
    mounted_from: Option<Place>,
    /// Loaded secrets are in the environment.
    has_secrets: bool,
    /// What is read now is put into the environment, and not shown: `export $(cat .env | xargs)`.
    is_loading: bool,
    /// Where code was put that comes from an address.
    cloned: Vec<String>,
    /// What `exec <` gave this shell to read.
    own_input: Option<Data>,
    findings: Vec<Finding>,
    /// What is never said of the command.
    secrets: Secrets,
    commands_left: usize,
    files_left: usize,
    depth: usize,
}

impl<'a> Walker<'a> {
    fn new(request: &Request, policy: &'a Policy, world: &'a dyn World) -> Walker<'a> {
        let known = request.variables.iter().map(|(name, value)| (name.clone(), Data::known(value.as_str())));
        Walker {
            policy,
            world,
            home: request.home.clone(),
            folder: request.folder.clone(),
            started: request.folder.clone(),
            work: None,
            variables: known.collect(),
            arguments: Some(Vec::new()),
            functions: HashMap::new(),
            active: Vec::new(),
            others: Others::default(),
            perhaps: 0,
            aliases: HashMap::new(),
            written: HashMap::new(),
            documents: Rc::default(),
            place: Place::here(),
            rule: String::new(),
            words: String::new(),
            last_process: Data::default(),
            captured: 0,
            is_guarded: false,
            is_traced: false,
            mounts: Vec::new(),
            mounted_from: None,
            has_secrets: false,
            is_loading: false,
            cloned: Vec::new(),
            own_input: None,
            findings: Vec::new(),
            secrets: if request.command.len() > LONGEST { Secrets::default() } else { Secrets::of(&request.command) },
            commands_left: MOST_COMMANDS,
            files_left: MOST_FILES,
            depth: 0,
        }
    }

    /// Judges shell text, and gives what it writes.
    fn text(&mut self, text: &str, stdin: &Data) -> Data {
        if text.len() > LONGEST {
            self.unknown("the text is longer than anybody reads", "");
            return Data::unknown();
        }
        let reading = read::read(text);
        let outer = std::mem::replace(&mut self.documents, Rc::new(reading.documents));
        let out = self.deeper(|inner| inner.script(&reading.script, stdin));
        self.documents = outer;
        out.unwrap_or_else(Data::unknown)
    }

    /// Goes one level deeper; too deep is not known.
    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.commands_left == 0 {
            return None;
        }
        if self.depth >= DEPTH {
            self.unknown("it carries commands in commands, deeper than anybody reads", "");
            return None;
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        Some(result)
    }

    /// Judges in another place, in which nothing of this shell's own holds.
    fn elsewhere<T>(&mut self, place: Place, inner: impl FnOnce(&mut Self) -> T) -> T {
        let away = place.way.len() != self.place.way.len();
        let outer = std::mem::replace(&mut self.place, place);
        let folder = self.folder.clone();
        if away {
            self.folder = None;
        }
        let result = inner(self);
        self.place = outer;
        self.folder = folder;
        result
    }

    /// Runs what cannot change this shell: a substitution, a part of a pipe, brackets.
    fn apart<T>(&mut self, inner: impl FnOnce(&mut Self) -> T) -> T {
        let folder = self.folder.clone();
        let result = inner(self);
        self.folder = folder;
        result
    }

    fn script(&mut self, script: &Script, stdin: &Data) -> Data {
        let mut out = Data::default();
        for statement in &script.statements {
            let written = self.statement(statement, stdin);
            out.append(&written);
        }
        out
    }

    fn statement(&mut self, statement: &Statement, stdin: &Data) -> Data {
        let perhaps = usize::from(statement.perhaps || statement.pipeline.len() > 1);
        self.perhaps += perhaps;
        let out = self.pipeline(&statement.pipeline, stdin);
        self.perhaps -= perhaps;
        out
    }

    fn pipeline(&mut self, pipeline: &[Command], stdin: &Data) -> Data {
        match pipeline {
            [only] => self.command(only, stdin),
            several => {
                let mut flow = stdin.clone();
                for (number, command) in several.iter().enumerate() {
                    let taken = usize::from(number + 1 < several.len());
                    self.captured += taken;
                    flow = self.apart(|inner| inner.command(command, &flow));
                    self.captured -= taken;
                }
                flow
            }
        }
    }

    fn command(&mut self, command: &Command, stdin: &Data) -> Data {
        if !self.spends_a_command() {
            return Data::unknown();
        }
        if let Body::Simple { assignments, words } = &command.body {
            return self.simple(assignments, words, &command.redirects, stdin);
        }
        self.rule = "shell/redirect".to_owned();
        self.words = String::new();
        self.redirected_secret(&command.redirects);
        let stdin = self.input(&command.redirects, stdin);
        // A branch is taken or not, a loop goes around or not.
        self.perhaps += 1;
        let out = self.deeper(|inner| inner.body(&command.body, &stdin)).unwrap_or_else(Data::unknown);
        self.perhaps -= 1;
        self.rule = "shell/redirect".to_owned();
        self.words = String::new();
        self.output(&command.redirects, out)
    }

    /// Counts a command. When there have been too many that is said once, and nothing is looked at any more.
    fn spends_a_command(&mut self) -> bool {
        if self.commands_left == 1 {
            self.unknown("it has more commands than anybody reads", "");
        }
        self.commands_left = self.commands_left.saturating_sub(1);
        self.commands_left > 0
    }

    fn body(&mut self, body: &Body, stdin: &Data) -> Data {
        match body {
            Body::Simple { .. } => Data::default(),
            Body::Subshell(script) => {
                let variables = self.variables.clone();
                let out = self.apart(|inner| inner.script(script, stdin));
                self.variables = variables;
                out
            }
            Body::Parts { words, scripts } => {
                for word in words {
                    for name in self.expand(word) {
                        // `[[ -v 'a[$(x)]' ]]`
                        if name.contains('[') {
                            self.run_when_expanded(&name);
                        }
                    }
                }
                let mut out = Data::default();
                for script in scripts {
                    out.append(&self.script(script, stdin));
                }
                out
            }
            Body::For { name, values, body } => self.for_loop(name, values.as_deref(), body, stdin),
            Body::Function { name, body } => {
                if name == "piton" {
                    self.found(Effect::GuardTampering, "gives the gate's name to something else", "");
                }
                if name.starts_with("command_not_found_handle") {
                    // The shell calls it by itself.
                    self.command(&Rc::clone(body), &Data::default());
                }
                let bodies = self.functions.entry(name.clone()).or_default();
                if bodies.len() < MOST_BODIES {
                    bodies.push((Rc::clone(body), Rc::clone(&self.documents)));
                }
                Data::default()
            }
            Body::Unreadable { why, at } => {
                self.rule = "shell/unreadable".to_owned();
                self.unknown(&format!("the shell text cannot be read: {why} (at byte {at})"), "");
                Data::unknown()
            }
        }
    }

    /// Goes through a loop once for each value, or once with a hole when they are many or not known.
    fn for_loop(&mut self, name: &str, values: Option<&[Word]>, body: &Script, stdin: &Data) -> Data {
        const MOST_TURNS: usize = 8;
        let values = match values {
            Some(words) => words.iter().flat_map(|word| self.expand(word)).collect(),
            // Whoever sources or calls this gives the words.
            None => self.arguments.clone().filter(|words| !words.is_empty()).unwrap_or_else(|| vec![HOLE.to_string()]),
        };
        let mut out = Data::default();
        for value in values.iter().take(MOST_TURNS) {
            // One of the many that `docker ps -q` names.
            let value = if value == "--all" { Data::unknown() } else { Data::known(value.as_str()) };
            self.variables.insert(name.to_owned(), value);
            out.append(&self.script(body, stdin));
        }
        if values.len() > MOST_TURNS {
            self.variables.insert(name.to_owned(), Data::unknown());
            out.append(&self.script(body, stdin));
        }
        out
    }

    /// Notes what a command does, when the policy has a word on it.
    fn found(&mut self, effect: Effect, why: &str, instead: &str) {
        let meaning = effect.meaning();
        let words = shown(&self.words);
        let verdict = self.policy.verdict(effect, &self.place, self.folder.as_deref(), &words);
        let guarded = self.is_guarded && effect == Effect::HostNetwork && self.place.is_here();
        if verdict == Verdict::Allow || guarded {
            return;
        }
        let rule = if self.rule.is_empty() { "shell/text".to_owned() } else { self.rule.clone() };
        let why = if why.is_empty() { meaning.why } else { why };
        let instead = if instead.is_empty() { meaning.instead } else { instead };
        self.note(verdict, effect, rule, why, instead);
    }

    /// Keeps a finding. What is said of a command is said here and nowhere else: without its secrets.
    fn note(&mut self, verdict: Verdict, effect: Effect, rule: String, why: &str, instead: &str) {
        /// What is hidden makes a text shorter, and hardly so much.
        const LOOKED_AT: usize = 4000;
        if self.findings.len() >= MOST_FINDINGS {
            return;
        }
        // Hidden before it is cut, so that no half of a secret stays.
        let beginning: String = self.words.chars().take(LOOKED_AT).collect();
        let words = shown(&self.secrets.hide(&beginning));
        let place: Vec<String> = self.place.way.iter().map(|hop| self.secrets.hide(hop)).collect();
        let same = |known: &Finding| {
            known.effect == effect && known.verdict == verdict && known.words == words && known.place == place
        };
        if self.findings.iter().any(same) {
            return;
        }
        let (why, instead) = (self.secrets.without(why.to_owned()), instead.to_owned());
        self.findings.push(Finding { verdict, effect, rule, words, place, why, instead });
    }

    fn unknown(&mut self, why: &str, instead: &str) {
        self.found(Effect::Unknown, why, instead);
    }
}
