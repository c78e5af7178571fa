//! What the first word of a command means: a function, an alias, a file by its path, a program, or something that is
//! only known when it runs.

use super::data::Data;
use super::simple::quoted;
use super::{Walker, Written, builtins};
use crate::effect::Effect;
use crate::families;
use crate::read::syntax::Word;
use crate::read::{HOLE, MARKS};

impl Walker<'_> {
    pub(super) fn named(&mut self, argv: &[String], stdin: &Data) -> Data {
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
            self.perhaps += 1;
            self.set(name, Data::known(value), false);
            self.perhaps -= 1;
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

    /// A command that stands as a path: a program of a folder for programs, or a script.
    fn by_path(&mut self, name: &str, argv: &[String], stdin: &Data) -> Data {
        let path = self.path(&argv[0]);
        match self.written.get(&path).cloned() {
            Some(Written::Program(program)) => return self.program(&program, argv, stdin),
            Some(Written::Text(text)) if text.is_from_network() => {
                self.found(Effect::RemoteCode, "runs a file that was just downloaded", "");
                return Data::network();
            }
            Some(Written::Same(_)) | None => {}
            Some(Written::Text(_)) => return self.script_file(&argv[0], &argv[1..], stdin),
        }
        if ["/etc/init.d/", "/etc/rc.d/"].iter().any(|folder| path.starts_with(folder)) {
            let service = [&["service".to_owned(), name.to_owned()], &argv[1..]].concat();
            return self.program("service", &service, stdin);
        }
        let is_program = families::program(name).is_some() || builtins::is_known(name);
        if is_program {
            return self.program(name, argv, stdin);
        }
        self.executable(&argv[0], &argv[1..], stdin)
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
