//! What git leaves out of a folder: `.gitignore`, git's own `info/exclude`, the user's list, and `.ignore`, which tools that
//! search read as well.
//!
//! The lists of a folder hold for all below it, and those further in count for more; one in `.ignore` counts for more
//! than any of git's. Above the folder that has a `.git`, only `.ignore` counts.

use super::repository::{Git, Place, Unreadable};
use crate::plain_file::{LARGEST, read_bytes};
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// The lists that hold in a folder.
#[derive(Debug)]
pub(super) struct Ignores {
    above: Option<Rc<Ignores>>,
    /// Of `.ignore`.
    searches: Option<Gitignore>,
    /// Of `.gitignore` and of git's own folder.
    git: [Option<Gitignore>; 2],
    is_top: bool,
    /// Whether the folder lies above the one that is walked, so that it knows only whole paths.
    is_outside: bool,
}

/// Which files that matter here a folder has, or may have.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Present {
    searches: bool,
    git: bool,
    is_top: bool,
}

impl Present {
    pub(super) fn note(&mut self, name: &[u8]) {
        match name {
            b".ignore" => self.searches = true,
            b".gitignore" => self.git = true,
            b".git" => self.is_top = true,
            _ => {}
        }
    }
}

impl Ignores {
    /// What holds in a folder because of those above it, and of the user.
    pub(super) fn above(place: &Place) -> Result<Rc<Ignores>, Unreadable> {
        let users = has_own().then(|| Gitignore::global().0);
        let user = Ignores { above: None, searches: None, git: [None, users], is_top: false, is_outside: false };
        let mut ignores = Rc::new(user);
        let folders: Vec<&Path> = place.whole.ancestors().skip(1).collect();
        for folder in folders.into_iter().rev() {
            let git = place.top.as_deref().is_none_or(|top| folder.starts_with(top));
            let is_top = place.top.as_deref() == Some(folder);
            ignores = ignores.with(folder, Present { searches: true, git, is_top }, true)?;
        }
        Ok(ignores)
    }

    /// With the lists of a folder that is walked.
    pub(super) fn within(self: Rc<Ignores>, folder: &Path, present: Present) -> Result<Rc<Ignores>, Unreadable> {
        self.with(folder, present, false)
    }

    fn with(self: Rc<Ignores>, folder: &Path, present: Present, is_outside: bool) -> Result<Rc<Ignores>, Unreadable> {
        let list_in = |wanted: bool, name: &str| match wanted {
            true => list(folder, &folder.join(name)),
            false => Ok(None),
        };
        let searches = list_in(present.searches, ".ignore")?;
        let mut git = [list_in(present.git, ".gitignore")?, None];
        if present.is_top
            && let Some(own) = Git::of(folder)?
        {
            git[1] = list(folder, &own.common.join("info/exclude"))?;
        }
        let is_empty = searches.is_none() && git.iter().all(Option::is_none) && !present.is_top;
        Ok(match is_empty {
            true => self,
            false => Rc::new(Ignores { above: Some(self), searches, git, is_top: present.is_top, is_outside }),
        })
    }

    /// Whether a file or folder is left out; `whole` gives its path without links.
    pub(super) fn leave_out(&self, path: &Path, is_folder: bool, whole: &dyn Fn() -> PathBuf) -> bool {
        let mut known: Option<PathBuf> = None;
        // What git's lists say, if no `.ignore` says otherwise.
        let (mut by_git, mut is_git_done) = (Match::None, false);
        let mut level = Some(self);
        while let Some(ignores) = level {
            let path = match ignores.is_outside {
                true => known.get_or_insert_with(whole),
                false => path,
            };
            let said = |list: &Option<Gitignore>| match list {
                Some(list) => list.matched(path, is_folder).map(|_| ()),
                None => Match::None,
            };
            match said(&ignores.searches) {
                Match::None => {}
                decided => return decided.is_ignore(),
            }
            let is_users = ignores.above.is_none();
            if by_git.is_none() && (!is_git_done || is_users) {
                by_git = ignores.git.iter().map(said).find(|said| !said.is_none()).unwrap_or(Match::None);
            }
            is_git_done |= ignores.is_top;
            level = ignores.above.as_deref();
        }
        by_git.is_ignore()
    }
}

/// The list in a file, as it counts from a folder. One that is not there, or a folder, says nothing, and neither does one
/// that only somebody else may read: git goes on as well.
fn list(folder: &Path, path: &Path) -> Result<Option<Gitignore>, Unreadable> {
    let unreadable = |error| Unreadable { path: path.to_owned(), error };
    let bytes = match read_bytes(path, LARGEST) {
        Ok(bytes) => bytes,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::PermissionDenied) => return Ok(None),
        Err(_) if path.is_dir() => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    let text = String::from_utf8_lossy(&bytes);
    let mut builder = GitignoreBuilder::new(folder);
    for line in text.strip_prefix('\u{feff}').unwrap_or(&text).lines() {
        // A pattern that is none leaves nothing out, as with git.
        let _ = builder.add_line(None, line);
    }
    let list =
        builder.build().map_err(|error| unreadable(io::Error::new(ErrorKind::InvalidData, error.to_string())))?;
    Ok((!list.is_empty()).then_some(list))
}

/// Whether the user has a list of what git ignores everywhere. To look for it properly takes as long as to read twenty
/// files, and few have one.
fn has_own() -> bool {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let folder =
        std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).or_else(|| Some(home.as_ref()?.join(".config")));
    let git = folder.map(|folder| folder.join("git"));
    let names_one = |path: PathBuf| {
        std::fs::read(path).is_ok_and(|text| text.to_ascii_lowercase().windows(12).any(|word| word == b"excludesfile"))
    };
    git.as_ref().is_some_and(|git| git.join("ignore").exists() || names_one(git.join("config")))
        || home.is_some_and(|home| names_one(home.join(".gitconfig")))
}
