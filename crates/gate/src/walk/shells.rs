//! Shells, and what is given to the one that is running: `bash -c`, `eval`, `source`, `trap`.

use super::Walker;
use super::data::Data;
use crate::effect::Effect;
use crate::place::Reach;

impl Walker<'_> {
    /// A shell that is spoken to by somebody else, later.
    pub(super) fn opened_shell(&mut self) {
        if self.place.is_root && self.place.reach == Reach::Host {
            self.unknown("opens a shell of root, whose commands nobody sees here", "give it the command");
        }
    }
}

pub(super) fn is_shell(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name);
    ["bash", "sh", "dash", "zsh", "ksh", "mksh", "ash", "fish", "rbash", "exec"].contains(&name)
}

pub(super) fn evaluate(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    let words: Vec<&str> = argv[1..].iter().map(String::as_str).filter(|word| *word != "--").collect();
    Some(walker.shell(&Data::known(words.join(" ")), stdin))
}

/// `source FILE`: a script that runs in this very shell. A file of variables is only loaded.
pub(super) fn source(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    let Some(file) = argv[1..].iter().find(|word| *word != "--") else { return Some(Data::default()) };
    if matches!(file.as_str(), "/dev/stdin" | "-" | "/proc/self/fd/0" | "/dev/fd/0") {
        return Some(walker.shell(&stdin.clone(), &Data::default()));
    }
    let name = file.rsplit('/').next().unwrap_or(file);
    if name.starts_with(".env") || name.ends_with(".env") {
        walker.has_secrets = true;
    }
    let loads = name.starts_with(".env")
        || name.ends_with(".env")
        || [
            ".bashrc",
            ".profile",
            ".zshrc",
            "activate",
            "env",
            "nvm.sh",
            "setup.bash",
            "os-release",
            ".nvmrc",
            ".bash_profile",
            "completion",
        ]
        .contains(&name)
        || file.ends_with("/activate");
    let path = walker.path(file);
    if loads && !walker.written.contains_key(&path) {
        if walker.is_traced {
            walker.judge_secret(file);
        }
        return Some(Data::default());
    }
    let arguments = argv.get(2..).unwrap_or_default();
    Some(walker.script_file(file, arguments, stdin))
}

/// `compgen -C command`, `complete -C command`.
pub(super) fn completion(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
    for pair in argv.windows(2).filter(|pair| pair[0] == "-C") {
        walker.text(&pair[1], &Data::default());
    }
    if argv[0] == "enable" && argv.iter().any(|word| word == "-f") {
        walker.unknown("loads code into the shell", "");
    }
    Some(Data::unknown())
}

pub(super) fn trap(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
    if let Some(text) = argv[1..].iter().find(|word| !word.starts_with('-') && argv.len() > 2) {
        walker.perhaps += 1;
        walker.text(text, &Data::default());
        walker.perhaps -= 1;
    }
    Some(Data::default())
}

/// A shell: text behind `-c`, a script's path, or what it reads.
pub(super) fn shell(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    let mut rest = &argv[1..];
    let mut command = None;
    let mut reads = false;
    while let Some(word) = rest.first() {
        let option = word.as_str();
        if matches!(option, "--version" | "--help" | "-h") {
            return Some(Data::default());
        }
        if option == "--" || option == "-" {
            rest = &rest[1..];
            break;
        }
        if matches!(option, "--rcfile" | "--init-file" | "-O" | "+O") {
            if let Some(file) = rest.get(1).filter(|_| option.starts_with("--")) {
                walker.script_file(file, &[], &Data::default());
            }
            rest = rest.get(2..).unwrap_or_default();
            continue;
        }
        if !option.starts_with(['-', '+']) {
            break;
        }
        if option.starts_with("--") {
            rest = &rest[1..];
            continue;
        }
        if option.starts_with('-') && option.contains('n') && !option.contains('c') {
            // `-n` only reads.
            return Some(Data::default());
        }
        reads |= option.contains('s');
        walker.is_traced |= option.starts_with('-') && option.contains('x');
        let takes = usize::from(option.ends_with('o'));
        if option.starts_with('-') && option.contains('c') {
            command = Some(());
        }
        rest = rest.get(1 + takes..).unwrap_or_default();
    }
    if command.is_some() {
        let Some((text, arguments)) = rest.split_first() else { return Some(Data::default()) };
        let bound = arguments.get(1..).unwrap_or_default().to_vec();
        let outer = walker.arguments.replace(bound);
        let zero = arguments.first().cloned();
        let known = zero.map(|zero| walker.variables.insert("0".to_owned(), Data::known(zero)));
        // What is set there holds there, and here only if it was no other shell after all.
        walker.perhaps += 1;
        let out = walker.shell(&Data::known(text.as_str()), stdin);
        walker.perhaps -= 1;
        if let Some(before) = known {
            match before {
                Some(value) => walker.variables.insert("0".to_owned(), value),
                None => walker.variables.remove("0"),
            };
        }
        walker.arguments = outer;
        return Some(out);
    }
    match rest.split_first() {
        Some((file, arguments)) if !reads => Some(walker.script_file(file, arguments, stdin)),
        _ if stdin.is_from_network() => {
            walker.found(Effect::RemoteCode, "", "");
            Some(Data::network())
        }
        // A shell that nobody speaks to does nothing that can be judged; over ssh it is a terminal.
        _ if stdin.text.is_empty() => {
            walker.opened_shell();
            Some(Data::unknown())
        }
        _ => {
            let arguments = rest.to_vec();
            let outer = walker.arguments.replace(arguments);
            let out = walker.shell(&stdin.clone(), &Data::default());
            walker.arguments = outer;
            Some(out)
        }
    }
}
