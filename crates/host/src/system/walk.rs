//! Finding a folder by its path, one name at a time.
//!
//! A host has links that root made (`/var/run`, `/lib`), and those are followed. A link that
//! somebody else made is not: `~ada/.ssh` is Ada's to point anywhere, also between our looking and
//! our writing, so every name is opened before it is judged. Absolute targets begin at the
//! [`System`]'s root, so a folder that stands in for a host is never left.

use super::folder::{FOLDER, Folder};
use super::{Fault, FaultCode, System};
use rustix::fd::OwnedFd;
use rustix::fs::{CWD, FileType, Mode, OFlags, fstat, openat, readlinkat};
use rustix::io::Errno;
use std::collections::VecDeque;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Component, Path, PathBuf};

/// As many as the kernel follows.
const MOST_LINKS: u32 = 40;

impl System {
    /// Opens a folder; none when there is none.
    pub(crate) fn open_folder(&self, path: &Path) -> Result<Option<Folder>, Fault> {
        let place = self.path(&path.to_string_lossy());
        let failed = |error: Errno| Fault::file("cannot open the folder", &place, error);
        let root = openat(CWD, &self.root, FOLDER, Mode::empty()).map_err(failed)?;
        let mut way: Vec<OwnedFd> = Vec::new();
        let mut ahead: VecDeque<OsString> = names(path).into();
        let mut links = 0;
        while let Some(name) = ahead.pop_front() {
            if name == ".." {
                way.pop();
                continue;
            }
            let here = way.last().unwrap_or(&root);
            let opened = openat(here, &name, OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty());
            let there = match opened {
                Ok(there) => there,
                Err(Errno::NOENT | Errno::NOTDIR) => return Ok(None),
                Err(error) => return Err(failed(error)),
            };
            let stat = fstat(&there).map_err(failed)?;
            match FileType::from_raw_mode(stat.st_mode) {
                FileType::Directory => way.push(there),
                FileType::Symlink => {
                    links += 1;
                    if links > MOST_LINKS {
                        return Err(failed(Errno::LOOP));
                    }
                    if !trusted(stat.st_uid) {
                        return Err(strangers_link(&place));
                    }
                    let target = readlinkat(&there, "", Vec::new()).map_err(failed)?;
                    let target = PathBuf::from(OsString::from_vec(target.into_bytes()));
                    if target.is_absolute() {
                        way.clear();
                    }
                    names(&target).into_iter().rev().for_each(|name| ahead.push_front(name));
                }
                _ => return Ok(None),
            }
        }
        // What was found is only a place so far; this opens it for working in it.
        let fd = openat(way.last().unwrap_or(&root), ".", FOLDER, Mode::empty()).map_err(failed)?;
        Ok(Some(Folder { fd, path: place }))
    }
}

fn names(path: &Path) -> Vec<OsString> {
    let parts = path.components().filter(|part| matches!(part, Component::Normal(_) | Component::ParentDir));
    parts.map(|part| part.as_os_str().to_owned()).collect()
}

fn trusted(uid: u32) -> bool {
    uid == 0 || uid == rustix::process::geteuid().as_raw()
}

fn strangers_link(place: &Path) -> Fault {
    Fault::new(FaultCode::Refused, format!("on the way to {} is a link that is not root's", place.display()))
        .because("whoever owns it could lead root anywhere")
        .help("replace the link by a real folder, then apply again")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{create_dir_all, write};
    use std::os::unix::fs::{lchown, symlink};

    #[test]
    fn links_are_followed_and_absolute_ones_stay_in_the_root() {
        let root = tempfile::tempdir().unwrap();
        create_dir_all(root.path().join("run/piton")).unwrap();
        create_dir_all(root.path().join("var")).unwrap();
        symlink("/run", root.path().join("var/run")).unwrap();
        symlink("../var/run", root.path().join("run/again")).unwrap();
        write(root.path().join("run/piton/here"), "").unwrap();
        let system = System::at(root.path());
        for path in ["/var/run/piton", "/run/again/piton"] {
            let folder = system.open_folder(Path::new(path)).unwrap().expect(path);
            assert!(folder.stat("here").unwrap().is_some());
        }
        assert!(system.open_folder(Path::new("/var/lock")).unwrap().is_none());
    }

    #[test]
    fn links_in_a_circle_end() {
        let root = tempfile::tempdir().unwrap();
        symlink("b", root.path().join("a")).unwrap();
        symlink("a", root.path().join("b")).unwrap();
        assert!(System::at(root.path()).open_folder(Path::new("/a")).is_err());
    }

    #[test]
    fn a_link_that_a_user_made_is_not_followed() {
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let root = tempfile::tempdir().unwrap();
        create_dir_all(root.path().join("root")).unwrap();
        symlink("/root", root.path().join("ssh")).unwrap();
        lchown(root.path().join("ssh"), Some(4242), Some(4242)).unwrap();
        let refused = System::at(root.path()).open_folder(Path::new("/ssh")).err().unwrap();
        assert_eq!(refused.code, FaultCode::Refused);
    }
}
