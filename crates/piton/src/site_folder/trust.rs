//! Whose files a site may be made of.
//!
//! An agent's user may run a few of piton's commands as root, by sudo (`piton gate user`). What root reads for somebody
//! else must then be what root wrote: a site file, or what it names, that the other one can write or replace would say
//! which of root's files are shown, and where root's ssh keys go. So every folder on the way is looked at as well, and
//! after that nobody but root can change what was looked at.

use rustix::process::geteuid;
use std::fs::Metadata;
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

const OTHERS_WRITE: u32 = 0o022;
const STICKY: u32 = 0o1000;

/// More links than this lead in a circle.
const MOST_LINKS: usize = 16;

/// Whose files are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    Everybody,
    /// This user's and root's, and nothing that others can write.
    Only(u32),
}

impl Trust {
    /// Root that was called through sudo by somebody else trusts only root; everybody else reads what they may.
    pub(crate) fn of_this_process() -> Trust {
        let caller = std::env::var("SUDO_UID").ok();
        Trust::when(geteuid().as_raw(), caller.as_deref())
    }

    fn when(user: u32, caller: Option<&str>) -> Trust {
        match caller {
            Some(caller) if user == 0 && caller.trim() != "0" => Trust::Only(0),
            _ => Trust::Everybody,
        }
    }

    /// Refuses a file that is no plain one, or that somebody else can write or replace.
    pub(crate) fn check(self, path: &Path) -> io::Result<()> {
        let Trust::Only(owner) = self else { return Ok(()) };
        let whole = std::path::absolute(path)?;
        let metadata = whole.symlink_metadata()?;
        if !metadata.is_file() {
            return Err(refused(&whole, "is not a plain file"));
        }
        owned(&whole, &metadata, owner, false)?;
        let folder = whole.parent().unwrap_or(Path::new("/"));
        folders(folder, owner)
    }
}

/// Every folder on the way, and every link in it: who can write one of them can put another file there.
fn folders(folder: &Path, owner: u32) -> io::Result<()> {
    let mut left: Vec<PathBuf> = vec![folder.to_owned()];
    let mut links = 0;
    while let Some(path) = left.pop() {
        let mut at = PathBuf::new();
        for component in path.components() {
            if component == Component::ParentDir {
                // Behind a link it leads somewhere else than the words say.
                if links > 0 {
                    return Err(refused(&path, "goes up behind a link"));
                }
                at.pop();
                continue;
            }
            at.push(component);
            let metadata = at.symlink_metadata()?;
            owned(&at, &metadata, owner, at != *folder)?;
            if metadata.is_symlink() {
                links += 1;
                if links > MOST_LINKS {
                    return Err(refused(&at, "is a link among too many"));
                }
                left.push(at.parent().unwrap_or(Path::new("/")).join(at.read_link()?));
            }
        }
    }
    Ok(())
}

fn owned(path: &Path, metadata: &Metadata, owner: u32, is_above: bool) -> io::Result<()> {
    if metadata.uid() != 0 && metadata.uid() != owner {
        return Err(refused(path, "does not belong to root"));
    }
    // In a folder like /tmp nobody replaces what is another's. The mode of a link means nothing.
    let is_shared = is_above && metadata.is_dir() && metadata.mode() & STICKY != 0;
    if metadata.mode() & OTHERS_WRITE != 0 && !is_shared && !metadata.is_symlink() {
        return Err(refused(path, "can be written by others than root"));
    }
    Ok(())
}

fn refused(path: &Path, why: &str) -> io::Error {
    io::Error::new(ErrorKind::PermissionDenied, format!("{} {why}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn only_root_that_somebody_else_called_is_careful() {
        assert_eq!(Trust::when(0, Some("1000")), Trust::Only(0));
        assert_eq!(Trust::when(0, Some("what")), Trust::Only(0));
        for (user, caller) in [(0, None), (0, Some("0")), (1000, Some("1000")), (1000, None)] {
            assert_eq!(Trust::when(user, caller), Trust::Everybody);
        }
    }

    #[test]
    fn a_file_that_others_write_or_replace_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let site = folder.path().join("site");
        fs::create_dir(&site).unwrap();
        let file = site.join("site.toml");
        fs::write(&file, "x").unwrap();
        let mode = |path: &Path, mode: u32| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        mode(&site, 0o755);
        mode(&file, 0o644);
        let trust = Trust::Only(geteuid().as_raw());
        let why = |path: &Path| trust.check(path).map_err(|error| error.to_string());
        assert_eq!(why(&file), Ok(()));
        assert_eq!(Trust::Everybody.check(Path::new("/nowhere")).map_err(|error| error.kind()), Ok(()));
        mode(&file, 0o664);
        assert!(why(&file).unwrap_err().ends_with("site.toml can be written by others than root"));
        mode(&file, 0o644);
        mode(&site, 0o777);
        assert!(why(&file).unwrap_err().ends_with("site can be written by others than root"));
        // Its own folder may not be shared, even where nobody replaces what is another's.
        mode(&site, 0o1777);
        assert!(why(&file).is_err());
        mode(&site, 0o755);
        let link = site.join("link.toml");
        symlink(&file, &link).unwrap();
        assert!(why(&link).unwrap_err().ends_with("is not a plain file"));
        assert!(why(&site).unwrap_err().ends_with("is not a plain file"));
        // A folder that others may write, reached through a link that they may not.
        let open = folder.path().join("open");
        fs::create_dir(&open).unwrap();
        mode(&open, 0o777);
        fs::create_dir(open.join("in")).unwrap();
        mode(&open.join("in"), 0o755);
        fs::write(open.join("in/a"), "x").unwrap();
        mode(&open.join("in/a"), 0o644);
        symlink(open.join("in"), site.join("way")).unwrap();
        assert!(why(&site.join("way/a")).unwrap_err().contains("can be written by others"));
        assert!(why(&site.join("nothing")).is_err());
    }

    #[test]
    fn a_file_of_somebody_elses_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("site.toml");
        fs::write(&file, "x").unwrap();
        // Nobody has this number; as root the file is given to it, otherwise it is this user's and not theirs.
        let other = 4_000_000_000;
        let trust = if geteuid().is_root() {
            std::os::unix::fs::chown(&file, Some(other), None).unwrap();
            Trust::Only(0)
        } else {
            Trust::Only(other)
        };
        assert!(trust.check(&file).unwrap_err().to_string().contains("does not belong to root"));
    }
}
