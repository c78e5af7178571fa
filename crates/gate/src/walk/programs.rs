//! Programs whose danger is in how their words go together, more than a table can say.

use super::Walker;
use super::data::Data;
use crate::argv::Argv;
use crate::effect::Effect;
use crate::families;
use crate::paths::{self, Access, Sort};
use crate::read::HOLE;

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

/// `tar`: actions that run commands, and what goes into an archive.
pub(super) fn tar(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
    for word in &argv[1..] {
        if word == "--remove-files" {
            for file in argv[2.min(argv.len())..].iter().filter(|word| !word.starts_with('-')) {
                let path = walker.path(file);
                walker.access(&path, Access::Delete { recursive: true });
            }
        }
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
    let extracts =
        mode.trim_start_matches('-').bytes().take_while(u8::is_ascii_alphabetic).any(|letter| letter == b'x')
            || argv.iter().any(|word| word == "--extract" || word == "-x");
    if extracts
        && (argv.iter().any(|word| word == "--absolute-names")
            || mode.trim_start_matches('-').starts_with(|letter: char| letter.is_ascii_alphabetic())
                && mode.contains('P'))
    {
        walker.found(Effect::SystemChange, "unpacks to wherever the archive says", "leave the P away");
    }
    if extracts
        && into.is_empty()
        && walker.folder != walker.started
        && walker.folder.as_deref().is_some_and(|folder| folder.starts_with('/'))
    {
        let path = walker.path(".");
        walker.access(&path, Access::Write);
    }
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
pub(super) fn nft(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
    if argv[1..].iter().any(|word| word.contains([' ', ';'])) {
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
    None
}

/// Settings of git whose value is run.
const RUNS_COMMANDS: &[&str] = &[
    "core.sshcommand",
    "core.pager",
    "core.editor",
    "core.fsmonitor",
    "core.hookspath",
    "core.gitproxy",
    "diff.external",
    "sequence.editor",
    "credential.helper",
    "gpg.program",
    "uploadpack.packobjectshook",
];

/// `git`: what its settings run, and secrets that would get into a commit.
pub(super) fn git(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    let program = families::program("git")?;
    let read = Argv::read(program, argv);
    let words = argv.join(" ");
    for setting in read.values("-c").chain(read.values("--config-env")) {
        let (key, value) = setting.split_once('=').unwrap_or((setting, ""));
        let key = key.to_ascii_lowercase();
        let harmless = ["", "true", "false", "cat", "less", "delta", "vim", "vi", "nano", "ssh", "bat"];
        if let Some(alias) = value.strip_prefix('!') {
            walker.text(alias, &Data::default());
        } else if key.starts_with("remote.")
            && (key.ends_with(".mirror") || key.ends_with(".push") && value.contains('+'))
        {
            walker.found(Effect::ForcePush, "", "");
        } else if RUNS_COMMANDS.contains(&key.as_str()) && !harmless.contains(&value) && !value.starts_with("ssh ") {
            walker.text(value, &Data::default());
            walker.words.clone_from(&words);
            walker.unknown("a setting for this one call runs a command", "");
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
    if let Some(
        "checkout" | "restore" | "reset" | "clean" | "stash" | "pull" | "merge" | "rebase" | "switch" | "apply",
    ) = read.positional(0)
    {
        // What lies there changes, whatever it is called: `git -C /etc/netplan checkout -- .`
        let folder = read.values("-C").last().unwrap_or(".").to_owned();
        if folder != "." || walker.folder.is_some() {
            let path = format!("{}/{HOLE}", walker.path(&folder));
            walker.access(&path, Access::Write);
        }
    }
    for word in &argv[1..] {
        let run = ["--upload-pack=", "--receive-pack=", "--exec=", "--extcmd=", "-O", "ext::"];
        let is_grep = read.positional(0) == Some("grep");
        for command in
            run.iter().filter(|option| **option != "-O" || is_grep).filter_map(|option| word.strip_prefix(option))
        {
            if !command.is_empty() {
                walker.text(command, &Data::default());
            }
        }
    }
    for pair in
        argv.windows(2).filter(|pair| matches!(pair[0].as_str(), "--upload-pack" | "--receive-pack" | "--extcmd"))
    {
        walker.text(&pair[1], &Data::default());
    }
    match read.positional(0) {
        Some("difftool" | "mergetool") => {
            for pair in argv.windows(2).filter(|pair| pair[0] == "-x") {
                walker.text(&pair[1], &Data::default());
            }
        }
        Some("apply" | "am") if stdin.is_from_network() => {
            walker.unknown("applies a patch from the network that nobody has read", "");
        }
        Some("pull" | "checkout" | "reset" | "merge") if walker.place.host.is_some() => {
            walker.found(Effect::Deploy, "changes what lies on another host", "");
        }
        Some("clone") => {
            let address = read.positional(1).filter(|address| address.contains("://") || address.starts_with("git@"));
            if let Some(address) = address {
                let name = address.rsplit('/').next().unwrap_or_default().trim_end_matches(".git").to_owned();
                let folder = walker.path(read.positional(2).unwrap_or(&name));
                walker.access(&folder, Access::Write);
                walker.cloned.push(folder);
            }
        }
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
        _ => {}
    }
    walker.words = argv.join(" ");
    walker.rule = "git/git".to_owned();
    None
}

/// `redis-cli` without a command reads them, one a line.
pub(super) fn redis(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    let program = families::program("redis-cli")?;
    let read = Argv::read(program, argv);
    if read.positional(0).is_some_and(|verb| verb.eq_ignore_ascii_case("sort"))
        && argv.iter().any(|word| word.eq_ignore_ascii_case("store"))
    {
        walker.found(Effect::DataChange, "", "");
    }
    if read.positional(0).is_none() && read.options.iter().all(|given| given.name != "--pipe") {
        redis_lines(walker, stdin);
    }
    None
}

/// What a store is told in lines.
pub(super) fn redis_lines(walker: &mut Walker, sent: &Data) {
    if sent.is_from_network() {
        walker.found(Effect::RemoteCode, "tells a store what comes from the network", "");
        return;
    }
    if sent.is_hidden() && !sent.text.is_empty() {
        walker.unknown("what the store is told is only known when it runs", "");
        return;
    }
    for line in sent.text.lines().filter(|line| !line.trim().is_empty()).take(100) {
        let words = line.split_whitespace().map(|word| word.trim_matches(['"', '\'']).to_owned());
        let argv: Vec<String> = std::iter::once("redis-cli".to_owned()).chain(words).collect();
        walker.argv(&argv, &Data::default());
    }
}

/// `nc host 6379`: what goes to a store without its own program.
pub(super) fn netcat(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    if stdin.is_environment() || stdin.has_secrets() {
        walker.found(Effect::SecretRead, "sends the environment away, secrets and all", "");
    }
    if argv.iter().any(|word| word == "6379") {
        redis_lines(walker, stdin);
    }
    None
}

/// `piton net guard -- command`: the network comes back by itself, and nothing else does.
pub(super) fn piton(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    let program = families::program("piton")?;
    let read = Argv::read(program, argv);
    if (read.positional(0), read.positional(1)) != (Some("net"), Some("guard")) {
        return None;
    }
    let inner = read.from(2).to_vec();
    let outer = std::mem::replace(&mut walker.is_guarded, true);
    let out = walker.argv(&inner, stdin);
    walker.is_guarded = outer;
    Some(out)
}

/// Editors and clients that run what stands behind a `!`.
pub(super) fn bang_lines(walker: &mut Walker, _: &[String], stdin: &Data) -> Option<Data> {
    for command in stdin.text.lines().filter_map(|line| line.trim().strip_prefix('!')) {
        walker.text(command, &Data::default());
    }
    None
}

/// `python -m pip` is pip; modules that run code are given it in words.
pub(super) fn python(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    let module = argv.iter().position(|word| word == "-m")?;
    if argv[1..module].iter().any(|word| !word.starts_with('-')) {
        return None;
    }
    let rest = argv.get(module + 2..).unwrap_or_default();
    match argv.get(module + 1)?.as_str() {
        pip @ ("pip" | "pip3") => Some(walker.argv(&[&[pip.to_owned()], rest].concat(), stdin)),
        "timeit" | "code" | "cProfile" | "profile" | "trace" | "pdb" => {
            for word in rest.iter().filter(|word| word.contains(['(', ' '])) {
                walker.code(&Data::known(word.as_str()));
            }
            None
        }
        "pty" => {
            walker.unknown("opens a shell, whose commands nobody sees here", "");
            None
        }
        _ => None,
    }
}
