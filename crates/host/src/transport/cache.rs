//! Small things that the operator's side remembers, a file each: what takes long to find out.
//!
//! Whatever is remembered is checked where it is used. A cache that is gone or cannot be written
//! costs some milliseconds and nothing else.

use piton_plan::Digest;
use serde::{Serialize, de::DeserializeOwned};
use std::fs;
use std::path::PathBuf;

/// One thing to remember.
pub(super) struct Memory {
    file: PathBuf,
}

impl Memory {
    /// The memory of one `kind` of things, for the one that is named; none without a place for it.
    pub(super) fn of(kind: &str, name: &[u8]) -> Option<Memory> {
        let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
        let folder = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home)?;
        // A file each, so that two runs do not take turns.
        let name = format!("{kind}-{}", Digest::of(name).short());
        folder.is_absolute().then(|| Memory { file: folder.join("piton").join(name) })
    }

    pub(super) fn recall<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&fs::read(&self.file).ok()?).ok()
    }

    /// Replaced whole, since another run may be reading it.
    pub(super) fn keep<T: Serialize>(&self, value: &T) {
        let new = self.file.with_extension(std::process::id().to_string());
        let folder = self.file.parent().map(fs::create_dir_all);
        let written = serde_json::to_vec(value).map(|text| fs::write(&new, text));
        if matches!((folder, written), (Some(Ok(())), Ok(Ok(())))) {
            let _ = fs::rename(&new, &self.file);
        }
    }

    pub(super) fn forget(&self) {
        // What is not there is forgotten.
        let _ = fs::remove_file(&self.file);
    }

    #[cfg(test)]
    pub(super) fn at(file: &std::path::Path) -> Memory {
        Memory { file: file.to_owned() }
    }
}
