//! Programs that end processes: `kill`, `pkill`. Which process it is counts more than the word for it.

use super::Walker;
use super::data::Data;
use crate::argv::Argv;
use crate::effect::Effect;
use crate::families;
use crate::read::HOLE;

/// What everything else on a host stands on, by the names of its processes.
const CORE: &[&str] = &[
    "sshd",
    "dockerd",
    "containerd",
    "systemd",
    "systemd-networkd",
    "incusd",
    "NetworkManager",
    "tailscaled",
    "dbus-daemon",
];

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

/// `pkill`: its word is a pattern, and its signal may look like options.
pub(super) fn pkill(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    let is_signal = |word: &String| {
        word.len() > 2
            && word.starts_with('-')
            && word[1..].bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    if let Some(at) = argv.iter().position(is_signal) {
        let signal = ["-s".to_owned(), argv[at].trim_start_matches('-').to_owned()];
        let plain = [&argv[..at], &signal, &argv[at + 1..]].concat();
        return Some(walker.argv(&plain, stdin));
    }
    let program = families::program("pkill")?;
    let read = Argv::read(program, argv);
    walker.rule = "services/pkill".to_owned();
    if read.options.iter().any(|given| matches!(given.name.as_str(), "-l" | "-0" | "--list"))
        || read.values("-s").any(|signal| signal == "0")
    {
        return None;
    }
    if read.values("-P").any(|parent| parent == "1") {
        walker.found(Effect::HostOutage, "ends everything that runs by itself", "");
    }
    if read.options.iter().any(|given| given.name == "-t") {
        walker.unknown("ends what runs on a terminal that may be the operator's", "");
    }
    let written = read.positional(0)?;
    let pattern: String = written.chars().filter(|letter| !"^$\\()".contains(*letter)).collect();
    let takes_patterns = !argv[0].ends_with("killall") || argv.iter().any(|word| word == "-r" || word == "--regexp");
    if takes_patterns && !pattern.contains(|letter: char| letter.is_alphanumeric() || letter == HOLE) {
        walker.found(Effect::HostOutage, "ends everything", "");
    } else if takes_patterns && pattern.len() <= 12 && CORE.iter().any(|name| crate::paths::may_be(&pattern, name)) {
        walker.found(Effect::ServiceStop, "", "");
    }
    None
}
