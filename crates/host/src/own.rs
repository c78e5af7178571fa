//! piton's own folder on a host: root's alone, and every write in it survives a power cut.

use crate::system::{Fault, FaultCode, System};
use serde::Serialize;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// Everything that piton keeps on a host lies under here.
pub const FOLDER: &str = "/var/lib/piton";

/// Makes a folder that only root may enter, and its parents.
pub fn make_folder(system: &System, path: &str) -> Result<(), Fault> {
    let path = system.path(path);
    let closed = |found: fs::Metadata| found.is_dir() && found.permissions().mode() & 0o7777 == 0o700;
    if fs::symlink_metadata(&path).is_ok_and(closed) {
        return Ok(());
    }
    let made = DirBuilder::new().recursive(true).mode(0o700).create(&path);
    made.map_err(|error| Fault::file("cannot make", &path, error))?;
    // It may have been there before, with another mode.
    let closed = fs::set_permissions(&path, fs::Permissions::from_mode(0o700));
    closed.map_err(|error| Fault::file("cannot close to others", &path, error))?;
    match path.parent() {
        Some(parent) => sync_folder(parent),
        None => Ok(()),
    }
}

/// Replaces a file whole: after a power cut it is either the old one or the new one.
pub fn write(system: &System, path: &str, content: &[u8]) -> Result<(), Fault> {
    let path = system.path(path);
    let mut new = path.as_os_str().to_owned();
    new.push(format!(".{}.new", std::process::id()));
    let new = Path::new(&new);
    let _ = fs::remove_file(new);
    let mut options = OpenOptions::new();
    let written = options.create_new(true).write(true).mode(0o600).open(new).and_then(|mut file| {
        file.write_all(content)?;
        file.sync_all()
    });
    let placed = written.and_then(|()| fs::rename(new, &path));
    if let Err(error) = placed {
        let _ = fs::remove_file(new);
        return Err(Fault::file("cannot write", &path, error));
    }
    match path.parent() {
        Some(parent) => sync_folder(parent),
        None => Ok(()),
    }
}

/// Reads a file of piton's own; none when there is none. Unlike a file of the host's it may be of
/// any size: what piton wrote down it must be able to read, or nothing can be undone any more.
pub fn read(system: &System, path: &str) -> Result<Option<Vec<u8>>, Fault> {
    let path = system.path(path);
    match fs::read(&path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Fault::file("cannot read", &path, error)),
    }
}

/// Removes a file of piton's own, through to the disk; fine when it is not there.
pub fn remove(system: &System, path: &str) -> Result<(), Fault> {
    let place = system.path(path);
    match fs::remove_file(&place) {
        Ok(()) => place.parent().map_or(Ok(()), sync_folder),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Fault::file("cannot remove", &place, error)),
    }
}

/// Writes through what was done to the names in a folder.
pub fn sync(system: &System, folder: &str) -> Result<(), Fault> {
    sync_folder(&system.path(folder))
}

/// The names in a folder; none when there is no such folder.
pub fn list(system: &System, path: &str) -> Result<Vec<String>, Fault> {
    let path = system.path(path);
    let entries = match fs::read_dir(&path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Fault::file("cannot list", &path, error)),
    };
    Ok(entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect())
}

/// A value of ours as JSON; that it cannot be one is a mistake of piton's, not of the host's.
pub fn json<T: Serialize>(value: &T) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(value)
        .map_err(|error| Fault::new(FaultCode::Protocol, "piton cannot write this down").because(error))
}

fn sync_folder(path: &Path) -> Result<(), Fault> {
    let synced = File::open(path).and_then(|folder| folder.sync_all());
    synced.map_err(|error| Fault::file("cannot write through", path, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_roots_alone_and_replaced_whole() {
        let folder = tempfile::tempdir().unwrap();
        let system = System::at(folder.path());
        make_folder(&system, FOLDER).unwrap();
        write(&system, "/var/lib/piton/ledger.json", b"one").unwrap();
        write(&system, "/var/lib/piton/ledger.json", b"two").unwrap();
        assert_eq!(list(&system, FOLDER).unwrap(), ["ledger.json"]);
        let file = folder.path().join("var/lib/piton/ledger.json");
        assert_eq!(fs::read(&file).unwrap(), b"two");
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(file.parent().unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn what_has_grown_larger_than_a_file_of_the_hosts_may_be_is_still_read() {
        let folder = tempfile::tempdir().unwrap();
        let system = System::at(folder.path());
        make_folder(&system, FOLDER).unwrap();
        let large = vec![b' '; 17 << 20];
        write(&system, "/var/lib/piton/ledger.json", &large).unwrap();
        assert!(system.read("/var/lib/piton/ledger.json").is_err());
        assert!(read(&system, "/var/lib/piton/ledger.json").unwrap() == Some(large));
        assert_eq!(read(&system, "/var/lib/piton/none").unwrap(), None);
    }

    #[test]
    fn a_folder_that_is_not_there_has_no_names() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(list(&System::at(folder.path()), FOLDER).unwrap(), Vec::<String>::new());
    }
}
