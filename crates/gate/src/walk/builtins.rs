//! Programs whose meaning is no table: what the shell itself does, and the shells.
//!
//! One list, [`KNOWN`]; everything else is in the data files.

use super::data::Data;
use super::{Walker, Written, carriers, containers, fetch, programs, scripts, targets};
use crate::effect::Effect;
use crate::paths::Access;
use crate::place::Reach;
use crate::read::HOLE;

type Run = fn(&mut Walker, &[String], &Data) -> Option<Data>;

/// Every program that is judged by code. None as a result: the data files have the rest.
const KNOWN: &[(&str, Run)] = &[
    ("cd", change_folder),
    ("pushd", change_folder),
    ("popd", change_back),
    ("export", assign),
    ("declare", assign),
    ("typeset", assign),
    ("local", assign),
    ("readonly", assign),
    ("alias", alias),
    ("read", read),
    ("mapfile", forget),
    ("readarray", forget),
    ("eval", evaluate),
    ("source", source),
    (".", source),
    ("trap", trap),
    ("hash", hash),
    ("compgen", completion),
    ("complete", completion),
    ("enable", completion),
    ("autossh", carriers::ssh),
    ("slogin", carriers::ssh),
    ("ed", programs::bang_lines),
    ("ex", programs::bang_lines),
    ("ftp", programs::bang_lines),
    ("python", programs::python),
    ("python3", programs::python),
    ("task", targets::task),
    ("set", set),
    ("env", environment),
    ("printenv", environment),
    ("bash", shell),
    ("sh", shell),
    ("dash", shell),
    ("zsh", shell),
    ("ksh", shell),
    ("mksh", shell),
    ("ash", shell),
    ("fish", shell),
    ("rbash", shell),
    ("xargs", carriers::xargs),
    ("gxargs", carriers::xargs),
    ("parallel", carriers::parallel),
    ("find", carriers::find),
    ("fd", carriers::fd),
    ("fdfind", carriers::fd),
    ("ssh", carriers::ssh),
    ("crontab", programs::crontab),
    ("busybox", carriers::busybox),
    ("toybox", carriers::busybox),
    ("tar", programs::tar),
    ("awk", scripts::awk),
    ("gawk", scripts::awk),
    ("mawk", scripts::awk),
    ("nawk", scripts::awk),
    ("sed", scripts::sed),
    ("gsed", scripts::sed),
    ("make", targets::make),
    ("gmake", targets::make),
    ("npm", targets::package_script),
    ("pnpm", targets::package_script),
    ("yarn", targets::package_script),
    ("bun", targets::package_script),
    ("just", targets::just),
    ("curl", fetch::curl),
    ("wget", fetch::wget),
    ("http", fetch::httpie),
    ("https", fetch::httpie),
    ("xh", fetch::httpie),
    ("grep", fetch::grep),
    ("egrep", fetch::grep),
    ("fgrep", fetch::grep),
    ("rg", fetch::grep),
    ("ag", fetch::grep),
    ("ack", fetch::grep),
    ("jq", fetch::jq),
    ("yq", fetch::jq),
    ("dd", programs::dd),
    ("nft", programs::nft),
    ("docker", containers::docker),
    ("podman", containers::docker),
    ("nerdctl", containers::docker),
    ("git", programs::git),
    ("kill", programs::kill),
    ("redis-cli", programs::redis),
    ("valkey-cli", programs::redis),
    ("keydb-cli", programs::redis),
    ("nc", programs::netcat),
    ("ncat", programs::netcat),
    ("netcat", programs::netcat),
    ("piton", programs::piton),
];

/// Judges a program of the list; nothing when it is not there, or leaves the rest to the data files.
pub(super) fn run(walker: &mut Walker, name: &str, argv: &[String], stdin: &Data) -> Option<Data> {
    let (_, run) = KNOWN.iter().find(|(known, _)| *known == name)?;
    run(walker, argv, stdin)
}

pub(super) fn is_known(name: &str) -> bool {
    KNOWN.iter().any(|(known, _)| *known == name)
}

pub(super) fn is_shell(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name);
    ["bash", "sh", "dash", "zsh", "ksh", "mksh", "ash", "fish", "rbash", "exec"].contains(&name)
}

fn change_folder(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
    let target = argv[1..].iter().find(|word| !word.starts_with('-') || *word == "-");
    // It may fail, and the session's own folder is where it then stays; that one is judged for itself.
    if walker.folder != walker.started {
        let before = walker.folder.clone();
        walker.others.note_folder(before.as_deref());
    }
    walker.folder = match target.map(String::as_str) {
        None => Some("~".to_owned()),
        Some("-") => None,
        Some(target) if target.contains(HOLE) => None,
        // From a folder that is not known, a relative way leads to one that is known by its end.
        Some(target) if walker.folder.is_none() && !target.starts_with(['/', '~']) => {
            Some(crate::paths::resolve(None, target))
        }
        Some(target) => Some(walker.path(target)),
    };
    Some(Data::default())
}

fn change_back(walker: &mut Walker, _: &[String], _: &Data) -> Option<Data> {
    walker.folder = walker.others.folders.last().cloned();
    Some(Data::default())
}

fn assign(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
    let refers = argv[1..].iter().any(|word| word.starts_with('-') && word.contains('n'));
    // `export -p`, `declare`: they show what is there.
    if argv[1..].iter().all(|word| word.starts_with('-')) && argv[0] != "local" {
        return environment(walker, &["env".to_owned()], &Data::default());
    }
    for word in &argv[1..] {
        if let Some((name, value)) = word.split_once('=') {
            let appends = name.ends_with('+');
            // `declare -n`: another variable's value, whatever that will be.
            let value = if refers && argv[0] != "export" { Data::unknown() } else { Data::known(value) };
            walker.set(name.trim_end_matches('+'), value, appends);
        }
    }
    Some(Data::default())
}

fn alias(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
    for word in &argv[1..] {
        let Some((name, value)) = word.split_once('=') else { continue };
        if name == "piton" || name == "sudo" && value.contains("piton") {
            walker.found(Effect::GuardTampering, "gives the gate's name to something else", "");
        }
        walker.aliases.insert(name.to_owned(), value.to_owned());
    }
    Some(Data::default())
}

/// `read a b`: what is read is in the variables, as far as it is one line that is known.
fn read(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    let names: Vec<&String> = argv[1..].iter().filter(|word| !word.starts_with('-')).collect();
    let line = stdin.text.lines().next().unwrap_or_default();
    let several = stdin.text.lines().count() > 1;
    let mut parts = line.split_whitespace();
    for (number, name) in names.iter().enumerate() {
        let value = match number + 1 == names.len() {
            true => parts.by_ref().collect::<Vec<_>>().join(" "),
            false => parts.next().unwrap_or_default().to_owned(),
        };
        let value = if several || stdin.text.is_empty() { HOLE.to_string() } else { value };
        walker.variables.insert((*name).clone(), Data::known(value));
    }
    Some(Data::default())
}

fn forget(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
    if argv.iter().any(|word| word == "-C") {
        walker.unknown("runs a command for every line that it reads", "");
    }
    for name in argv[1..].iter().filter(|word| !word.starts_with('-')) {
        walker.variables.insert(name.clone(), Data::unknown());
    }
    Some(Data::default())
}

fn evaluate(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    let words: Vec<&str> = argv[1..].iter().map(String::as_str).filter(|word| *word != "--").collect();
    Some(walker.shell(&Data::known(words.join(" ")), stdin))
}

/// `source FILE`: a script that runs in this very shell. A file of variables is only loaded.
fn source(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
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

/// The name of a variable that holds a secret, as people name them: `GITHUB_TOKEN`, not `TOKENIZERS_PARALLELISM`.
pub(super) fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let tells = |part: &str| {
        ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "APIKEY", "CREDENTIAL"].iter().any(|end| part.ends_with(end))
            || matches!(part, "SECRETS" | "CREDENTIALS" | "PASS" | "PAT" | "UNSEAL" | "PASSPHRASE")
    };
    let keys = ["API_KEY", "PRIVATE_KEY", "ENCRYPTION_KEY", "UNSEAL_KEY", "ACCESS_KEY", "SECRET_KEY", "MASTER_KEY"];
    name.split('_').any(|part| tells(part.trim_end_matches(|letter: char| letter.is_ascii_digit())))
        || keys.iter().any(|key| name.contains(key))
        || name.ends_with("_KEY") && !name.contains("PUBLIC")
}

/// `hash -p /bin/rm x`: another name for a program.
fn hash(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
    if let [_, option, program, name] = argv
        && option == "-p"
    {
        if name == "piton" {
            walker.found(Effect::GuardTampering, "gives the gate's name to something else", "");
        }
        walker.aliases.insert(name.clone(), super::simple::quoted(program));
    }
    Some(Data::default())
}

/// `compgen -C command`, `complete -C command`.
fn completion(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
    for pair in argv.windows(2).filter(|pair| pair[0] == "-C") {
        walker.text(&pair[1], &Data::default());
    }
    if argv[0] == "enable" && argv.iter().any(|word| word == "-f") {
        walker.unknown("loads code into the shell", "");
    }
    Some(Data::unknown())
}

fn trap(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
    if let Some(text) = argv[1..].iter().find(|word| !word.starts_with('-') && argv.len() > 2) {
        walker.text(text, &Data::default());
    }
    Some(Data::default())
}

fn set(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
    if argv.len() == 1 {
        return environment(walker, &["env".to_owned()], &Data::default());
    }
    walker.is_traced |= argv[1..].iter().any(|word| word.starts_with('-') && word.contains('x') || word == "xtrace");
    if let Some(dashes) = argv.iter().position(|word| word == "--") {
        walker.arguments = Some(argv[dashes + 1..].to_vec());
    }
    Some(Data::default())
}

/// `env` and `printenv`: they show the environment where they carry no command.
fn environment(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    let is_env = argv[0].ends_with("env") && !argv[0].ends_with("printenv");
    let mut rest = &argv[1..];
    while let Some(word) = rest.first().filter(|_| is_env) {
        match Some(word.as_str()) {
            Some("-S" | "--split-string") => {
                let text = rest[1..].join(" ");
                return Some(walker.text(&text, stdin));
            }
            Some(split) if split_text(split).is_some() => {
                let text = format!("{} {}", split_text(split).unwrap_or_default(), rest[1..].join(" "));
                return Some(walker.text(&text, stdin));
            }
            Some(change) if change.starts_with("--chdir=") => {
                let target = change.trim_start_matches("--chdir=").to_owned();
                return Some(walker.apart(|inner| {
                    inner.folder = Some(inner.path(&target));
                    inner.argv(&[&argv[..1], &rest[1..]].concat(), stdin)
                }));
            }
            Some("-C" | "--chdir") => {
                let target = rest.get(1).cloned().unwrap_or_default();
                return Some(walker.apart(|inner| {
                    inner.folder = Some(inner.path(&target));
                    let after = rest.get(2..).unwrap_or_default();
                    inner.argv(&[&argv[..1], after].concat(), stdin)
                }));
            }
            Some("-u" | "--unset" | "-a" | "--argv0") => rest = rest.get(2..).unwrap_or_default(),
            Some(option) if option.starts_with('-') => rest = &rest[1..],
            Some(assignment) if assignment.contains('=') => {
                if let Some((name, value)) = assignment.split_once('=') {
                    walker.set(name, Data::known(value), false);
                }
                rest = &rest[1..];
            }
            _ => break,
        }
    }
    if is_env && !rest.is_empty() {
        return Some(walker.argv(rest, stdin));
    }
    let asks_for_all = is_env || !rest.iter().any(|word| !word.starts_with('-'));
    if asks_for_all && shows_environment(walker) || !is_env && rest.iter().any(|name| is_secret_name(name)) {
        if walker.captured > 0 {
            return Some(Data::secrets());
        }
        walker.found(Effect::SecretRead, IN_ENVIRONMENT, "ask for one name: `printenv PATH`");
    }
    // The environment is no text that may leave the machine.
    Some(if asks_for_all { Data::environment() } else { Data::unknown() })
}

/// `-S'x y'`, `-vS 'x y'`, `--split-string=x y`: what of the text stands in the option itself.
fn split_text(option: &str) -> Option<&str> {
    if let Some(text) = option.strip_prefix("--split-string=") {
        return Some(text);
    }
    let letters = option.strip_prefix('-').filter(|letters| !letters.starts_with('-'))?;
    let at = letters.find('S')?;
    letters[..at].bytes().all(|letter| b"iv0".contains(&letter)).then(|| &letters[at + 1..])
}

const IN_ENVIRONMENT: &str = "prints secrets that are in the environment";

/// The environment is shown as a whole: says whether there are secrets in it, as in every container.
pub(super) fn shows_environment(walker: &mut Walker) -> bool {
    // Agents keep their own keys there; only what is made for one command has none of anybody's.
    let shows = walker.place.reach != Reach::Fresh || walker.has_secrets;
    if shows && walker.captured == 0 {
        walker.found(Effect::SecretRead, IN_ENVIRONMENT, "ask for one name: `printenv PATH`");
    }
    shows
}

/// A shell: text behind `-c`, a script's path, or what it reads.
fn shell(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
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
        let out = walker.shell(&Data::known(text.as_str()), stdin);
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

impl Walker<'_> {
    /// A command that stands as a path: a program of a folder for programs, or a script.
    pub(super) fn by_path(&mut self, name: &str, argv: &[String], stdin: &Data) -> Data {
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
        let is_program = crate::families::program(name).is_some() || is_known(name);
        if is_program {
            return self.program(name, argv, stdin);
        }
        self.executable(&argv[0], &argv[1..], stdin)
    }

    /// A shell that is spoken to by somebody else, later.
    pub(super) fn opened_shell(&mut self) {
        if self.place.is_root && self.place.reach == Reach::Host {
            self.unknown("opens a shell of root, whose commands nobody sees here", "give it the command");
        }
    }

    pub(super) fn judge_secret(&mut self, path: &str) {
        let path = self.path(path);
        self.access(&path, Access::Read);
    }
}
