//! What a judgement needs from this machine: the policy, and the files that a command names.

use jiff::Timestamp;
use piton_gate::{File, Policy, Request, World};
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
        let Ok(bytes) = read_at_most(&path, LARGEST) else { continue };
        let text = String::from_utf8_lossy(&bytes);
        if let Err(problem) = piton_gate::settings(&text, is_operators, &now, &mut policy) {
            problems.push(format!("{}: {problem}", path.display()));
        }
    }
    (policy, problems)
}

fn operator_files() -> Vec<PathBuf> {
    let mut files = vec![PathBuf::from("/etc/piton/piton.toml")];
    let home = std::env::var_os("HOME").map(PathBuf::from);
    files.extend(home.map(|home| home.join(".config/piton/piton.toml")));
    files
}

/// This instant, in the form that settings are compared in.
pub(super) fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
