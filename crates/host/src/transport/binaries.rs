//! The host half as a file: one for each architecture, named on hosts by its digest.
//!
//! Digesting eight megabytes takes longer than all else that a run does here, so the digest is
//! kept in the operator's cache beside what tells the file from any other. A cache that is gone or
//! cannot be written costs those milliseconds and nothing else.

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

    pub(crate) fn all(&self) -> impl Iterator<Item = (&'static str, &Binary)> {
        self.found.iter().map(|(machine, binary)| (*machine, binary))
    }
}

fn digest(path: &Path) -> io::Result<Digest> {
    let is = fs::metadata(path)?;
    let kept = cache(path);
    let known = kept.as_ref().and_then(|file| serde_json::from_slice::<Known>(&fs::read(file).ok()?).ok());
    if let Some(known) = known.filter(|known| known.is(path, &is)) {
        return Ok(known.digest);
    }
    let digest = Digest::of(fs::read(path)?);
    if let Some(file) = kept {
        keep(&file, &Known::new(path, &is, digest.clone()));
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

/// Where the digest of a program is kept: a file each, so that two programs do not take turns.
fn cache(program: &Path) -> Option<PathBuf> {
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let folder = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home)?;
    let name = Digest::of(program.as_os_str().as_encoded_bytes());
    folder.is_absolute().then(|| folder.join("piton").join(format!("digest-{}", name.short())))
}

/// Replaced whole, since another run may be reading it.
fn keep(file: &Path, known: &Known) {
    let new = file.with_extension(std::process::id().to_string());
    let folder = file.parent().map(fs::create_dir_all);
    let written = serde_json::to_vec(known).map(|text| fs::write(&new, text));
    if matches!((folder, written), (Some(Ok(())), Ok(Ok(())))) {
        let _ = fs::rename(&new, file);
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
        let kept = folder.path().join("cache/piton/digest");
        keep(&kept, &known);
        let read: Known = serde_json::from_slice(&fs::read(&kept).unwrap()).unwrap();
        assert!(read.is(&program, &fs::metadata(&program).unwrap()));

        // A file of the same name and size in its place is another file.
        let other = folder.path().join("other");
        fs::write(&other, "two").unwrap();
        fs::rename(&other, &program).unwrap();
        assert!(!read.is(&program, &fs::metadata(&program).unwrap()));
    }
}
