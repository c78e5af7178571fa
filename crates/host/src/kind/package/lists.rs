//! apt's lists of what can be had, fetched anew only when that can matter.

use super::{PATIENCE, unattended};
use crate::system::{Fault, FaultCode, System};
use std::fs;
use std::time::{Duration, SystemTime};

const LISTS: &str = "/var/lib/apt/lists";
const SOURCES: [&str; 2] = ["/etc/apt/sources.list", "/etc/apt/sources.list.d"];

/// Archives drop a version soon after they have a newer one, so older lists name what is gone.
const FRESH: Duration = Duration::from_secs(24 * 3600);

/// Fetches the lists when they are old, or older than the sources, or do not have a package.
pub(super) fn refresh(system: &System, names: &[&str]) -> Result<(), Fault> {
    let had = lacking(system, names)?;
    if had.is_empty() && are_fresh(system) {
        return Ok(());
    }
    let argv = ["apt-get", "--quiet", "--option=DPkg::Lock::Timeout=300", "update"];
    let updated = system.call_ok(&unattended(&argv).deadline(PATIENCE));
    let lacking = lacking(system, names)?;
    match (updated, lacking.first()) {
        (Ok(_), None) => Ok(()),
        // An unreachable archive is none of our business when the others have everything.
        (Err(_), None) => Ok(()),
        (Err(fault), Some(_)) => Err(fault.help("see whether the host reaches its package archives").retry()),
        (Ok(_), Some(name)) => {
            let what = format!("no archive of this host has a package `{name}`");
            Err(Fault::new(FaultCode::Refused, what).help("see `apt-cache policy` on the host, or correct the name"))
        }
    }
}

fn are_fresh(system: &System) -> bool {
    // apt touches the folder for unfinished downloads on every update, even if nothing is new.
    let Some(updated) = changed(system, &format!("{LISTS}/partial")).max(changed(system, LISTS)) else { return false };
    let named = fs::read_dir(system.path(SOURCES[1])).into_iter().flatten().flatten();
    let named = named.filter_map(|entry| entry.metadata().and_then(|metadata| metadata.modified()).ok());
    let sources = SOURCES.iter().filter_map(|path| changed(system, path)).chain(named).max();
    let age = SystemTime::now().duration_since(updated).unwrap_or_default();
    age < FRESH && sources.is_none_or(|sources| sources <= updated)
}

fn changed(system: &System, path: &str) -> Option<SystemTime> {
    fs::metadata(system.path(path)).and_then(|metadata| metadata.modified()).ok()
}

/// The packages that no list has.
fn lacking<'a>(system: &System, names: &[&'a str]) -> Result<Vec<&'a str>, Fault> {
    let argv: Vec<&str> = ["apt-cache", "policy", "--"].iter().chain(names).copied().collect();
    let known = candidates(&system.run_ok(&argv)?);
    Ok(names.iter().copied().filter(|name| !known.iter().any(|known| known == name)).collect())
}

/// Reads `apt-cache policy`: a name with a colon, and under it `Candidate: version`.
fn candidates(policy: &str) -> Vec<String> {
    let mut name = "";
    let mut known = Vec::new();
    for line in policy.lines() {
        match line.strip_suffix(':') {
            Some(start) if !line.starts_with(' ') => name = start,
            _ => {
                if line.trim().strip_prefix("Candidate: ").is_some_and(|version| version != "(none)") {
                    known.push(name.to_owned());
                }
            }
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_package_with_a_candidate_can_be_had() {
        let policy = "ufw:\n  Installed: (none)\n  Candidate: 0.36.2-1\n  Version table:\n     0.36.2-1 500\n\
            docker-ce:\n  Installed: (none)\n  Candidate: (none)\n  Version table:\n";
        assert_eq!(candidates(policy), ["ufw"]);
        assert!(candidates("").is_empty());
    }

    #[test]
    fn lists_are_fresh_until_a_source_is_newer() {
        let folder = tempfile::tempdir().expect("a folder");
        let system = System::at(folder.path());
        assert!(!are_fresh(&system), "there are none");
        let partial = system.path(&format!("{LISTS}/partial"));
        fs::create_dir_all(&partial).expect("a folder");
        assert!(are_fresh(&system));
        let sources = system.path(SOURCES[1]);
        fs::create_dir_all(&sources).expect("a folder");
        let added = fs::File::create(sources.join("docker.list")).expect("a file");
        added.set_modified(SystemTime::now() + Duration::from_secs(60)).expect("a time");
        assert!(!are_fresh(&system));
    }
}
