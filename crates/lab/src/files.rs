//! Files that are either the old ones or the new ones, never half of each.
//!
//! Every file of the lab on the machine's side is written here: temporary name in the same folder, restrictive mode
//! from creation, fsync, rename, fsync of the folder.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::process::Command;

use crate::command;
use crate::error::{Doing, LabError};

/// Writes a file whole, with exactly this mode.
pub(crate) fn write_whole(path: &Path, content: &[u8], mode: u32) -> Result<(), LabError> {
    write_and_rename(path, content, mode).doing_with("writing", path)
}

fn write_and_rename(path: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let temporary = folder.join(name);
    // A leftover of a killed run with the same process id would keep its old mode.
    let _ = fs::remove_file(&temporary);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
    let written = file
        .write_all(content)
        .and_then(|()| file.set_permissions(fs::Permissions::from_mode(mode)))
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
        return written;
    }
    File::open(folder)?.sync_all()
}

/// Writes a file of a host or an image that is not running, making the folders above it.
///
/// `path` is absolute inside `root`; what is there already is replaced, a link as well.
pub(crate) fn write_into(root: &Path, path: &str, content: &[u8], mode: u32) -> Result<(), LabError> {
    let target = root.join(path.trim_start_matches('/'));
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder).doing_with("making the folder", folder)?;
    }
    write_and_rename(&target, content, mode).doing_with("writing", &target)
}

/// Makes a folder and those above it; an existing one keeps its mode.
pub(crate) fn make_folder(path: &Path, mode: u32) -> Result<(), LabError> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).doing_with("making the folder", parent)?;
    }
    match fs::DirBuilder::new().mode(mode).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
    .doing_with("making the folder", path)
}

/// Removes a folder with everything in it, but never follows it onto another file system.
///
/// The standard library would: a half-built image may still have the machine's `/dev` mounted in it.
pub(crate) fn remove_tree(path: &Path) -> Result<(), LabError> {
    if !path.exists() {
        return Ok(());
    }
    command::run(
        &format!("removing {}", path.display()),
        Command::new("rm").args(["-rf", "--one-file-system", "--"]).arg(path),
    )?;
    Ok(())
}

/// Takes an exclusive lock that the kernel drops when its holder ends, however it ends.
pub(crate) fn lock(path: &Path) -> Result<File, LabError> {
    if let Some(folder) = path.parent() {
        make_folder(folder, 0o755)?;
    }
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .doing_with("opening the lock", path)?;
    file.lock().doing_with("waiting for the lock", path)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_gets_its_mode() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lab.json");
        write_whole(&path, b"long and old", 0o644).unwrap();
        write_whole(&path, b"new", 0o600).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_lock_is_free_again_when_its_holder_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("locks/one");
        let held = lock(&path).unwrap();
        assert!(File::open(&path).unwrap().try_lock().is_err());
        drop(held);
        assert!(File::open(&path).unwrap().try_lock().is_ok());
    }
}
