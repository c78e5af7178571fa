//! The folder that a session was started in, where that lies among deployed things: `/srv/site`, `/opt/app`.
//!
//! Somebody put the agent there to work on what is there, so its own files are as free as in a home:
//! what a build makes again, sources, notes. What a running service would keep there (data, and in a
//! folder that is no repository its configuration) stays what it is to a host. A folder that the operator
//! calls prod is no such place.

use super::{Access, Sort, relative_sort};
use crate::effect::Effect;
use crate::pattern::glob;
use crate::read::HOLE;

/// Below these, people work as well as deploy.
const PLACES: &[&str] = &["/srv/", "/opt/", "/var/www/", "/data/", "/mnt/", "/media/"];

/// Parts of a path in which a service keeps what it knows.
const DATA_PARTS: &[&str] = &[
    "data",
    "*-data",
    "*_data",
    "pgdata",
    "db",
    "database",
    "databases",
    "volumes",
    "volume",
    "uploads",
    "storage",
    "media",
    "backup",
    "backups",
    "snapshots",
    "state",
    "redis",
    "valkey",
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "mongo",
    "minio",
    "qdrant",
    "grafana",
    "loki",
    "prometheus",
    "vault",
    "bin",
];

/// Files that are data wherever they lie.
const DATA_FILES: &[&str] = &["*.db", "*.sqlite", "*.sqlite3", "*.rdb", "*.aof", "*.zone", "*.dump", "*.mdb"];

/// Parts that hold what a running service is configured by.
const SETTINGS: &[&str] = &["conf", "config", "configs", "conf.d", "etc"];

/// What a build makes in a repository, and a server serves or writes where it was deployed.
const SERVED: &[&str] = &["public", "site", "logs", "vendor", "cache", "tmp", "out", "result"];

/// Folders of which one may throw away what lies in them.
const WORKED_IN: &[&str] = &["test", "tests", "spec", "src", "crates", "packages", "docs", "examples", "fixtures"];

/// What such a folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    Repository,
    /// No repository: what lies there may be what is running.
    Deployed,
}

/// Says whether a folder is one that people work in among deployed things.
pub(crate) fn is_work(folder: &str) -> bool {
    PLACES
        .iter()
        .filter_map(|place| folder.strip_prefix(place))
        .any(|rest| !rest.is_empty() && !rest.contains(HOLE) && !has_part(rest, DATA_PARTS))
}

/// What an access to something in such a folder does; an error where it is what it would be to any host.
pub(crate) fn effect(rest: &str, access: Access, work: Work) -> Result<Option<(Effect, &'static str)>, Strict> {
    let (folders, name) = rest.rsplit_once('/').unwrap_or(("", rest));
    let is_everything = matches!(name, "" | "." | "*" | ".*") || name.chars().all(|letter| letter == HOLE);
    let is_scratch = relative_sort(rest) == Sort::Scratch && (work == Work::Repository || !has_part(rest, SERVED));
    if has_part(rest, DATA_PARTS) || DATA_FILES.iter().any(|data| glob(data, name)) {
        return Err(Strict);
    }
    match access {
        Access::Read | Access::Publish => Err(Strict),
        Access::Write | Access::Empty if work == Work::Deployed && has_part(folders, SETTINGS) => Err(Strict),
        Access::Write | Access::Empty => Ok(None),
        Access::Modify { .. } if is_scratch => Ok(None),
        Access::Modify { recursive } if recursive && work == Work::Deployed => Err(Strict),
        Access::Modify { .. } => Ok(None),
        Access::Delete { .. } if is_scratch => Ok(None),
        Access::Delete { .. } if is_everything => Err(Strict),
        Access::Delete { recursive } if !recursive || is_one_file(name) => Ok(None),
        Access::Delete { .. } if work == Work::Repository && relative_sort(rest) == Sort::Other => Ok(None),
        Access::Delete { .. } if has_part(folders, WORKED_IN) => Ok(None),
        Access::Delete { .. } => Ok(Some((Effect::DiscardWork, "deletes a folder of what may be running from here"))),
    }
}

/// It is to be judged as what it is to a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Strict;

/// A name that has an ending, and nothing in it that is not known.
fn is_one_file(name: &str) -> bool {
    !name.contains([HOLE, '*', '?']) && name.trim_start_matches('.').contains('.')
}

fn has_part(path: &str, names: &[&str]) -> bool {
    path.split('/').any(|part| names.iter().any(|name| glob(name, part)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_services_keep_their_data_is_no_place_to_work() {
        assert!(is_work("/srv/site") && is_work("/opt/app/web"));
        for folder in ["/srv", "/opt/", "/opt/app/data", "/var/lib/app", "/data/pgdata", "/home/me/x"] {
            assert!(!is_work(folder), "{folder}");
        }
    }

    #[test]
    fn ones_own_files_are_free_and_a_services_are_not() {
        let delete = Access::Delete { recursive: true };
        for (rest, access) in [
            ("src/main.rs", Access::Write),
            ("notes.txt", Access::Delete { recursive: false }),
            ("target/debug", delete),
            ("node_modules", delete),
            ("tests/output", delete),
        ] {
            assert_eq!(effect(rest, access, Work::Deployed), Ok(None), "{rest}");
        }
        for (rest, access) in [
            ("conf/config", Access::Write),
            ("data/x.zone", Access::Write),
            ("app.db", Access::Delete { recursive: false }),
            ("data", delete),
            ("*", delete),
        ] {
            assert_eq!(effect(rest, access, Work::Deployed), Err(Strict), "{rest}");
        }
        assert!(matches!(effect("public", delete, Work::Deployed), Ok(Some(_))));
        assert_eq!(effect("public", delete, Work::Repository), Ok(None));
        assert_eq!(effect("config/app.toml", Access::Write, Work::Repository), Ok(None));
        assert_eq!(effect("data", delete, Work::Repository), Err(Strict));
    }
}
