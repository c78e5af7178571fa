//! One simple command: its words expanded, its assignments made, judged once for each thing that they may be.

use super::data::Data;
use super::{Walker, fetch, variables};
use crate::effect::Effect;
use crate::read::syntax::{Assignment, Redirect, RedirectKind, Word};

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
    "PSQL_PAGER",
    "PSQL_EDITOR",
    "RUSTC_WRAPPER",
    "RUSTC_WORKSPACE_WRAPPER",
    "SYSTEMD_PAGER",
    "AWS_PAGER",
    "GH_PAGER",
    "KUBE_EDITOR",
    "KUBECTL_EXTERNAL_DIFF",
];

/// Variables through which code gets into programs that run later.
const CODE_PATHS: &[&str] = &[
    "LD_PRELOAD",
    "LD_AUDIT",
    "BASH_ENV",
    "ENV",
    "PYTHONSTARTUP",
    "PERL5OPT",
    "RUBYOPT",
    "ANSIBLE_LIBRARY",
    "ANSIBLE_ACTION_PLUGINS",
    "ANSIBLE_CALLBACK_PLUGINS",
];

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
        let kept = if assignments.is_empty() { Default::default() } else { self.variables.clone() };
        for assignment in assignments {
            self.assign(assignment);
        }
        let loads = matches!(words.first().and_then(Word::plain), Some("export" | "env")) && self.captured == 0;
        let outer = std::mem::replace(&mut self.is_loading, loads);
        let argv: Vec<String> = words.iter().flat_map(|word| self.expand(word)).collect();
        self.is_loading = outer;
        self.rule = "shell/redirect".to_owned();
        self.words = argv.join(" ");
        let input = self.input(redirects, stdin);
        let takes_input = redirects.iter().any(|redirect| redirect.descriptor.unwrap_or(0) == 0 && redirect.reads());
        if takes_input && argv.first().is_some_and(|name| name == "exec") && argv.len() == 1 {
            // From here on it is what everything reads that is given nothing else.
            self.own_input = Some(input.clone());
        }
        if self.has_operators_paths() {
            let is_file = |redirect: &&Redirect| redirect.writes_a_file() || redirect.kind == RedirectKind::Read;
            for redirect in redirects.iter().filter(is_file) {
                let named = self.as_text(&redirect.target).text;
                self.operators_paths(&named);
            }
        }
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
        use crate::read::syntax::Piece;
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
                && variables::is_secret_name(name)
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
        let is_runner = name.starts_with("CARGO_TARGET_") && (name.ends_with("_RUNNER") || name.ends_with("_LINKER"));
        if RUN_BY_OTHERS.contains(&name) || is_runner {
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
        if name.starts_with("BASH_FUNC_") {
            // A function, for every shell that is started.
            self.words = format!("{name}={}", value.text);
            self.text(&format!("imported {}; imported", value.text), &Data::default());
        }
        let carries = |options: &[&str]| options.iter().any(|option| value.text.contains(option));
        let by_option = match name {
            "NODE_OPTIONS" => carries(&["--require", "-r ", "--import", "--loader", "--experimental-loader"]),
            "JAVA_TOOL_OPTIONS" | "_JAVA_OPTIONS" | "JDK_JAVA_OPTIONS" => {
                carries(&["-javaagent", "-agentpath", "-agentlib"])
            }
            "MAKEFLAGS" | "MFLAGS" => carries(&["--eval", "$(shell"]),
            _ => false,
        };
        if (CODE_PATHS.contains(&name) || by_option) && !value.text.is_empty() {
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
        self.operators_rules(argv);
        self.deeper(|inner| inner.named(argv, stdin)).unwrap_or_else(Data::unknown)
    }

    /// Text that is expanded once more: commands in it run.
    pub(super) fn run_when_expanded(&mut self, text: &str) {
        if text.contains("$(") || text.contains('`') {
            self.text(&format!(": \"{}\"", text.replace('"', " ")), &Data::default());
        }
    }
}

/// A word as it must be written so that the shell takes it as it is.
pub(super) fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}
