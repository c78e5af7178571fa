//! What reading, writing or deleting a path would do, once it is known what the path is.
//!
//! A path whose end is not known is judged by its beginning; a folder that goes as a whole is more than a file in it.

use super::places::GUARD_FOLDERS;
use super::{Access, Sort, is_folder_of_secrets, is_thrown_away, sort};
use crate::effect::Effect;
use crate::read::HOLE;

/// What an access to a path does; nothing when it is nobody's business.
pub(crate) fn effect(path: &str, access: Access) -> Option<(Effect, &'static str)> {
    // What is behind a hole is not known; what is before it is.
    let known = path.split(HOLE).next().unwrap_or_default();
    let all = path.ends_with("/*") || path == "*" || path.ends_with("/.*");
    match access {
        Access::Read if is_folder_of_secrets(path) => {
            Some((Effect::SecretRead, "shows what is in a folder that holds secrets"))
        }
        Access::Read => match sort(path) {
            Sort::Secret => Some((Effect::SecretRead, "shows what is in a file that holds secrets")),
            _ => None,
        },
        Access::Publish => match sort(path) {
            Sort::Secret => Some((Effect::SecretWrite, "puts a secret into the repository, where it stays")),
            // What Vault writes when it is made: the root token and the keys.
            _ if path.rsplit('/').next() == Some("init.json") => {
                Some((Effect::SecretWrite, "puts a vault's keys into the repository, where they stay"))
            }
            _ => None,
        },
        // A key that was made to be tried with.
        Access::Write if is_thrown_away(path) && sort(path) == Sort::Secret => None,
        Access::Write if is_copy(path) && matches!(sort(path), Sort::Data | Sort::System) => None,
        Access::Write | Access::Empty if is_at_the_root(path) => {
            Some((Effect::SystemChange, "writes into the root folder, on the disk that the system needs"))
        }
        Access::Write if sort(path) == Sort::Top => into_a_top(path),
        Access::Write | Access::Empty => write(sort(path), access),
        Access::Modify { .. } if matches!(path, "/etc/shadow" | "/etc/gshadow") => modify(Sort::Access, false),
        Access::Modify { recursive } => modify(sort(path), recursive),
        // `*.pyc`, wherever that is.
        Access::Delete { .. } if !path.contains('/') && path != HOLE.to_string() && sort(path) == Sort::Scratch => None,
        Access::Delete { recursive: true } if known.is_empty() && path.contains(HOLE) && all => {
            Some((Effect::DataLoss, "deletes everything in a folder whose name is only known when it runs"))
        }
        Access::Delete { recursive } if known.is_empty() && path.contains(HOLE) => {
            recursive.then_some((Effect::Unknown, "deletes a folder whose name is only known when it runs"))
        }
        // `rm -rf "/$X"`: the root, when X is empty.
        Access::Delete { recursive: true }
            if path.starts_with('/') && path.contains(HOLE) && path.replace([HOLE, '/', '*'], "").is_empty() =>
        {
            Some((Effect::DataLoss, "deletes everything, if the name is empty that is only known when it runs"))
        }
        Access::Delete { recursive: true }
            if path.starts_with("../") && matches!(sort(path), Sort::Other | Sort::Sources) =>
        {
            Some((Effect::DiscardWork, "deletes a folder outside of the one that the session works in"))
        }
        Access::Delete { recursive } => delete(path, sort(path), recursive, all),
    }
}

/// `/big`, where nobody keeps files.
fn is_at_the_root(path: &str) -> bool {
    path.strip_prefix('/').is_some_and(|name| !name.is_empty() && !name.contains(['/', HOLE]))
        && sort(path) == Sort::Other
}

/// A copy that is kept beside what is about to change.
fn is_copy(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    [".bak", ".backup", ".orig", ".old", ".save"].iter().any(|part| name.contains(part))
}

/// Something new in a folder that holds everything else: `cp x /etc/`. Homes are for that.
fn into_a_top(path: &str) -> Option<(Effect, &'static str)> {
    match path.trim_end_matches('/') {
        "/srv" | "/opt" | "/data" | "/mnt" | "/media" => {
            Some((Effect::DataChange, "writes where a service keeps its data or configuration"))
        }
        "" | "/etc" | "/bin" | "/boot" | "/lib" | "/lib64" | "/sbin" | "/usr" | "/var" | "/var/lib" | "/sys"
        | "/proc" => Some((Effect::SystemChange, "writes one of the system's own files")),
        _ => None,
    }
}

fn write(sort: Sort, access: Access) -> Option<(Effect, &'static str)> {
    let found = match sort {
        Sort::Guard => (Effect::GuardTampering, "writes a file that configures agents or this gate"),
        Sort::Access => (Effect::HostAccess, "writes a file that decides who gets in"),
        Sort::Network => (Effect::HostNetwork, "writes a file that the host's network is made from"),
        Sort::Secret => (Effect::SecretWrite, "writes a file that holds secrets"),
        Sort::Device => (Effect::DataLoss, "writes to a raw device"),
        Sort::Outage => (Effect::HostOutage, "stops or restarts the machine"),
        Sort::Data if access == Access::Empty => (Effect::DataLoss, "empties a file of a running service"),
        Sort::Data => (Effect::DataChange, "writes where a service keeps its data or configuration"),
        Sort::Deployed => (Effect::DeployAroundCi, "replaces a deployed program by hand"),
        Sort::System | Sort::Shell => (Effect::SystemChange, "writes one of the system's own files"),
        Sort::History => (Effect::DiscardWork, "writes into a repository's own files"),
        Sort::Top | Sort::Here | Sort::Scratch | Sort::Sources | Sort::Other => return None,
    };
    Some(found)
}

fn modify(sort: Sort, recursive: bool) -> Option<(Effect, &'static str)> {
    let found = match sort {
        Sort::Guard => (Effect::GuardTampering, "changes who may use a file that guards this session"),
        Sort::Access => (Effect::HostAccess, "changes the mode or owner of what decides who gets in"),
        Sort::Top if recursive => (Effect::HostAccess, "changes mode or owner of everything below"),
        Sort::System => (Effect::SystemChange, "changes mode or owner of the system's own files"),
        Sort::Data | Sort::Deployed if recursive => {
            (Effect::DataChange, "changes mode or owner of what a service keeps")
        }
        _ => return None,
    };
    Some(found)
}

fn delete(path: &str, sort: Sort, recursive: bool, all: bool) -> Option<(Effect, &'static str)> {
    let folder_of_guard =
        GUARD_FOLDERS.iter().any(|folder| path.trim_end_matches('/').ends_with(&format!("~/{folder}")));
    let found = match sort {
        _ if folder_of_guard && recursive => (Effect::GuardTampering, "removes the folder that guards this session"),
        Sort::Guard => (Effect::GuardTampering, "removes a file that guards this session"),
        Sort::Access => (Effect::HostAccess, "removes a file that decides who gets in"),
        Sort::Network => (Effect::HostNetwork, "removes a file that the host's network is made from"),
        Sort::Secret => (Effect::SecretWrite, "removes a secret"),
        Sort::Here if recursive => (Effect::DataLoss, "deletes everything in the folder"),
        Sort::Outage => (Effect::HostOutage, ""),
        Sort::Top if recursive || all => (Effect::DataLoss, "deletes a folder that holds everything else"),
        Sort::Data | Sort::Deployed => (Effect::DataLoss, "deletes where services keep their data"),
        Sort::Device => (Effect::SystemChange, "deletes a device"),
        Sort::History if recursive => (Effect::DataLoss, "deletes a repository's history"),
        Sort::System if recursive => (Effect::DataLoss, "deletes a folder of the system"),
        Sort::System | Sort::Shell => (Effect::SystemChange, "deletes one of the system's own files"),
        Sort::Sources if recursive => (Effect::DiscardWork, "deletes a folder that people work in"),
        Sort::Other if recursive && is_dotfolder_of_home(path) => (Effect::DiscardWork, "deletes settings in a home"),
        Sort::History | Sort::Top | Sort::Here | Sort::Scratch | Sort::Sources | Sort::Other => return None,
    };
    Some(found)
}

fn is_dotfolder_of_home(path: &str) -> bool {
    // `x.json` is a file, whatever was meant to happen to folders.
    let is_folder = |rest: &str| !rest.contains(['/', '.']) || rest.contains(HOLE);
    path.strip_prefix("~/").is_some_and(|rest| rest.starts_with('.') || is_folder(rest.trim_end_matches('/')))
}
