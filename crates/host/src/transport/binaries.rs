//! The host half as a file: one for each architecture, named on hosts by its digest.
//!
//! Digesting eight megabytes takes longer than all else that a run does here, so the digest is
//! remembered beside what tells the file from any other.

use super::cache::Memory;
use piton_plan::{Arch, Digest};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The host half for each architecture: its file, and the digest that names it on hosts.
#[derive(Clone, Debug, Default)]
pub struct Binaries {
    found: BTreeMap<&'static str, Binary>,
}

#[derive(Clone, Debug)]
pub(crate) struct Binary {
    pub(crate) path: PathBuf,
    pub(crate) digest: Digest,
}

/// A digest, and the file that it is of: any change of the file changes one of the others.
#[derive(Serialize, Deserialize)]
struct Known {
    path: PathBuf,
    inode: u64,
    size: u64,
    changed: (i64, i64),
    digest: Digest,
}

impl Binaries {
    /// This program for its own architecture, and `piton-<arch>` beside it for others.
    pub fn beside(executable: &Path) -> io::Result<Binaries> {
        let mut found = BTreeMap::new();
        for arch in [Arch::X86_64, Arch::Aarch64] {
            let own = arch == own_arch();
            let path =
                if own { executable.to_owned() } else { executable.with_file_name(format!("piton-{}", machine(arch))) };
            if own || path.is_file() {
                let digest = digest(&path)?;
                found.insert(machine(arch), Binary { path, digest });
            }
        }
        Ok(Binaries { found })
    }

    pub(crate) fn for_machine(&self, machine: &str) -> Option<&Binary> {
        self.found.get(machine)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Binary> {
        self.found.values()
    }
}

fn digest(path: &Path) -> io::Result<Digest> {
    let is = fs::metadata(path)?;
    let memory = Memory::of("digest", path.as_os_str().as_encoded_bytes());
    let known = memory.as_ref().and_then(Memory::recall::<Known>);
    if let Some(known) = known.filter(|known| known.is(path, &is)) {
        return Ok(known.digest);
    }
    let digest = Digest::of(fs::read(path)?);
    if let Some(memory) = memory {
        memory.keep(&Known::new(path, &is, digest.clone()));
    }
    Ok(digest)
}

impl Known {
    fn new(path: &Path, is: &Metadata, digest: Digest) -> Known {
        // The inode's own time, which nobody can set back: a file's modification time can be.
        let changed = (is.ctime(), is.ctime_nsec());
        Known { path: path.to_owned(), inode: is.ino(), size: is.size(), changed, digest }
    }

    fn is(&self, path: &Path, is: &Metadata) -> bool {
        (self.path.as_path(), self.inode, self.size, self.changed)
            == (path, is.ino(), is.size(), (is.ctime(), is.ctime_nsec()))
    }
}

/// What `uname -m` says of an architecture.
fn machine(arch: Arch) -> &'static str {
    match arch {
        Arch::X86_64 => "x86_64",
        Arch::Aarch64 => "aarch64",
    }
}

fn own_arch() -> Arch {
    if cfg!(target_arch = "aarch64") { Arch::Aarch64 } else { Arch::X86_64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_known_for_the_very_file_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("piton");
        fs::write(&program, "one").unwrap();
        let known = Known::new(&program, &fs::metadata(&program).unwrap(), Digest::of("one"));
        let memory = Memory::at(&folder.path().join("cache/piton/digest"));
        memory.keep(&known);
        let read: Known = memory.recall().unwrap();
        assert!(read.is(&program, &fs::metadata(&program).unwrap()));

        // A file of the same name and size in its place is another file.
        let other = folder.path().join("other");
        fs::write(&other, "two").unwrap();
        fs::rename(&other, &program).unwrap();
        assert!(!read.is(&program, &fs::metadata(&program).unwrap()));
    }
}
