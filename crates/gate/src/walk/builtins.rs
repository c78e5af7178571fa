//! Programs whose meaning is no table.
//!
//! One list, [`KNOWN`]; everything else is in the data files. What the shell itself does is in `variables.rs` and
//! `shells.rs`, and here where it goes to another folder.

use super::data::Data;
use super::{Walker, carriers, containers, fetch, filters, processes, programs, shells, targets, variables};
use crate::read::HOLE;

type Run = fn(&mut Walker, &[String], &Data) -> Option<Data>;

/// Every program that is judged by code. None as a result: the data files have the rest.
const KNOWN: &[(&str, Run)] = &[
    ("cd", change_folder),
    ("pushd", change_folder),
    ("popd", change_back),
    ("export", variables::assign),
    ("declare", variables::assign),
    ("typeset", variables::assign),
    ("local", variables::assign),
    ("readonly", variables::assign),
    ("alias", variables::alias),
    ("read", variables::read),
    ("mapfile", variables::forget),
    ("readarray", variables::forget),
    ("eval", shells::evaluate),
    ("source", shells::source),
    (".", shells::source),
    ("trap", shells::trap),
    ("hash", variables::hash),
    ("compgen", shells::completion),
    ("complete", shells::completion),
    ("enable", shells::completion),
    ("autossh", carriers::ssh),
    ("slogin", carriers::ssh),
    ("ed", programs::bang_lines),
    ("ex", programs::bang_lines),
    ("ftp", programs::bang_lines),
    ("python", programs::python),
    ("python3", programs::python),
    ("task", targets::task),
    ("set", variables::set),
    ("shift", shift),
    ("env", variables::environment),
    ("printenv", variables::environment),
    ("bash", shells::shell),
    ("sh", shells::shell),
    ("dash", shells::shell),
    ("zsh", shells::shell),
    ("ksh", shells::shell),
    ("mksh", shells::shell),
    ("ash", shells::shell),
    ("fish", shells::shell),
    ("rbash", shells::shell),
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
    ("awk", filters::awk),
    ("gawk", filters::awk),
    ("mawk", filters::awk),
    ("nawk", filters::awk),
    ("sed", filters::sed),
    ("gsed", filters::sed),
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
    ("kill", processes::kill),
    ("pkill", processes::pkill),
    ("killall", processes::pkill),
    ("redis-cli", programs::redis),
    ("valkey-cli", programs::redis),
    ("keydb-cli", programs::redis),
    ("nc", programs::netcat),
    ("ncat", programs::netcat),
    ("netcat", programs::netcat),
    ("piton", programs::piton),
];

/// `shift`: the words move up.
fn shift(walker: &mut Walker, argv: &[String], _: &Data) -> Option<Data> {
    let by = argv.get(1).and_then(|number| number.parse().ok()).unwrap_or(1usize);
    if let Some(arguments) = &mut walker.arguments {
        arguments.drain(..by.min(arguments.len()));
    }
    Some(Data::default())
}

/// Judges a program of the list; nothing when it is not there, or leaves the rest to the data files.
pub(super) fn run(walker: &mut Walker, name: &str, argv: &[String], stdin: &Data) -> Option<Data> {
    let (_, run) = KNOWN.iter().find(|(known, _)| *known == name)?;
    run(walker, argv, stdin)
}

pub(super) fn is_known(name: &str) -> bool {
    KNOWN.iter().any(|(known, _)| *known == name)
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
        // `CDPATH=/ ; cd etc`
        Some(target) if walker.variables.contains_key("CDPATH") && !target.starts_with(['/', '~', '.']) => {
            let beside = walker.variables.get("CDPATH").map(|path| path.text.clone()).unwrap_or_default();
            Some(crate::paths::resolve(Some(beside.split(':').next().unwrap_or_default()), target))
        }
        Some(target) => Some(walker.path(target)),
    };
    Some(Data::default())
}

fn change_back(walker: &mut Walker, _: &[String], _: &Data) -> Option<Data> {
    walker.folder = walker.others.folders.last().cloned();
    Some(Data::default())
}
