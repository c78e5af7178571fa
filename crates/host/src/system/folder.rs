//! Changing what is in one folder, through a descriptor of the folder itself.
//!
//! Root also writes where a user may rename things at any moment (`~/.ssh`). Working from an open
//! folder by plain names, and never following a link there, keeps such a user from leading root
//! elsewhere.

use super::{Fault, FaultCode};
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{
    AtFlags, Dir, FileType, Gid, Mode, OFlags, Stat, Timespec, Timestamps, UTIME_OMIT, Uid, XattrFlags, fchmod, fchown,
    fsetxattr, fstat, fsync, futimens, mkdirat, openat, readlinkat, renameat, statat, symlinkat, unlinkat,
};
use rustix::io::Errno;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// A folder that is open for changing what is in it.
pub(crate) struct Folder {
    pub(super) fd: OwnedFd,
    pub(super) path: PathBuf,
}

/// Who may do what with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Access {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) mode: u32,
    pub(crate) xattrs: BTreeMap<String, Vec<u8>>,
    /// When it was written, where that was earlier than now.
    pub(crate) written: Option<Timespec>,
}

/// The most that is ever read of one file.
pub(crate) const MOST_CONTENT: u64 = 16 << 20;

pub(super) const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

impl Folder {
    /// Opens a folder in this one; not if it is a link.
    pub(crate) fn below(&self, name: impl AsRef<Path>) -> Result<Option<Folder>, Fault> {
        let name = name.as_ref();
        let path = self.path.join(name);
        match openat(&self.fd, name, FOLDER.union(OFlags::NOFOLLOW), Mode::empty()) {
            Ok(fd) => Ok(Some(Folder { fd, path })),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(Fault::file("cannot open the folder", &path, error)),
        }
    }

    pub(crate) fn fd(&self) -> &OwnedFd {
        &self.fd
    }

    /// The names of all that is in it.
    pub(crate) fn names(&self) -> Result<Vec<PathBuf>, Fault> {
        let failed = |error| Fault::file("cannot list", &self.path, error);
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.fd).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name != "." && name != ".." {
                names.push(PathBuf::from(name));
            }
        }
        Ok(names)
    }

    pub(crate) fn read_link(&self, name: impl AsRef<Path>) -> Result<Vec<u8>, Fault> {
        let name = name.as_ref();
        let target = readlinkat(&self.fd, name, Vec::new());
        let target = target.map_err(|error| Fault::file("cannot read the link", &self.path.join(name), error))?;
        Ok(target.into_bytes())
    }

    pub(crate) fn own_stat(&self) -> Result<Stat, Fault> {
        fstat(&self.fd).map_err(|error| Fault::file("cannot look at", &self.path, error))
    }

    /// What stands under a name, links not followed; none when nothing does.
    pub(crate) fn stat(&self, name: impl AsRef<Path>) -> Result<Option<Stat>, Fault> {
        let name = name.as_ref();
        match statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
            Err(error) => Err(Fault::file("cannot look at", &self.path.join(name), error)),
        }
    }

    /// Opens a plain file for reading; links are not followed, pipes not waited for.
    pub(crate) fn open_file(&self, name: impl AsRef<Path>) -> Result<Option<File>, Fault> {
        let name = name.as_ref();
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        match openat(&self.fd, name, flags, Mode::empty()) {
            Ok(fd) => Ok(Some(File::from(fd))),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(Fault::file("cannot read", &self.path.join(name), error)),
        }
    }

    /// Reads a plain file.
    pub(crate) fn read(&self, name: impl AsRef<Path>) -> Result<Option<Vec<u8>>, Fault> {
        let name = name.as_ref();
        let file = self.open_file(name)?;
        file.map(|file| read_bounded(file, &self.path.join(name))).transpose()
    }

    /// Puts a whole file in place at once: whoever opens it sees the old one or the new one, also
    /// after a power cut.
    pub(crate) fn replace(&self, name: impl AsRef<Path>, content: &[u8], access: &Access) -> Result<(), Fault> {
        let name = name.as_ref();
        let path = self.path.join(name);
        let candidate = candidate_name(name);
        let cleared = self.clear_candidate(name);
        let written = cleared.and_then(|()| self.write_new(&candidate, content, access)).and_then(|()| {
            renameat(&self.fd, &candidate, &self.fd, name).map_err(|error| Fault::file("cannot write", &path, error))
        });
        match written {
            Ok(()) => self.sync(),
            Err(fault) => {
                let _ = unlinkat(&self.fd, &candidate, AtFlags::empty());
                Err(Fault { what: format!("cannot write {}", path.display()), ..fault })
            }
        }
    }

    /// Removes what a crash left behind while something was put in place under this name.
    pub(crate) fn clear_candidate(&self, name: impl AsRef<Path>) -> Result<(), Fault> {
        let candidate = candidate_name(name.as_ref());
        match self.stat(&candidate)? {
            Some(_) => self.unlink(&candidate),
            None => Ok(()),
        }
    }

    fn write_new(&self, name: &Path, content: &[u8], access: &Access) -> Result<(), Fault> {
        let path = self.path.join(name);
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let opened = openat(&self.fd, name, flags, Mode::from_raw_mode(0o600));
        let mut file = opened.map(File::from).map_err(|error| Fault::file("cannot write", &path, error))?;
        file.write_all(content).map_err(|error| Fault::file("cannot write", &path, error))?;
        set_access(&file, access).map_err(|error| Fault::file("cannot write", &path, error))?;
        if let Some(written) = access.written {
            set_written(&file, written).map_err(|error| Fault::file("cannot write", &path, error))?;
        }
        file.sync_all().map_err(|error| Fault::file("cannot write", &path, error))
    }

    /// Puts a link in place at once, as [`Folder::replace`] does a file.
    pub(crate) fn replace_link(&self, name: impl AsRef<Path>, target: &[u8], owner: (u32, u32)) -> Result<(), Fault> {
        let name = name.as_ref();
        let candidate = candidate_name(name);
        self.clear_candidate(name)?;
        let target = Path::new(OsStr::from_bytes(target));
        let (uid, gid) = (Uid::from_raw(owner.0), Gid::from_raw(owner.1));
        let made = symlinkat(target, &self.fd, &candidate)
            .and_then(|()| rustix::fs::chownat(&self.fd, &candidate, Some(uid), Some(gid), AtFlags::SYMLINK_NOFOLLOW))
            .and_then(|()| renameat(&self.fd, &candidate, &self.fd, name));
        match made {
            Ok(()) => self.sync(),
            Err(error) => {
                let _ = unlinkat(&self.fd, &candidate, AtFlags::empty());
                Err(Fault::file("cannot make the link", &self.path.join(name), error))
            }
        }
    }

    /// Makes a folder if it is not there; never less private than it shall be.
    pub(crate) fn make(&self, name: impl AsRef<Path>, access: &Access) -> Result<Folder, Fault> {
        let name = name.as_ref();
        let path = self.path.join(name);
        let failed = |error: Errno| Fault::file("cannot make the folder", &path, error);
        let new = match mkdirat(&self.fd, name, Mode::from_raw_mode(0o700)) {
            Ok(()) => true,
            Err(Errno::EXIST) => false,
            Err(error) => return Err(failed(error)),
        };
        let fd = openat(&self.fd, name, FOLDER | OFlags::NOFOLLOW, Mode::empty()).map_err(failed)?;
        set_access(&fd, access).map_err(failed)?;
        fsync(&fd).map_err(failed)?;
        if new {
            self.sync()?;
        }
        Ok(Folder { fd, path })
    }

    /// Removes a file or link; fine when it is not there.
    pub(crate) fn unlink(&self, name: impl AsRef<Path>) -> Result<(), Fault> {
        let name = name.as_ref();
        match unlinkat(&self.fd, name, AtFlags::empty()) {
            Ok(()) => self.sync(),
            Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(Fault::file("cannot remove", &self.path.join(name), error)),
        }
    }

    /// Removes a folder if nothing is in it, and says whether it is gone.
    pub(crate) fn remove_empty(&self, name: impl AsRef<Path>) -> Result<bool, Fault> {
        let name = name.as_ref();
        match unlinkat(&self.fd, name, AtFlags::REMOVEDIR) {
            Ok(()) => self.sync().map(|()| true),
            Err(Errno::NOENT) => Ok(true),
            Err(Errno::NOTEMPTY | Errno::EXIST | Errno::BUSY) => Ok(false),
            Err(error) => Err(Fault::file("cannot remove", &self.path.join(name), error)),
        }
    }

    fn sync(&self) -> Result<(), Fault> {
        fsync(&self.fd).map_err(|error| Fault::file("cannot write", &self.path, error))
    }
}

impl Access {
    pub(crate) fn new(uid: u32, gid: u32, mode: u32) -> Access {
        Access { uid, gid, mode, xattrs: BTreeMap::new(), written: None }
    }

    pub(crate) fn of(stat: &Stat) -> Access {
        Access::new(stat.st_uid, stat.st_gid, stat.st_mode & 0o7777)
    }
}

/// Sets owner, then mode (a change of owner drops the setuid bits), then extended attributes.
pub(crate) fn set_access(fd: impl AsFd, access: &Access) -> Result<(), Errno> {
    fchown(&fd, Some(Uid::from_raw(access.uid)), Some(Gid::from_raw(access.gid)))?;
    fchmod(&fd, Mode::from_raw_mode(access.mode))?;
    for (name, value) in &access.xattrs {
        fsetxattr(&fd, name.as_str(), value, XattrFlags::empty())?;
    }
    Ok(())
}

/// Has a file say that it was written then; programs that cache what they read go by that.
pub(crate) fn set_written(file: impl AsFd, written: Timespec) -> Result<(), Errno> {
    let read = Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT };
    futimens(file, &Timestamps { last_access: read, last_modification: written })
}

/// Reads a plain file whole, unless it is larger than anything piton has a use for.
pub(crate) fn read_bounded(file: File, path: &Path) -> Result<Vec<u8>, Fault> {
    let failed = |error: std::io::Error| Fault::file("cannot read", path, error);
    let stat = fstat(&file).map_err(|error| failed(error.into()))?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(Fault::new(FaultCode::Unreadable, format!("{} is not a plain file", path.display())));
    }
    let mut content = Vec::new();
    file.take(MOST_CONTENT + 1).read_to_end(&mut content).map_err(failed)?;
    if content.len() as u64 > MOST_CONTENT {
        let what = format!("{} is larger than {} MiB", path.display(), MOST_CONTENT >> 20);
        return Err(Fault::new(FaultCode::Unreadable, what));
    }
    Ok(content)
}

/// Begins with a dot, so that cron, sudo, sshd and apt do not take it for one of theirs; always
/// the same, so that the next attempt clears up after one that was cut off.
fn candidate_name(name: &Path) -> PathBuf {
    PathBuf::from(format!(".{}.piton", name.to_string_lossy()))
}
