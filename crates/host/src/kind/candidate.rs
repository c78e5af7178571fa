//! A root-only folder in which a validator reads what would be written, before it is.

use crate::system::{Fault, System};
use piton_plan::FileSpec;
use std::fs::DirBuilder;
use std::os::unix::fs::{DirBuilderExt, symlink};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

/// The folder; it goes away with this value.
pub(super) struct Candidate {
    folder: PathBuf,
    path: String,
}

/// Tells folders of the same process apart.
static COUNT: AtomicU32 = AtomicU32::new(0);

impl Candidate {
    pub(super) fn make(system: &System, name: &str) -> Result<Candidate, Fault> {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = format!("/run/piton/check-{name}-{}-{count}", std::process::id());
        let folder = system.path(&path);
        // Left by a process of the same number that was killed.
        let _ = std::fs::remove_dir_all(&folder);
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        made.map_err(|error| Fault::file("cannot make", &folder, error))?;
        Ok(Candidate { folder, path })
    }

    /// The folder as programs on the host name it.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Writes a file into it and answers its path.
    pub(super) fn add(&self, system: &System, name: &str, content: &str) -> Result<String, Fault> {
        let path = format!("{}/{name}", self.path);
        system.write_file(&FileSpec::of_root(&path, content).with_mode(0o600))?;
        Ok(path)
    }

    /// Shows everything that another folder holds, but for one name, without copying it.
    pub(super) fn mirror(&self, system: &System, of: &str, into: &str, but: &str) -> Result<(), Fault> {
        let source = system.path(of);
        let target = self.folder.join(into);
        std::fs::create_dir_all(&target).map_err(|error| Fault::file("cannot make", &target, error))?;
        let entries = match std::fs::read_dir(&source) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(Fault::file("cannot read", &source, error)),
        };
        for entry in entries {
            let entry = entry.map_err(|error| Fault::file("cannot read", &source, error))?;
            if entry.file_name() != but {
                let link = target.join(entry.file_name());
                symlink(entry.path(), &link).map_err(|error| Fault::file("cannot make", &link, error))?;
            }
        }
        Ok(())
    }

    /// What a validator said, with the place that people know.
    pub(super) fn as_if_in(&self, folder: &str, said: &str) -> String {
        said.replace(&self.path, folder)
    }
}

impl Drop for Candidate {
    fn drop(&mut self) {
        // Under /run: what cannot be removed now is gone with the next boot.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
