//! Scripts by path, recipes by name, code in other languages: read where they are at hand, and judged.

use super::Walker;
use super::Written;
use super::carriers::joined;
use super::data::Data;
use crate::code;
use crate::effect::Effect;
use crate::families;
use crate::paths::Access;
use crate::read::{HOLE, MARKS};
use crate::recipes;
use crate::sql;
use crate::{File, shown};

/// Parts of names of scripts and recipes that change what runs somewhere.
const CHANGING: &[&str] = &[
    "deploy",
    "rollout",
    "rollback",
    "restore",
    "destroy",
    "teardown",
    "provision",
    "migrate",
    "release",
    "publish",
    "apply",
    "reset",
    "wipe",
    "purge",
    "drop",
    "prod",
    "failover",
    "upgrade",
    "sync",
    "promote",
    "nuke",
];

/// How many of the following do nothing but look.
const LOOKING_ONLY: usize = 12;

/// Parts of names that only look, and behind them those that stay in the project.
const LOOKING: &[&str] = &[
    "check",
    "status",
    "test",
    "lint",
    "health",
    "verify",
    "list",
    "show",
    "info",
    "version",
    "report",
    "audit",
    "fmt",
    "format",
    "build",
    "doc",
    "bench",
    "backup",
    "diff",
    "plan",
    "view",
    "help",
    "dry",
    "log",
    "stat",
    "example",
    "demo",
    "gen",
    "setup",
    "install",
    "dev",
    "start",
    "run",
    "compile",
    "clean",
    "ci",
    "serve",
    "watch",
    "typecheck",
    "validate",
    "snapshot",
    "count",
    "find",
    "print",
];

impl Walker<'_> {
    /// A shell script that a command names.
    pub(super) fn script_file(&mut self, written: &str, arguments: &[String], stdin: &Data) -> Data {
        if matches!(written, "/dev/stdin" | "-" | "/proc/self/fd/0" | "/dev/fd/0") {
            return self.shell(&stdin.clone(), &Data::default());
        }
        if written == "/dev/fd/63" {
            // What a process substitution wrote; it was judged where it stood.
            return self.substituted_script();
        }
        let path = self.path(written);
        let bound = self.arguments.replace(arguments.to_vec());
        let words = self.words.clone();
        let out = match self.written.get(&path).cloned() {
            Some(Written::Text(text)) => self.shell(&text, stdin),
            _ => self.script_on_disk(&path, written, arguments, stdin),
        };
        self.words = words;
        self.arguments = bound;
        out
    }

    fn script_on_disk(&mut self, path: &str, written: &str, arguments: &[String], stdin: &Data) -> Data {
        if path.contains(HOLE) {
            self.unknown("it runs a script whose name is only known when it runs", "");
            return Data::unknown();
        }
        let file = if self.place.is_here() { self.world.file(&self.absolute(path)) } else { File::Closed };
        match file {
            File::Text(text) => {
                let outer = std::mem::take(&mut self.written);
                let out = self.shell(&Data::known(text.replace(MARKS, " ")), stdin);
                self.written = outer;
                out
            }
            File::Binary => Data::unknown(),
            File::Missing | File::Closed => {
                self.unseen(written, arguments, file == File::Missing);
                Data::unknown()
            }
        }
    }

    /// A script that cannot be read. What is not there now may be there when it runs.
    fn unseen(&mut self, written: &str, arguments: &[String], is_missing: bool) {
        let name = written.rsplit('/').next().unwrap_or(written).to_ascii_lowercase();
        let has = |parts: &[&str], text: &str| parts.iter().any(|part| text.contains(part));
        // A script that is there, or on another host, may be anything; its name says less.
        let looking = if is_missing { LOOKING } else { &LOOKING[..LOOKING_ONLY] };
        let looks = has(looking, &name)
            || arguments
                .iter()
                .any(|word| has(&["dry-run", "--check", "--help", "status", "verify", "backup", "-info"], word));
        if has(CHANGING, &name)
            && !arguments.iter().any(|word| matches!(word.as_str(), "--dry-run" | "--help" | "-h" | "--check"))
        {
            self.found(
                Effect::Deploy,
                &format!("by its name it changes what runs, and it cannot be read here: {}", shown(written)),
                "",
            );
        } else if !looks {
            self.unknown(
                &format!("it runs a script that cannot be read here: {}", shown(written)),
                "show the script first",
            );
        }
    }

    /// The script that stands in `<( … )`: its own output is what is run.
    fn substituted_script(&mut self) -> Data {
        let text = self.last_process.clone();
        self.shell(&text, &Data::default())
    }

    /// A file that is started by its path.
    pub(super) fn executable(&mut self, written: &str, arguments: &[String], stdin: &Data) -> Data {
        let path = self.path(written);
        let is_script = [".sh", ".bash", ".zsh"].iter().any(|end| path.ends_with(end));
        let file = if self.place.is_here() { self.world.file(&self.absolute(&path)) } else { File::Closed };
        match file {
            File::Text(text) => match interpreter(&text) {
                Some("sh") => self.script_file(written, arguments, stdin),
                Some(_) => self.code(&Data::known(text)),
                None if is_script => self.script_file(written, arguments, stdin),
                None => Data::unknown(),
            },
            _ if is_script => self.script_file(written, arguments, stdin),
            File::Missing | File::Closed => {
                let name = written.rsplit('/').next().unwrap_or(written).to_ascii_lowercase();
                if CHANGING.iter().any(|part| name.starts_with(part)) {
                    self.unseen(written, arguments, false);
                }
                Data::unknown()
            }
            File::Binary => Data::unknown(),
        }
    }

    /// Text in another language: the commands that it would run, and the files that it names.
    pub(super) fn code(&mut self, text: &Data) -> Data {
        if text.is_from_network() {
            self.found(Effect::RemoteCode, "", "");
            return Data::network();
        }
        let words = self.words.clone();
        for part in code::parts(&text.text) {
            match part {
                code::Part::Shell(command) => {
                    self.text(&command, &Data::default());
                }
                code::Part::Words(argv) => {
                    self.argv(&argv, &Data::default());
                }
                code::Part::Hidden => {
                    self.words = words.clone();
                    self.unknown("the code runs a command that is only known when it runs", "");
                }
                code::Part::Remote => {
                    self.words = words.clone();
                    self.found(Effect::RemoteCode, "the code runs what it gets from the network", "");
                }
                code::Part::Reads(path) => self.code_access(&words, &path, Access::Read),
                code::Part::Writes(path) => self.code_access(&words, &path, Access::Write),
                code::Part::Deletes(path) => self.code_access(&words, &path, Access::Delete { recursive: true }),
            }
        }
        self.words = words;
        Data::unknown()
    }

    fn code_access(&mut self, words: &str, path: &str, access: Access) {
        self.words = words.to_owned();
        let path = self.path(path);
        self.access(&path, access);
    }

    pub(super) fn code_file(&mut self, written: &str) -> Data {
        let path = self.path(written);
        let text = if written == "/dev/fd/63" { self.last_process.clone() } else { self.content(written) };
        if text.is_from_network() {
            self.found(Effect::RemoteCode, "runs a file that was just downloaded", "");
        } else if text.text != HOLE.to_string() {
            return self.code(&text);
        } else if path.contains(HOLE) {
            self.unknown("it runs code whose name is only known when it runs", "");
        } else if self.place.is_here() {
            let name = path.rsplit('/').next().unwrap_or(&path).to_ascii_lowercase();
            if CHANGING.iter().any(|part| name.contains(part)) {
                self.unseen(written, &[], false);
            }
        }
        Data::unknown()
    }

    pub(super) fn sql(&mut self, text: &Data) -> Data {
        if text.text.trim_matches([HOLE, ' ', '\n']).is_empty() {
            if !text.text.is_empty() {
                self.unknown("the SQL is only known when it runs", "");
            }
            return Data::unknown();
        }
        for found in sql::judge(&text.text) {
            match found {
                sql::Found::Effect(effect, why) => {
                    self.found(effect, why, "show the same as a SELECT, or inside BEGIN … ROLLBACK, first");
                }
                sql::Found::Shell(command) => {
                    self.text(&command, &Data::default());
                }
                sql::Found::File(file) => {
                    self.sql_file(&file);
                }
            }
        }
        Data::unknown()
    }

    pub(super) fn sql_file(&mut self, written: &str) -> Data {
        let text = self.content(written);
        if text.text == HOLE.to_string() || text.text.is_empty() {
            self.found(
                Effect::DataChange,
                &format!("runs SQL from a file that cannot be read here: {}", shown(written)),
                "",
            );
            return Data::unknown();
        }
        self.sql(&text)
    }

    /// What the words behind a runner of recipes mean, when the recipes are not at hand.
    fn recipe_by_name(&mut self, name: &str) {
        let lower = name.to_ascii_lowercase();
        if CHANGING.iter().any(|part| lower.contains(part))
            && !["check", "dry", "plan", "diff", "status"].iter().any(|part| lower.contains(part))
        {
            self.found(Effect::Deploy, &format!("by its name it changes what runs: {}", shown(name)), "");
        }
    }

    fn text_of_first(&mut self, names: &[&str]) -> Option<String> {
        for name in names {
            let path = self.path(name);
            if let Some(Written::Text(text)) = self.written.get(&path) {
                return Some(text.text.clone());
            }
            if self.place.is_here()
                && let File::Text(text) = self.world.file(&self.absolute(&path))
            {
                return Some(text);
            }
        }
        None
    }
}

/// Who runs a text file: `sh` for every shell.
fn interpreter(text: &str) -> Option<&str> {
    let line = text.lines().next()?.strip_prefix("#!")?;
    let mut words = line.split_whitespace();
    let mut name = words.next()?.rsplit('/').next()?;
    if name == "env" {
        name = words.find(|word| !word.starts_with('-'))?;
    }
    Some(if super::builtins::is_shell(name) { "sh" } else { name })
}

/// `make TARGET`: the recipes of the targets, and of what they need.
pub(super) fn make(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    walker.rule = "build/make".to_owned();
    let mut file = None;
    let mut folder = None;
    let mut targets = Vec::new();
    let mut variables = Vec::new();
    let mut words = argv[1..].iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-f" | "--file" | "--makefile" => file = words.next().cloned(),
            "-C" | "--directory" => folder = words.next().cloned(),
            "-n" | "--dry-run" | "--just-print" | "-q" | "--question" | "-v" | "--version" | "--help" => {
                return Some(Data::default());
            }
            "-j" | "-o" | "-W" | "-I" | "-l" => {}
            other if other.starts_with("-f") && !other.starts_with("--") => file = Some(other[2..].to_owned()),
            other if other.starts_with('-') => {}
            other => match other.split_once('=') {
                Some((name, value)) => variables.push((name.to_owned(), value.to_owned())),
                None => targets.push(other.to_owned()),
            },
        }
    }
    let outer = walker.folder.clone();
    if let Some(folder) = folder {
        walker.folder = Some(walker.path(&folder));
    }
    let text = match file.as_deref() {
        Some("-") => Some(stdin.text.clone()),
        Some(file) => walker.text_of_first(&[file]),
        None => walker.text_of_first(&["GNUmakefile", "makefile", "Makefile"]),
    };
    let own_words = walker.words.clone();
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
        "exec" | "x" | "dlx" => {
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

/// `just NAME`.
pub(super) fn just(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
    walker.rule = "build/just".to_owned();
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

/// `awk`: `system("…")` and pipes in its program.
pub(super) fn awk(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    let program = families::program("awk")?;
    let read = crate::argv::Argv::read(program, argv);
    let from_file = read.options.iter().any(|given| matches!(given.name.as_str(), "-f" | "--file"));
    if from_file {
        for file in read.values("-f").map(str::to_owned).collect::<Vec<_>>() {
            walker.code_file(&file);
        }
    } else if let Some(text) = read.positional(0) {
        for command in code::awk(text) {
            match command {
                Some(command) => {
                    walker.text(&command, &Data::default());
                }
                None => walker.unknown("the program runs a command that is only known when it runs", ""),
            }
        }
    }
    walker.words = argv.join(" ");
    walker.rule = "files/awk".to_owned();
    for at in read.positionals.iter().skip(usize::from(!from_file)) {
        walker.judge_secret(&argv[*at]);
    }
    Some(stdin.changed())
}

/// `sed`: its `e` and `w` commands; with `-i` it writes.
pub(super) fn sed(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    let program = families::program("sed")?;
    let read = crate::argv::Argv::read(program, argv);
    let given = |names: &[&str]| read.options.iter().any(|option| names.contains(&option.name.as_str()));
    let mut texts: Vec<String> = read.values("-e").chain(read.values("--expression")).map(str::to_owned).collect();
    let scripted = !texts.is_empty() || given(&["-f", "--file"]);
    if !scripted && let Some(text) = read.positional(0) {
        texts.push(text.to_owned());
    }
    for text in &texts {
        for part in code::sed(text) {
            match part {
                code::SedPart::Runs(command) if command.is_empty() => {
                    walker.unknown("sed runs what it reads as commands", "")
                }
                code::SedPart::Runs(command) => {
                    walker.text(&command, &Data::default());
                }
                code::SedPart::Writes(file) => {
                    let path = walker.path(&file);
                    walker.access(&path, Access::Write);
                }
            }
        }
    }
    walker.words = argv.join(" ");
    walker.rule = "files/sed".to_owned();
    let in_place = given(&["-i", "--in-place"]);
    // Only the names of what is in a file of secrets: `s/=.*//`.
    let hides = texts.iter().any(|text| text.starts_with("s/=.*"));
    for at in read.positionals.iter().skip(usize::from(!scripted)) {
        let path = walker.path(&argv[*at]);
        if in_place {
            walker.access(&path, Access::Write);
        } else if !hides {
            walker.access(&path, Access::Read);
        }
    }
    Some(stdin.changed())
}
