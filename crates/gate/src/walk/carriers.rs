//! Programs that carry others in ways of their own: `xargs`, `find`, `parallel`, `ssh`.

use super::data::Data;
use super::simple::quoted;
use super::{MOST_FILES, Walker};
use crate::argv::Argv;
use crate::effect::Effect;
use crate::families;
use crate::paths::{self, Access, Sort};
use crate::read::HOLE;

/// `xargs`: the command gets what it reads as words.
pub(super) fn xargs(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    let mut rest = &argv[1..];
    let mut replaces: Option<String> = None;
    let mut stdin = stdin.clone();
    while let Some(word) = rest.first() {
        let (flag, attached) = (word.get(..2).unwrap_or(word), word.get(2..).unwrap_or_default());
        match flag {
            "-I" => {
                let value = if attached.is_empty() { rest.get(1).cloned() } else { Some(attached.to_owned()) };
                rest = rest.get(1 + usize::from(attached.is_empty())..).unwrap_or_default();
                replaces = value;
            }
            "-i" => {
                replaces = Some(if attached.is_empty() { "{}".to_owned() } else { attached.to_owned() });
                rest = &rest[1..];
            }
            "-a" if attached.is_empty() => {
                if let Some(file) = rest.get(1) {
                    walker.judge_secret(file);
                }
                stdin = rest.get(1).map(|file| walker.content(file)).unwrap_or_else(Data::unknown);
                rest = rest.get(2..).unwrap_or_default();
            }
            "-n" | "-P" | "-L" | "-s" | "-d" | "-E" if attached.is_empty() => rest = rest.get(2..).unwrap_or_default(),
            "--" if word == "--" => {
                rest = &rest[1..];
                break;
            }
            "--" => {
                let (name, value) =
                    word.split_once('=').map_or((word.as_str(), None), |(name, value)| (name, Some(value)));
                let takes = [
                    "--max-args",
                    "--max-procs",
                    "--delimiter",
                    "--replace",
                    "--arg-file",
                    "--max-lines",
                    "--max-chars",
                ];
                if name == "--replace" {
                    replaces = Some(value.unwrap_or("{}").to_owned());
                }
                if name == "--arg-file" {
                    stdin = Data::unknown();
                }
                let separate = takes.contains(&name) && value.is_none() && name != "--replace";
                rest = rest.get(1 + usize::from(separate)..).unwrap_or_default();
            }
            _ if word.starts_with('-') && word.len() > 1 => rest = &rest[1..],
            _ => break,
        }
    }
    if rest.is_empty() {
        return Some(stdin.changed());
    }
    let words: Vec<String> = stdin.text.split_whitespace().take(64).map(str::to_owned).collect();
    let words = if words.is_empty() && stdin.text.is_empty() { vec![HOLE.to_string()] } else { words };
    if rest.last().is_some_and(|last| last == "-c") && super::shells::is_shell(&rest[0]) {
        // What is read is the script.
        return Some(walker.shell(&stdin, &Data::default()));
    }
    let inner: Vec<String> = match &replaces {
        None => [rest, &words].concat(),
        Some(mark) => {
            let value = if words == ["--all"] { HOLE.to_string() } else { words.join(" ") };
            rest.iter().map(|word| word.replace(mark.as_str(), &value)).collect()
        }
    };
    let mut out = walker.argv(&inner, &Data::default());
    if stdin.is_from_network() {
        out.append(&Data::network());
    }
    Some(out)
}

/// `parallel command ::: words`, or words from what it reads.
pub(super) fn parallel(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    let rest = &argv[1..];
    if matches!(rest, [only] if matches!(only.as_str(), "--version" | "--help" | "-V" | "--citation")) {
        return Some(Data::default());
    }
    let end = rest.iter().position(|word| word.starts_with(":::")).unwrap_or(rest.len());
    let values = rest.get(end + 1..).unwrap_or_default();
    let takes = [
        "-j",
        "-n",
        "-N",
        "-I",
        "-S",
        "--jobs",
        "--delay",
        "--timeout",
        "--joblog",
        "--sshlogin",
        "-a",
        "--colsep",
        "-L",
        "-P",
    ];
    let mut at = 0;
    while let Some(word) = rest[..end].get(at).filter(|word| word.starts_with('-')) {
        at += 1 + usize::from(takes.contains(&word.as_str()));
    }
    let command = rest.get(at.min(end)..end).unwrap_or_default();
    let value = match (values.is_empty(), stdin.text.is_empty()) {
        (false, _) => {
            if values.len() > MOST_FILES {
                walker.unknown("it runs a command for more words than anybody looks at", "");
            }
            values[..values.len().min(MOST_FILES)].join(" ")
        }
        (true, false) => stdin.text.split_whitespace().take(64).collect::<Vec<_>>().join(" "),
        (true, true) => HOLE.to_string(),
    };
    if command.last().is_some_and(|last| last == "-c") && super::shells::is_shell(&command[0]) {
        return Some(walker.shell(&Data::known(value), &Data::default()));
    }
    let text = command.join(" ");
    let text = match text.contains("{}") {
        true => text.replace("{}", &value),
        false => format!("{text} {value}"),
    };
    Some(walker.shell(&Data::known(text), &Data::default()))
}

/// `find`: what it runs on what it finds, what it deletes, what it writes.
pub(super) fn find(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
    let roots: Vec<&String> = argv[1..].iter().take_while(|word| !word.starts_with(['-', '(', '!'])).collect();
    let here = ".".to_owned();
    let roots = if roots.is_empty() { vec![&here] } else { roots };
    let named = argv.windows(3).find(|words| {
        // `! -name x` and `-name '*'` leave everything else.
        matches!(words[1].as_str(), "-name" | "-iname" | "-path")
            && !matches!(words[0].as_str(), "!" | "-not")
            && words[2].contains(char::is_alphanumeric)
    });
    let name = named.map_or(HOLE.to_string(), |words| words[2].replace('*', &HOLE.to_string()));
    let mut at = 1;
    while at < argv.len() {
        match argv[at].as_str() {
            "-exec" | "-execdir" | "-ok" | "-okdir" => {
                let end =
                    argv[at..].iter().position(|word| word == ";" || word == "+").map_or(argv.len(), |end| at + end);
                for root in &roots {
                    let found = format!("{}/{name}", root.trim_end_matches('/'));
                    let inner: Vec<String> = argv[at + 1..end].iter().map(|word| word.replace("{}", &found)).collect();
                    if root.starts_with(HOLE)
                        && inner.first().is_some_and(|name| matches!(name.as_str(), "rm" | "unlink" | "shred"))
                    {
                        walker.unknown("deletes below a folder that is only known when it runs", "");
                    }
                    walker.argv(&inner, &Data::default());
                }
                at = end;
            }
            "-delete" => {
                walker.rule = "files/find".to_owned();
                walker.words = argv.join(" ");
                for root in &roots {
                    let is_narrow = named.is_some() || argv.iter().any(|word| word == "-empty");
                    found_and_deleted(walker, root, &name, is_narrow);
                }
            }
            "-fprint" | "-fprintf" | "-fls" | "-fprint0" => {
                let path = walker.path(argv.get(at + 1).map_or("", String::as_str));
                walker.access(&path, Access::Write);
            }
            _ => {}
        }
        at += 1;
    }
    walker.words = argv.join(" ");
    None
}

fn found_and_deleted(walker: &mut Walker, root: &str, name: &str, is_narrow: bool) {
    let path = walker.path(root);
    let sort = paths::sort(&path);
    if walker.own(&path).is_some() || is_narrow && sort == Sort::Scratch {
        walker.access(&format!("{path}/{name}"), Access::Delete { recursive: true });
    } else if path.starts_with(HOLE) {
        walker.unknown("deletes below a folder that is only known when it runs", "");
    } else if matches!(sort, Sort::Top | Sort::Here | Sort::Sources | Sort::Other) {
        let is_made_again = name == HOLE.to_string() || paths::sort(name) == Sort::Scratch;
        if !is_narrow || !is_made_again || sort == Sort::Top && !paths::is_litter(&path, name) {
            let effect = if matches!(sort, Sort::Top | Sort::Here) { Effect::DataLoss } else { Effect::DiscardWork };
            walker.found(effect, "deletes whatever it finds", "list first: the same without -delete");
        }
    } else {
        walker.access(&path, Access::Delete { recursive: true });
    }
}

/// `fd -x command`.
pub(super) fn fd(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
    let at = argv.iter().position(|word| matches!(word.as_str(), "-x" | "-X" | "--exec" | "--exec-batch"))?;
    // The first word is the pattern, what follows are folders.
    let roots: Vec<&String> = argv[1..at].iter().filter(|word| !word.starts_with('-')).skip(1).collect();
    let here = ".".to_owned();
    for root in if roots.is_empty() { vec![&here] } else { roots } {
        let found = format!("{}/{HOLE}", root.trim_end_matches('/'));
        let inner: Vec<String> = argv[at + 1..].iter().map(|word| word.replace("{}", &found)).collect();
        let is_named = inner.iter().any(|word| word.contains(HOLE));
        let inner = if is_named { inner } else { [inner, vec![found]].concat() };
        walker.argv(&inner, &Data::default());
    }
    Some(Data::unknown())
}

/// `ssh host command`: the words are joined and read by a shell there; so is what it reads.
pub(super) fn ssh(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    let program = families::program("ssh")?;
    let read = Argv::read(program, argv);
    for value in read.values("-o").chain(read.values("-F")) {
        let (key, value) = value.split_once(['=', ' ']).unwrap_or((value, ""));
        if ["proxycommand", "localcommand", "knownhostscommand"].contains(&key.to_ascii_lowercase().as_str()) {
            walker.text(value, &Data::default());
        }
    }
    if read.options.iter().any(|given| matches!(given.name.as_str(), "-R" | "-w")) {
        walker.found(Effect::HostAccess, "opens a way in from outside", "");
    }
    if read.values("-F").any(|file| file != "/dev/null" && file != "none") {
        walker.unknown("a configuration of ssh may run commands", "");
    }
    // `autossh -M 0 host`
    let skipped = usize::from(argv[0].ends_with("autossh") && argv.iter().any(|word| word == "-M"));
    let host = read.positional(skipped)?.to_owned();
    let words = read.from(1 + skipped).iter().map(String::as_str).filter(|word| *word != "--").collect::<Vec<_>>();
    let place = walker.place.on_host(&host);
    let text = words.join(" ");
    let out = walker.elsewhere(place, |inner| match text.is_empty() {
        // A shell on the other side that reads what comes down the pipe.
        true if stdin.text.is_empty() => {
            let only_connects =
                read.options.iter().any(|given| "-N -G -V -O -Q -W -f -T".contains(given.name.as_str()));
            if !only_connects && !host.starts_with("git@") {
                inner.unknown("opens a shell on another host, whose commands nobody sees here", "give it the command");
            }
            Data::unknown()
        }
        true => inner.shell(stdin, &Data::default()),
        false => inner.shell(&Data::known(text), stdin),
    });
    Some(out)
}

pub(super) fn busybox(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    let inner = argv.get(1..).filter(|inner| inner.first().is_some_and(|first| !first.starts_with('-')))?;
    Some(walker.argv(inner, stdin))
}

/// Puts words back together as shell text.
pub(super) fn joined(words: &[String]) -> String {
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}
