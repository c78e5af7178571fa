//! Scripts by path, code in other languages, SQL: read where they are at hand, and judged.

use super::Walker;
use super::Written;
use super::data::Data;
use crate::code::{self, Language};
use crate::effect::Effect;
use crate::families;
use crate::paths::{self, Access, Sort};
use crate::read::{HOLE, MARKS};
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
        if self.place.reach == crate::place::Reach::Fresh {
            // An operand of the image's own entrypoint, or gone with the container.
            return;
        }
        let path = self.path(written);
        if self.cloned.iter().any(|folder| path.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/')))
        {
            self.unknown(
                &format!("runs a script that was just fetched, and that nobody has read: {}", shown(written)),
                "read it first",
            );
            return;
        }
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
                // `#!/usr/sbin/nft -f`: the file is an argument of a program that is known.
                Some(program) if families::program(program).is_some_and(|known| known.family != "interpreters") => {
                    let line = text.lines().next().unwrap_or_default().trim_start_matches("#!");
                    let words = line.split_whitespace().map(str::to_owned).chain([written.to_owned()]);
                    let argv: Vec<String> = words.chain(arguments.iter().cloned()).collect();
                    self.argv(&argv, stdin)
                }
                Some(program) => {
                    self.rule = format!("interpreters/{program}");
                    self.code(&Data::known(text))
                }
                None if is_script => self.script_file(written, arguments, stdin),
                None => Data::unknown(),
            },
            _ if is_script => self.script_file(written, arguments, stdin),
            File::Missing | File::Closed => {
                let name = written.rsplit('/').next().unwrap_or(written).to_ascii_lowercase();
                match paths::sort(&path) {
                    Sort::Network => {
                        self.found(Effect::HostNetwork, "runs a file that the host's network is made from", "")
                    }
                    Sort::Access => self.found(Effect::HostAccess, "runs a file that decides who gets in", ""),
                    Sort::System if path.starts_with("/etc/") => self.unseen(written, arguments, false),
                    _ if !self.cloned.is_empty() => self.unseen(written, arguments, true),
                    _ if CHANGING.iter().any(|part| name.starts_with(part)) => self.unseen(written, arguments, false),
                    _ => {}
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
        let program = self.rule.rsplit('/').next().unwrap_or_default();
        for part in code::parts(&text.text, Language::of(program)) {
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
                code::Part::Environment => {
                    self.words = words.clone();
                    super::variables::shows_environment(self);
                }
                code::Part::Variable(name) => {
                    if super::variables::is_secret_name(&name) {
                        self.words = words.clone();
                        self.found(
                            Effect::SecretRead,
                            &format!("prints a secret: {}", shown(&name)),
                            "test that it is set, and print that",
                        );
                    }
                }
                code::Part::Sql(statement) => {
                    self.sql(&Data::known(statement));
                }
                code::Part::Changes(why) => {
                    self.words = words.clone();
                    self.unknown(&format!("the code {why}"), "");
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
        if text.is_from_network() {
            self.found(Effect::RemoteCode, "runs statements from the network that nobody has read", "");
            return Data::network();
        }
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
                // What it reads are the rows.
                sql::Found::Shell(command) if super::shells::is_shell(command.trim()) => {
                    self.unknown("gives what it finds to a shell", "");
                }
                sql::Found::Shell(command) => {
                    self.text(&command, &Data::default());
                }
                sql::Found::Writes(file) => {
                    let path = self.path(&file);
                    self.access(&path, Access::Write);
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
    pub(super) fn recipe_by_name(&mut self, name: &str) {
        let lower = name.to_ascii_lowercase();
        if CHANGING.iter().any(|part| lower.contains(part))
            && !["check", "dry", "plan", "diff", "status"].iter().any(|part| lower.contains(part))
            && !["build", "test", "lint", "start", "dev", "preview", "format"]
                .iter()
                .any(|part| lower.starts_with(part))
        {
            self.found(Effect::Deploy, &format!("by its name it changes what runs: {}", shown(name)), "");
        }
    }

    pub(super) fn text_of_first(&mut self, names: &[&str]) -> Option<String> {
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
    Some(if super::shells::is_shell(name) { "sh" } else { name })
}
