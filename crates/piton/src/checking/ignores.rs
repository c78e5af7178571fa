//! Whether the files that say what git ignores can be read at all, before whoever walks a folder reads them.
//!
//! They come with a repository and may be anything: a link to a device that never ends, a pipe that nobody writes to.

use crate::plain_file::{LARGEST, read_text, trouble};
use std::io;
use std::path::{Path, PathBuf};

/// A file that says what is ignored, and cannot be read.
#[derive(Debug)]
pub(crate) struct Unreadable {
    pub(crate) path: PathBuf,
    pub(crate) error: io::Error,
}

/// The first one in a folder.
pub(super) fn unreadable_in(folder: &Path) -> Option<Unreadable> {
    let git = folder.join(".git");
    let of = |path: PathBuf| trouble(&path, LARGEST).map(|error| Unreadable { path, error });
    of(folder.join(".gitignore")).or_else(|| of(folder.join(".ignore"))).or_else(|| match git.metadata() {
        Ok(metadata) if metadata.is_dir() => of(git.join("info/exclude")),
        Ok(_) => of(git.clone()).or_else(|| behind(&git, &of)),
        Err(_) => None,
    })
}

/// The first one of a worktree or submodule, whose `.git` is a file that says where the rest is.
fn behind(git: &Path, of: &dyn Fn(PathBuf) -> Option<Unreadable>) -> Option<Unreadable> {
    let text = read_text(git, LARGEST).ok()?;
    let own = PathBuf::from(text.lines().next()?.strip_prefix("gitdir: ")?);
    let common = own.join("commondir");
    of(common.clone()).or_else(|| {
        let text = read_text(&common, LARGEST).ok()?;
        let line = text.lines().next()?;
        of(own.join(line).join("info/exclude")).or_else(|| of(Path::new(line).join("info/exclude")))
    })
}

/// The first one in a folder or above it.
pub(super) fn unreadable_above(folder: &Path) -> Option<Unreadable> {
    let whole = folder.canonicalize().ok()?;
    unreadable_in(folder).or_else(|| whole.ancestors().skip(1).find_map(unreadable_in))
}
