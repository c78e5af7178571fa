//! What a path is to a host. What reading, writing or deleting it would do is in `effects.rs`.
//!
//! Paths come resolved as far as they can be: `~` for the home, absolute where the folder is known,
//! [`HOLE`] for what is not known. Matching goes by what a path is called; no file is looked at.

mod effects;
pub(crate) mod own;
mod places;
mod secrets;

use crate::pattern::glob;
use crate::read::HOLE;
pub(crate) use effects::effect;
use places::{AGENT_FOLDERS, GUARD_ENDS, HARMLESS_DEVICES, PLACES, SCRATCH, SOURCES, TOPS};
use secrets::{PUBLIC_NAMES, SECRET_ENDS, SECRET_NAMES};

/// What is done to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
    /// Written with nothing: the content goes.
    Empty,
    Delete {
        recursive: bool,
    },
    /// Put where others get to see it.
    Publish,
    /// Owner, mode, attributes.
    Modify {
        recursive: bool,
    },
}

/// What sort of thing a path is, for the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// What configures agents and this gate.
    Guard,
    /// Users, keys, ssh, sudo.
    Access,
    Network,
    Secret,
    /// The raw disk.
    Device,
    /// Where services keep what they know.
    Data,
    /// Programs that were deployed.
    Deployed,
    System,
    /// `/`, `/etc`, a home: folders that hold everything else.
    Top,
    /// The folder that one is in, whatever it is.
    Here,
    /// What restarts or stops the machine when it is written.
    Outage,
    /// A repository's history.
    History,
    /// Made again by a build, or meant to be thrown away.
    Scratch,
    Sources,
    /// The login shell's own files.
    Shell,
    Other,
}

/// Says what sort of thing a path is.
pub(crate) fn sort(path: &str) -> Sort {
    let trimmed = path.trim_end_matches("/*").trim_end_matches('/');
    if path.is_empty() {
        return Sort::Other;
    }
    if trimmed.is_empty() || TOPS.contains(&trimmed) || is_a_home(trimmed) {
        return Sort::Top;
    }
    if matches!(trimmed, "." | "..") || trimmed.ends_with("/..") {
        return Sort::Here;
    }
    // `../../opt/app` from a folder that is not known.
    if let Some(above) = trimmed.strip_prefix("../") {
        let absolute = format!("/{}", above.trim_start_matches("../"));
        if PLACES.iter().any(|(place, _)| inside(&absolute, place)) {
            return sort(&absolute);
        }
    }
    let name = trimmed.rsplit('/').next().unwrap_or(trimmed);
    if is_guard(trimmed, name) {
        return Sort::Guard;
    }
    if name == "authorized_keys"
        || name == "authorized_keys2"
        || trimmed.ends_with("/.ssh/config")
        || trimmed.ends_with("/.ssh")
    {
        return Sort::Access;
    }
    if is_secret(trimmed, name) {
        return Sort::Secret;
    }
    if name == ".git"
        || trimmed.starts_with(".git/")
        || trimmed.contains("/.git/") && !trimmed.contains("/.git/index.lock")
    {
        return Sort::History;
    }
    if HARMLESS_DEVICES.iter().any(|device| inside(trimmed, device)) {
        return Sort::Scratch;
    }
    if matches!(name, ".bashrc" | ".bash_profile" | ".profile" | ".zshrc" | ".zshenv" | ".zprofile" | ".bash_logout") {
        return Sort::Shell;
    }
    if trimmed.starts_with('/')
        && trimmed.contains(['?', '[', '*'])
        && let Some(sort) = sort_of_pattern(trimmed)
    {
        return sort;
    }
    let placed = PLACES.iter().filter(|(place, _)| inside(trimmed, place)).max_by_key(|(place, _)| place.len());
    match placed {
        Some((_, Sort::Data)) if trimmed.contains("/bin/") || trimmed.ends_with("/bin") => Sort::Deployed,
        Some((_, Sort::Secret)) if PUBLIC_NAMES.iter().any(|public| glob(public, name)) => Sort::Other,
        Some((_, sort)) => *sort,
        None => relative_sort(trimmed),
    }
}

/// `/op?/app`, `/etc/netpla[n]`: what it may fit, by the place with the longest name. A `*` at the end fits what is in a
/// folder, and is read elsewhere.
fn sort_of_pattern(path: &str) -> Option<Sort> {
    let parts: Vec<&str> = path.split('/').collect();
    let may_fit = |place: &str| {
        let place: Vec<&str> = place.split('/').collect();
        let is_pattern = parts.iter().take(place.len()).any(|part| part.contains(['?', '[', '*']));
        is_pattern
            && parts.len() >= place.len()
            && parts.iter().zip(&place).all(|(part, name)| fits_pattern(part, name))
    };
    let tops = TOPS.iter().filter(|top| top.len() > 1 && parts.len() == top.split('/').count() && may_fit(top));
    let placed = PLACES.iter().filter(|(place, _)| may_fit(place)).max_by_key(|(place, _)| place.len());
    tops.map(|_| Sort::Top).next().or(placed.map(|(_, sort)| *sort))
}

/// A pattern of the shell against one name; a set of letters is taken for any text.
fn fits_pattern(pattern: &str, name: &str) -> bool {
    let mut stars = String::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '?' => stars.push('*'),
            '[' => {
                letters.by_ref().find(|letter| *letter == ']');
                stars.push('*');
            }
            other => stars.push(other),
        }
    }
    glob(&stars, name)
}

/// Whether a regular expression of few letters may mean a name.
pub(crate) fn may_be(expression: &str, name: &str) -> bool {
    let stars: String = expression.chars().map(|letter| if ".+?".contains(letter) { '*' } else { letter }).collect();
    fits_pattern(&format!("*{stars}*"), name)
}

/// A path in a project or a home: judged by the names of its parts.
fn relative_sort(path: &str) -> Sort {
    let mut parts = path.split('/').filter(|part| !part.is_empty() && *part != ".");
    let scratch = |part: &str| part != "~" && SCRATCH.iter().any(|name| glob(name, part));
    if parts.clone().any(scratch) {
        return Sort::Scratch;
    }
    let last = parts.next_back().unwrap_or_default();
    if last.contains(['*', '?', '[']) && hits_what_people_keep(last) {
        return Sort::Sources;
    }
    if SOURCES.contains(&last) || last == ".." { Sort::Sources } else { Sort::Other }
}

/// `d*`, `.g*`, `?*`: a pattern that takes a folder with it that somebody would miss.
fn hits_what_people_keep(pattern: &str) -> bool {
    const HIDDEN: &[&str] = &[".git", ".github", ".env", ".claude", ".ssh", ".config"];
    SOURCES
        .iter()
        .chain(HIDDEN)
        .any(|name| *name != "*" && fits_pattern(pattern, name) && pattern.starts_with('.') == name.starts_with('.'))
}

/// A place whose content is not meant to stay: `/tmp/x`.
pub(crate) fn is_thrown_away(path: &str) -> bool {
    PLACES.iter().any(|(place, sort)| *sort == Sort::Scratch && inside(path, place))
}

fn inside(path: &str, place: &str) -> bool {
    path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn is_a_home(path: &str) -> bool {
    path.strip_prefix("/home/").is_some_and(|rest| !rest.contains('/') && !rest.is_empty())
}

fn is_guard(path: &str, name: &str) -> bool {
    let ends = |end: &&str| match end.strip_suffix('/') {
        Some(folder) => path.contains(*end) || path.ends_with(folder),
        None => path.ends_with(*end) && (path.len() == end.len() || path[..path.len() - end.len()].ends_with('/')),
    };
    let folder =
        path.strip_suffix(name).unwrap_or_default().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let is_pattern = name.contains(['*', '?', '[']) && !name.starts_with('*');
    let letters = name.chars().filter(|letter| letter.is_alphanumeric()).count();
    if is_pattern
        && AGENT_FOLDERS.iter().any(|agents| letters >= 3 && name.starts_with('.') && fits_pattern(name, agents))
    {
        return true;
    }
    if is_pattern
        && AGENT_FOLDERS.contains(&folder)
        && ["settings.json", "hooks.json", "config.toml"].iter().any(|file| fits_pattern(name, file))
    {
        return true;
    }
    AGENT_FOLDERS.contains(&name) || GUARD_ENDS.iter().any(ends) || (name == "piton" && path.contains("bin/"))
}

fn is_secret(path: &str, name: &str) -> bool {
    if PUBLIC_NAMES.iter().any(|public| glob(public, name)) {
        return false;
    }
    let folder =
        path.strip_suffix(name).unwrap_or_default().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    // A chart's templates name secrets, and what tests are given opens nothing.
    let in_folder = |folder: &str| path.starts_with(&format!("{folder}/")) || path.contains(&format!("/{folder}/"));
    let is_keyed = name.ends_with(".key") || name.ends_with(".pem") || name.ends_with(".p12");
    if in_folder("templates") && (name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".tpl"))
        || is_keyed
            && ["fixtures", "testdata", "test-data", "__fixtures__"].iter().any(|folder| in_folder(folder))
            && !path.starts_with(['/', '~'])
    {
        return false;
    }
    if name.contains(['*', '?', '[', HOLE]) {
        return guessed(name);
    }
    if path.starts_with("/proc/") && name == "mem" || matches!(folder, "secrets" | ".secrets") && is_data_file(name) {
        return true;
    }
    let in_ssh = path.contains(".ssh/") && !matches!(name, "known_hosts" | "config" | "authorized_keys");
    in_ssh
        || path == "/etc/shadow"
        || SECRET_NAMES.iter().any(|secret| glob(secret, name))
        || SECRET_ENDS.iter().any(|end| match end.strip_suffix('*') {
            Some(folder) => path.contains(folder),
            None => match end.split_once('*') {
                Some((folder, tail)) => path.contains(folder) && path.ends_with(tail),
                None => path.ends_with(end),
            },
        })
}

/// `~/.ssh/*`
fn is_folder_of_secrets(path: &str) -> bool {
    path.strip_suffix("/*").and_then(|folder| folder.rsplit('/').next()).is_some_and(|name| {
        matches!(name, ".ssh" | "secrets" | ".secrets" | ".gnupg" | ".aws" | ".kube" | "wireguard" | ".password-store")
    }) || path.ends_with(".config/gh/*")
}

/// Not documentation, and not code about secrets.
fn is_data_file(name: &str) -> bool {
    match name.rsplit_once('.') {
        Some((_, end)) => matches!(end, "txt" | "yml" | "yaml" | "json" | "env" | "key" | "pem" | "toml" | "ini"),
        None => !name.is_empty(),
    }
}

/// A pattern of the shell that has a secret's name in reach: `.en?`, `id_*`. Not `*` or `*.json`.
fn guessed(pattern: &str) -> bool {
    // What is not known may be anything, as a star may.
    let pattern = pattern.replace(HOLE, "*");
    let letters = pattern.chars().filter(|letter| !"*?[]".contains(*letter)).count();
    let known = [
        ".env",
        ".env.production",
        "id_rsa",
        "id_ed25519",
        "shadow",
        "secrets.yml",
        ".netrc",
        ".pgpass",
        "credentials",
    ];
    let is_near =
        letters >= 3 || pattern.starts_with('.') && letters >= 2 || pattern.starts_with(".[") || pattern == ".*";
    // `*.pem`, `*secret*`: whatever they fit is one.
    let ends = [".env", ".key", ".pem", ".p12", ".pfx", ".kdbx", ".keytab"];
    if pattern.strip_prefix('*').is_some_and(|end| ends.contains(&end))
        || matches!(pattern.as_str(), "*secret*" | "*secrets*" | "*credentials*")
    {
        return true;
    }
    !pattern.starts_with('*') && is_near && known.iter().any(|name| fits_pattern(&pattern, name))
}

/// A name that a build makes again, below a home: `find ~ -name '*.pyc' -delete`.
pub(crate) fn is_litter(root: &str, name: &str) -> bool {
    (root == "~" || is_a_home(root)) && relative_sort(name) == Sort::Scratch
}

/// Joins a path to the folder it is seen from, and takes `.` and `..` out.
pub(crate) fn resolve(folder: Option<&str>, path: &str) -> String {
    let joined = match folder {
        // What begins with something that is not known may lead anywhere.
        _ if path.starts_with(['/', '~', HOLE]) => path.to_owned(),
        Some(folder) => format!("{}/{path}", folder.trim_end_matches('/')),
        None => path.to_owned(),
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if joined.starts_with('/') => {}
            _ => parts.push(part),
        }
    }
    let root = if joined.starts_with('/') { "/" } else { "" };
    let path = format!("{root}{}", parts.join("/"));
    if path.is_empty() { ".".to_owned() } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_apart_by_what_they_are_to_a_host() {
        let cases = [
            ("/", Sort::Top),
            ("/*", Sort::Top),
            ("~/", Sort::Top),
            ("/home/me", Sort::Top),
            ("/etc/netplan/01.yaml", Sort::Network),
            ("/etc/ssh/sshd_config", Sort::Access),
            ("~/.ssh/authorized_keys", Sort::Access),
            ("~/.ssh/id_ed25519", Sort::Secret),
            ("~/.ssh/id_ed25519.pub", Sort::Other),
            (".env", Sort::Secret),
            (".env.example", Sort::Other),
            ("/opt/app/bin/server", Sort::Deployed),
            ("/opt/app/data", Sort::Data),
            ("/dev/sda", Sort::Device),
            ("/dev/null", Sort::Scratch),
            ("~/.claude/settings.json", Sort::Guard),
            ("/x/.claude/hooks/y", Sort::Guard),
            ("crates/gate/target/debug", Sort::Scratch),
        ];
        for (path, expected) in cases {
            assert_eq!(sort(path), expected, "{path}");
        }
    }

    #[test]
    fn paths_are_resolved_without_looking() {
        assert_eq!(resolve(Some("/opt/data"), "../x/./y"), "/opt/x/y");
        assert_eq!(resolve(None, "./a/../b"), "b");
        assert_eq!(resolve(Some("/a"), "~/b"), "~/b");
        assert_eq!(resolve(Some("/"), ".."), "/");
    }
}
