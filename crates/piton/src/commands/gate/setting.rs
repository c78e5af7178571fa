//! What a judgement needs from this machine: the policy, and the files that a command names.

use crate::failure::Failure;
use crate::site_folder::SiteFolder;
use jiff::{SignedDuration, Timestamp};
use piton_gate::{Belongs, File, Policy, Request, Site, World};
use std::cell::Cell;
use std::fs;
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// A longer script is not read; running it is then asked for.
const LARGEST: u64 = 256 * 1024;

/// The files of this machine, as far as a command may make the gate read them: plain ones, short, and not many.
#[derive(Debug)]
pub(super) struct Disk {
    left: Cell<u32>,
}

impl Disk {
    pub(super) fn new() -> Disk {
        Disk { left: Cell::new(64) }
    }
}

impl World for Disk {
    fn file(&self, path: &str) -> File {
        let Some(left) = self.left.get().checked_sub(1) else { return File::Closed };
        self.left.set(left);
        // A pipe or a device would keep the gate waiting.
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_file() && metadata.len() <= LARGEST => {}
            Ok(metadata) if metadata.is_file() && is_program(path) => return File::Binary,
            Ok(_) => return File::Closed,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return File::Missing,
            Err(_) => return File::Closed,
        }
        let Ok(bytes) = read_at_most(Path::new(path), LARGEST) else { return File::Closed };
        match String::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => File::Text(text),
            _ => File::Binary,
        }
    }
}

fn is_program(path: &str) -> bool {
    read_at_most(Path::new(path), 4).is_ok_and(|head| head == b"\x7fELF")
}

/// Reads the beginning of a plain file; never waits on one that is none.
pub(super) fn read_at_most(path: &Path, most: u64) -> std::io::Result<Vec<u8>> {
    let nonblocking = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    let file = fs::OpenOptions::new().read(true).custom_flags(nonblocking).open(path)?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A request about a command in a folder, with what the environment of this process says.
pub(super) fn request(command: String, folder: Option<String>) -> Request {
    Request { command, folder, home: std::env::var("HOME").ok().filter(|home| home.len() > 1), ..Request::default() }
}

/// The policy for a folder, and what is wrong with the files that it should come from.
///
/// The operator's own files may loosen it. A piton.toml in a project comes with the project, and may only tighten.
pub(super) fn policy(folder: Option<&str>) -> (Policy, Vec<String>) {
    let mut policy = Policy {
        hostname: Some(rustix::system::uname().nodename().to_string_lossy().into_owned()),
        is_remote: std::env::var_os("SSH_CONNECTION").is_some(),
        ..Policy::default()
    };
    let mut problems = Vec::new();
    let now = now();
    let own = operator_files().into_iter().map(|path| (path, true));
    let around =
        folder.into_iter().flat_map(|folder| Path::new(folder).ancestors()).map(|at| (at.join("piton.toml"), false));
    for (path, is_operators) in own.chain(around.take(24)) {
        let problem = match read_at_most(&path, LARGEST + 1) {
            // A folder of that name, or one on the way that is a file.
            Err(error) if is_nothing(&error) => continue,
            Err(error) => Some(format!("cannot be read: {error}")),
            Ok(bytes) if bytes.len() as u64 > LARGEST => Some("is longer than any settings".to_owned()),
            Ok(bytes) => {
                let text = String::from_utf8_lossy(&bytes);
                piton_gate::settings(&text, is_operators, &now, &mut policy).err().map(|problem| problem.to_string())
            }
        };
        if let Some(problem) = problem {
            // What it would have said is not known: nothing is loosened until it can be read.
            policy.is_unsettled = true;
            problems.push(format!("{}: {problem}; until that is mended, everything counts as prod", path.display()));
        }
    }
    for path in policy.belongs.iter_mut().filter_map(|belongs| belongs.path.as_mut()) {
        *path = at_home(path);
    }
    for path in policy.overrides.iter_mut().filter_map(|rule| rule.path.as_mut()) {
        *path = at_home(path);
    }
    for site in std::mem::take(&mut policy.sites) {
        if let Err(problem) = with_site(&mut policy, &site) {
            problems.push(problem);
        }
    }
    (policy, problems)
}

fn is_nothing(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{IsADirectory, NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory | IsADirectory)
}

/// `~/x` as the agents' folders are given.
fn at_home(path: &str) -> String {
    match (path.strip_prefix("~/"), std::env::var("HOME")) {
        (Some(rest), Ok(home)) => format!("{}/{rest}", home.trim_end_matches('/')),
        _ => path.to_owned(),
    }
}

/// The hosts of a site, by name and by address, and its folder, are of the environment that the site is of.
fn with_site(policy: &mut Policy, site: &Site) -> Result<(), String> {
    let path = PathBuf::from(at_home(&site.path));
    let read = SiteFolder::open(Some(&path))
        .map_err(|_| format!("{}: this site cannot be read; `piton plan --site` says why", path.display()))?;
    let folder = if path.is_dir() { Some(path.as_path()) } else { path.parent() };
    let environment = site.environment;
    let folder = folder.map(|folder| folder.display().to_string());
    policy.belongs.extend(folder.map(|path| Belongs { environment, host: None, path: Some(path) }));
    for host in &read.site.hosts {
        let mesh = host.mesh_address.as_ref().map(|address| address.to_string());
        for name in [Some(host.name.clone()), Some(host.address.to_string()), mesh].into_iter().flatten() {
            policy.belongs.push(Belongs { environment, host: Some(name), path: None });
        }
    }
    Ok(())
}

fn operator_files() -> Vec<PathBuf> {
    let mut files = vec![PathBuf::from("/etc/piton/piton.toml")];
    files.extend(operators_own());
    files
}

/// The operator's own file; the other is for everybody on the machine.
pub(super) fn operators_own() -> Option<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    home.map(|home| home.join(".config/piton/piton.toml"))
}

/// `30m`, `2h`, `7d`.
pub(super) fn age(text: &str) -> Result<SignedDuration, Failure> {
    let wrong = || Failure::usage(format!("`{text}` is no age"), "write it as 30m, 2h or 7d");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let number: u32 = text[..text.len() - unit.len_utf8()].parse().map_err(|_| wrong())?;
    let seconds: i64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    Ok(SignedDuration::from_secs(i64::from(number) * seconds))
}

/// This instant, in the form that settings are compared in.
pub(super) fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
