//! What a shell's own commands do to its names: variables, aliases, arguments; and what is shown of the environment.

use super::Walker;
use super::data::Data;
use crate::effect::Effect;
use crate::place::Reach;
use crate::read::HOLE;

const IN_ENVIRONMENT: &str = "prints secrets that are in the environment";

pub(super) fn assign(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
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

pub(super) fn alias(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
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
pub(super) fn read(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
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

pub(super) fn forget(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
    if argv.iter().any(|word| word == "-C") {
        walker.unknown("runs a command for every line that it reads", "");
    }
    for name in argv[1..].iter().filter(|word| !word.starts_with('-')) {
        walker.variables.insert(name.clone(), Data::unknown());
    }
    Some(Data::default())
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
pub(super) fn hash(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
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

pub(super) fn set(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
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
pub(super) fn environment(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
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

/// The environment is shown as a whole: says whether there are secrets in it, as in every container.
pub(super) fn shows_environment(walker: &mut Walker) -> bool {
    // Agents keep their own keys there; only what is made for one command has none of anybody's.
    let shows = walker.place.reach != Reach::Fresh || walker.has_secrets;
    if shows && walker.captured == 0 {
        walker.found(Effect::SecretRead, IN_ENVIRONMENT, "ask for one name: `printenv PATH`");
    }
    shows
}
