//! Programs that carry others in ways of their own: `xargs`, `find`, `parallel`, `ssh`, and the few whose danger is
//! in how their words go together.

use super::Walker;
use super::data::Data;
use super::simple::quoted;
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
    let inner: Vec<String> = match &replaces {
        None => [rest, &words].concat(),
        Some(mark) => {
            let value = words.join(" ");
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
        (false, _) => values.join(" "),
        (true, false) => stdin.text.split_whitespace().take(64).collect::<Vec<_>>().join(" "),
        (true, true) => HOLE.to_string(),
    };
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
    let named = argv.windows(2).find(|pair| matches!(pair[0].as_str(), "-name" | "-iname" | "-path"));
    let name = named.map_or(HOLE.to_string(), |pair| pair[1].replace('*', &HOLE.to_string()));
    let mut at = 1;
    while at < argv.len() {
        match argv[at].as_str() {
            "-exec" | "-execdir" | "-ok" | "-okdir" => {
                let end =
                    argv[at..].iter().position(|word| word == ";" || word == "+").map_or(argv.len(), |end| at + end);
                for root in &roots {
                    let found = format!("{}/{name}", root.trim_end_matches('/'));
                    let inner: Vec<String> = argv[at + 1..end].iter().map(|word| word.replace("{}", &found)).collect();
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
        if !is_narrow || sort == Sort::Top && !paths::is_litter(&path, name) {
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
    let inner: Vec<String> = argv[at + 1..].iter().map(|word| word.replace("{}", &format!("./{HOLE}"))).collect();
    let inner =
        if inner.iter().any(|word| word.contains(HOLE)) { inner } else { [inner, vec![format!("./{HOLE}")]].concat() };
    Some(walker.argv(&inner, &Data::default()))
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
    let host = read.positional(0)?.to_owned();
    let words = read.from(1).iter().map(String::as_str).filter(|word| *word != "--").collect::<Vec<_>>();
    let place = walker.place.on_host(&host);
    let text = words.join(" ");
    let out = walker.elsewhere(place, |inner| match text.is_empty() {
        // A shell on the other side that reads what comes down the pipe.
        true if stdin.text.is_empty() => Data::unknown(),
        true => inner.shell(stdin, &Data::default()),
        false => inner.shell(&Data::known(text), stdin),
    });
    Some(out)
}

/// `crontab FILE` or `crontab -`: five fields and a command a line.
pub(super) fn crontab(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    let words = &argv[1..];
    if words.iter().any(|word| word == "-l") {
        return Some(Data::unknown());
    }
    if words.iter().any(|word| word == "-r") {
        walker.found(Effect::SystemChange, "removes every job of the crontab", "`crontab -l > file` first");
        return Some(Data::default());
    }
    let file = words.iter().rfind(|word| !word.starts_with('-') || *word == "-");
    let text = match file.map(String::as_str) {
        None | Some("-") => stdin.clone(),
        Some(file) => walker.content(file),
    };
    let rule = walker.rule.clone();
    for line in text.text.lines().filter(|line| !line.trim_start().starts_with('#')) {
        let fields = if line.trim_start().starts_with('@') { 1 } else { 5 };
        let mut rest = line.trim_start();
        for _ in 0..fields {
            rest = rest.split_once(char::is_whitespace).map_or("", |(_, rest)| rest.trim_start());
        }
        if !rest.is_empty() && !rest.trim_matches(HOLE).is_empty() {
            walker.text(rest, &Data::default());
        }
    }
    walker.rule = rule;
    walker.words = argv.join(" ");
    walker.found(
        Effect::SystemChange,
        "changes what runs by itself on this machine",
        "write it as [[cron]] in site.toml",
    );
    Some(Data::default())
}

pub(super) fn busybox(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    let inner = argv.get(1..).filter(|inner| inner.first().is_some_and(|first| !first.starts_with('-')))?;
    Some(walker.argv(inner, stdin))
}

/// `tar`: actions that run commands, and what goes into an archive.
pub(super) fn tar(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
    for word in &argv[1..] {
        for option in [
            "--checkpoint-action=exec=",
            "--to-command=",
            "--use-compress-program=",
            "--rsh-command=",
            "--info-script=",
        ] {
            if let Some(command) = word.strip_prefix(option) {
                walker.text(command, &Data::default());
            }
        }
    }
    walker.words = argv.join(" ");
    let into =
        argv.windows(2).filter(|pair| matches!(pair[0].as_str(), "-C" | "--directory")).map(|pair| pair[1].clone());
    let into: Vec<String> =
        into.chain(argv.iter().filter_map(|word| word.strip_prefix("--directory=")).map(str::to_owned)).collect();
    let mode = argv.get(1).map(String::as_str).unwrap_or_default();
    let creates = mode.trim_start_matches('-').starts_with(['c', 'r', 'u'])
        || argv.iter().any(|word| word == "--create" || word == "-c");
    for folder in into.iter().filter(|_| !creates) {
        let path = walker.path(folder);
        match paths::sort(&path) {
            Sort::Top if path.starts_with('/') => walker.found(Effect::SystemChange, "unpacks over the system", ""),
            _ => walker.access(&path, Access::Write),
        }
    }
    if creates {
        for word in argv[2.min(argv.len())..].iter().filter(|word| !word.starts_with('-')) {
            let path = walker.path(word);
            walker.access(&path, Access::Read);
            if path.ends_with("/.ssh") || path.ends_with("/.gnupg") || path == "/etc" || path.ends_with("/.aws") {
                walker.found(Effect::SecretRead, "packs a folder that holds keys", "");
            }
        }
    }
    None
}

/// `dd of=…`: over a raw device, or a file of a service.
pub(super) fn dd(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
    for word in &argv[1..] {
        if let Some(target) = word.strip_prefix("of=") {
            let path = walker.path(target);
            walker.access(&path, Access::Write);
        }
        if let Some(source) = word.strip_prefix("if=") {
            let path = walker.path(source);
            walker.access(&path, Access::Read);
        }
    }
    Some(Data::unknown())
}

/// `nft 'add rule …'` is one word; it is taken apart, and a file or what it reads changes rules whatever is in it.
pub(super) fn nft(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    if argv[1..].iter().any(|word| word.contains(' ')) {
        let text: Vec<String> = argv.iter().flat_map(|word| word.split([' ', ';'])).map(str::to_owned).collect();
        let program = families::program("nft")?;
        let read = Argv::read(program, &text);
        walker.rule = format!("{}/nft", program.family);
        let lists =
            read.positional(0).is_some_and(|verb| verb == "list") && !argv.iter().any(|word| word.contains(';'));
        let checks = argv.iter().any(|word| word == "-c" || word == "--check");
        if !lists && !checks {
            walker.found(Effect::HostNetwork, "changes the packet filter", "");
        }
        return Some(Data::unknown());
    }
    let _ = stdin;
    None
}

/// `docker run`: how much of the host the new container sees decides how its command is judged.
pub(super) fn docker(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    let program = families::program(argv[0].rsplit('/').next().unwrap_or_default())?;
    let read = Argv::read(program, argv);
    let (verb, at) = match (read.positional(0), read.positional(1)) {
        (Some("container"), Some("run" | "create")) => ("run", 2),
        (Some("run" | "create"), _) => ("run", 1),
        _ => return None,
    };
    let _ = verb;
    let limit = *read.positionals.get(at)?;
    let options: Vec<(&str, &str)> = read
        .options
        .iter()
        .filter(|given| given.at < limit)
        .map(|given| (given.name.as_str(), given.value.unwrap_or_default()))
        .collect();
    let mut sees_host = false;
    let mut sees_data = false;
    let mut mounts: Vec<(String, String)> = Vec::new();
    walker.rule = format!("{}/docker", program.family);
    for (name, value) in &options {
        match *name {
            "--privileged" => sees_host = true,
            "--net" | "--network" | "--pid" | "--ipc" | "--uts" | "--userns" if *value == "host" => sees_host = true,
            "--cap-add"
                if ["ALL", "SYS_ADMIN", "NET_ADMIN", "SYS_MODULE", "SYS_PTRACE"]
                    .iter()
                    .any(|cap| value.ends_with(cap)) =>
            {
                // Over its own network only, without the host's.
            }
            "-v" | "--volume" | "--mount" => {
                let (source, target) = mounted(value);
                let path = walker.path(&source);
                let is_volume = !source.contains('/') && !source.is_empty();
                let outside = if is_volume { format!("/var/lib/docker/volumes/{source}") } else { path.clone() };
                mounts.push((target, outside));
                match paths::sort(&path) {
                    Sort::Top if path != "." && path.starts_with(['/', '~']) => sees_host = true,
                    Sort::Access | Sort::Network | Sort::System if source.starts_with('/') => sees_host = true,
                    Sort::Secret => walker.access(&path, Access::Read),
                    Sort::Data | Sort::Deployed | Sort::Guard => sees_data = true,
                    _ if path.ends_with("docker.sock") => sees_host = true,
                    _ if is_volume => sees_data = true,
                    _ => {}
                }
            }
            _ => {}
        }
    }
    let detached = options.iter().any(|(name, _)| matches!(*name, "-d" | "--detach"));
    if detached {
        walker.found(Effect::StackChange, "starts a container that stays", "");
    }
    let image = read.positional(at)?.to_owned();
    let inner = read.from(at + 1).to_vec();
    let entry = options.iter().find(|(name, _)| *name == "--entrypoint").map(|(_, value)| (*value).to_owned());
    // Inside, the host's folders have other names.
    for word in &inner {
        let outside = outside_of(word, &mounts);
        if outside != *word {
            walker.words = argv.join(" ");
            walker.judge_secret(&outside);
        }
    }
    let inner: Vec<String> = entry.into_iter().chain(inner.iter().map(|word| outside_of(word, &mounts))).collect();
    if inner.is_empty() {
        if sees_host {
            walker.unknown("starts a container that can reach the whole host", "");
        }
        return Some(Data::unknown());
    }
    let place = match (sees_host, sees_data) {
        (true, _) => walker.place.as_root(),
        (false, true) => walker.place.in_container(&image),
        (false, false) => walker.place.in_fresh(),
    };
    let folder = walker.folder.take();
    let out = walker.elsewhere(place, |walker| walker.argv(&inner, stdin));
    walker.folder = folder;
    Some(out)
}

/// Source and target of `-v source:target` or `--mount source=…,target=…`.
fn mounted(value: &str) -> (String, String) {
    let named = |names: [&str; 3]| {
        let part = |name: &str| value.split(',').find_map(|part| part.strip_prefix(name));
        names.iter().find_map(|name| part(name)).map(str::to_owned)
    };
    if let Some(source) = named(["source=", "src=", "source ="]) {
        return (source, named(["target=", "dst=", "destination="]).unwrap_or_default());
    }
    let mut parts = value.split(':');
    let source = parts.next().unwrap_or_default().to_owned();
    (source.clone(), parts.next().map_or(source, str::to_owned))
}

/// A path inside of a container by the name that it has outside.
fn outside_of(word: &str, mounts: &[(String, String)]) -> String {
    for (target, source) in mounts.iter().filter(|(target, _)| target.len() > 1) {
        if let Some(rest) = word.strip_prefix(target.as_str())
            && (rest.is_empty() || rest.starts_with('/'))
        {
            return format!("{}{rest}", source.trim_end_matches('/'));
        }
    }
    word.to_owned()
}

/// `git`: what its settings run, and secrets that would get into a commit.
pub(super) fn git(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
    let program = families::program("git")?;
    let read = Argv::read(program, argv);
    let words = argv.join(" ");
    for setting in read.values("-c").chain(read.values("--config-env")) {
        let (key, value) = setting.split_once('=').unwrap_or((setting, ""));
        let key = key.to_ascii_lowercase();
        if let Some(alias) = value.strip_prefix('!') {
            walker.text(alias, &Data::default());
        } else if [
            "core.sshcommand",
            "core.pager",
            "core.editor",
            "core.fsmonitor",
            "diff.external",
            "core.hookspath",
            "sequence.editor",
            "credential.helper",
        ]
        .contains(&key.as_str())
        {
            walker.text(value, &Data::default());
        } else if let Some(name) = key.strip_prefix("alias.") {
            let inner = vec!["git".to_owned()].into_iter().chain(value.split_whitespace().map(str::to_owned));
            let behind = read.positional(0) == Some(name);
            if behind {
                let inner: Vec<String> = inner.chain(read.from(1).iter().cloned()).collect();
                walker.argv(&inner, &Data::default());
            }
        }
    }
    walker.words = words;
    walker.rule = "git/git".to_owned();
    if let Some(folder) = read.values("-C").last().map(str::to_owned)
        && read.positional(0) == Some("clean")
    {
        let _ = walker.path(&folder);
    }
    match read.positional(0) {
        Some("show" | "cat-file") => {
            for word in read.from(1) {
                if let Some((_, path)) = word.split_once(':') {
                    walker.judge_secret(path);
                }
            }
        }
        Some("rebase") => {
            for command in read.values("-x").chain(read.values("--exec")) {
                walker.text(command, &Data::default());
            }
        }
        Some("bisect") if read.positional(1) == Some("run") => {
            let inner = read.from(2).to_vec();
            walker.argv(&inner, &Data::default());
        }
        Some("submodule") if read.positional(1) == Some("foreach") => {
            let text = read.from(2).iter().filter(|word| *word != "--recursive").cloned().collect::<Vec<_>>().join(" ");
            walker.text(&text, &Data::default());
        }
        Some("filter-branch") => {}
        _ => {}
    }
    walker.words = argv.join(" ");
    walker.rule = "git/git".to_owned();
    None
}

/// `kill`: init, everything, or one process.
pub(super) fn kill(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
    walker.rule = "services/kill".to_owned();
    let mut words = argv[1..].iter().peekable();
    let mut first = true;
    let mut only_looks = false;
    while let Some(word) = words.next() {
        match word.as_str() {
            "-l" | "-L" | "--list" | "-0" => return Some(Data::default()),
            "-s" | "-n" | "--signal" => {
                only_looks |= words.next().is_some_and(|signal| signal == "0");
            }
            "-1" if first && words.peek().is_some() => {}
            process if process.starts_with(HOLE) && process.len() > 1 => {
                // `kill $(pgrep NAME)` is `pkill NAME`.
                walker.argv(&["pkill".to_owned(), process.trim_start_matches(HOLE).to_owned()], &Data::default());
            }
            "1" | "-1" | "0" if !only_looks => {
                walker.found(Effect::HostOutage, "signals the first process, or all of them", "");
                return Some(Data::default());
            }
            _ => {}
        }
        first = false;
    }
    Some(Data::default())
}

/// Puts words back together as shell text.
pub(super) fn joined(words: &[String]) -> String {
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}
