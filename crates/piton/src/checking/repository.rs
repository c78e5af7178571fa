//! Where a folder lies, and where git keeps what it knows of it: beside the files, or elsewhere for a worktree or submodule.
//!
//! Only files are read; no program is run. They come with a repository and may be anything.

use crate::plain_file::{LARGEST, read_text, trouble};
use std::io;
use std::path::{Path, PathBuf};

/// A file that says what is ignored, or where that is said, and cannot be read.
#[derive(Debug)]
pub(crate) struct Unreadable {
    pub(crate) path: PathBuf,
    pub(crate) error: io::Error,
}

/// A folder without links in its name, and the repository that it is in.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) whole: PathBuf,
    pub(super) top: Option<PathBuf>,
}

impl Place {
    pub(super) fn of(folder: &Path) -> io::Result<Place> {
        let whole = folder.canonicalize()?;
        let top = whole.ancestors().find(|folder| folder.join(".git").symlink_metadata().is_ok());
        Ok(Place { top: top.map(Path::to_owned), whole })
    }
}

/// Git's own folder of a working tree, and the one that it shares with others.
#[derive(Debug)]
pub(super) struct Git {
    pub(super) own: PathBuf,
    pub(super) common: PathBuf,
}

impl Git {
    /// What the `.git` of a folder leads to; nothing where it leads nowhere.
    pub(super) fn of(top: &Path) -> Result<Option<Git>, Unreadable> {
        let git = top.join(".git");
        if git.is_dir() {
            return Ok(Some(Git { own: git.clone(), common: git }));
        }
        let Some(line) = first_line(&git)? else { return Ok(None) };
        let Some(own) = line.strip_prefix("gitdir: ") else { return Ok(None) };
        let own = top.join(own);
        let common = first_line(&own.join("commondir"))?.map_or_else(|| own.clone(), |line| own.join(line));
        Ok(Some(Git { own, common }))
    }
}

/// The first line of a file that is there.
fn first_line(path: &Path) -> Result<Option<String>, Unreadable> {
    if let Some(error) = trouble(path, LARGEST) {
        return Err(Unreadable { path: path.to_owned(), error });
    }
    Ok(read_text(path, LARGEST).ok().and_then(|text| text.lines().next().map(str::to_owned)))
}
