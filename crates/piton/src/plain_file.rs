//! Plain files that somebody else may have put there: read up to a limit, and replaced whole or not at all.
//!
//! A name in a cloned repository may be a link to a device that never ends, or a pipe that nobody writes to. What is
//! replaced is written beside first, so that a full disk leaves the old text and nothing else behind.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// More than any text that a person wrote.
pub(crate) const LARGEST: u64 = 1 << 20;

/// More than any saved plan or list of known findings, which programs write.
pub(crate) const LARGEST_MADE: u64 = 256 << 20;

/// Opens a plain file, or a link to one, and nothing else.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    // Looked at before it is opened: opening a device may already do something.
    if !path.metadata()?.is_file() {
        return Err(no_plain_file());
    }
    // Should it have become a pipe by now, opening it waits for nobody.
    let file = OpenOptions::new().read(true).custom_flags(nonblocking()).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(no_plain_file()) }
}

fn nonblocking() -> i32 {
    i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or_default()
}

fn no_plain_file() -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, "not a plain file")
}

/// Reads a text in UTF-8 of at most so many bytes.
pub(crate) fn read_text(path: &Path, largest: u64) -> io::Result<String> {
    let bytes = read_bytes(path, largest)?;
    String::from_utf8(bytes).map_err(|_| io::Error::new(ErrorKind::InvalidData, "not text in UTF-8"))
}

/// Reads a file of at most so many bytes.
pub(crate) fn read_bytes(path: &Path, largest: u64) -> io::Result<Vec<u8>> {
    // Nearly every one is shorter than this, and read at once then.
    let mut bytes = Vec::with_capacity(4 << 10);
    open(path)?.take(largest + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > largest {
        true => Err(too_large(largest)),
        false => Ok(bytes),
    }
}

fn too_large(largest: u64) -> io::Error {
    io::Error::new(ErrorKind::FileTooLarge, format!("larger than {} MiB", largest >> 20))
}

/// What would go wrong with reading a file, for whoever leaves the reading to others. Nothing for one that is not there
/// or is a folder: both read as nothing.
pub(crate) fn trouble(path: &Path, largest: u64) -> Option<io::Error> {
    let metadata = path.metadata().ok()?;
    match metadata.file_type() {
        kind if kind.is_dir() => None,
        kind if !kind.is_file() => Some(no_plain_file()),
        _ => (metadata.len() > largest).then(|| too_large(largest)),
    }
}

/// Writes a file whole, or leaves the old one as it was and nothing beside it. A link stays one, and the mode and
/// whoever owns the file stay as they are.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let old = path.metadata().ok();
    if old.as_ref().is_some_and(|old| !old.is_file()) {
        return Err(no_plain_file());
    }
    let unfinished = beside(path)?;
    let written = (|| {
        let mut file = OpenOptions::new().write(true).create_new(true).open(&unfinished)?;
        if let Some(old) = &old {
            // Nobody but root may give files away, and nobody else needs to.
            let _ = std::os::unix::fs::fchown(&file, Some(old.uid()), Some(old.gid()));
            file.set_permissions(fs::Permissions::from_mode(old.mode() & 0o7777))?;
        }
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)
    })();
    written.inspect_err(|_| drop(fs::remove_file(&unfinished)))
}

/// Whether a file says that nobody may write it, root included, or the user may not. What is not there says nothing.
pub(crate) fn is_read_only(path: &Path) -> bool {
    let nobody_may = |metadata: fs::Metadata| metadata.is_file() && metadata.mode() & 0o222 == 0;
    path.metadata().is_ok_and(nobody_may)
        || rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_err_and(|error| error != rustix::io::Errno::NOENT)
}

/// Writes another text into a file that still holds the old one, under all its names.
///
/// A file with one name is replaced whole. One with several, or of an owner that cannot be given to a new file, is written in
/// place; the new text lies beside it meanwhile, so that it is not lost when the power is.
pub(crate) fn rewrite(path: &Path, old: &[u8], new: &[u8]) -> io::Result<()> {
    let path = &path.canonicalize()?;
    let mut bytes = Vec::new();
    open(path)?.take(old.len() as u64 + 1).read_to_end(&mut bytes)?;
    if bytes != old {
        return Err(io::Error::new(ErrorKind::InvalidData, "somebody has changed it meanwhile; nothing was written"));
    }
    let metadata = path.metadata()?;
    let is_ours = metadata.uid() == rustix::process::geteuid().as_raw() || rustix::process::geteuid().is_root();
    if metadata.nlink() == 1 && is_ours {
        return replace(path, new);
    }
    let unfinished = beside(path)?;
    let written = (|| {
        // As closed as the old one, and never more.
        let mode = metadata.mode() & 0o700;
        let mut copy = OpenOptions::new().write(true).create_new(true).mode(mode).open(&unfinished)?;
        copy.write_all(new)?;
        copy.sync_all()
    })();
    let mut file = written
        .and_then(|()| OpenOptions::new().write(true).truncate(true).open(path))
        .inspect_err(|_| drop(fs::remove_file(&unfinished)))?;
    // From here on the copy is the only whole text: it stays where this fails.
    file.write_all(new)?;
    file.sync_all()?;
    fs::remove_file(&unfinished)
}

/// The name of what is written before it takes a file's place.
fn beside(path: &Path) -> io::Result<std::path::PathBuf> {
    let mut name = OsString::from(".");
    name.push(path.file_name().ok_or(ErrorKind::InvalidInput)?);
    name.push(format!(".{}.piton", std::process::id()));
    Ok(path.with_file_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn what_never_ends_and_what_is_no_file_are_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("zero");
        symlink("/dev/zero", &link).unwrap();
        assert_eq!(read_text(&link, LARGEST).unwrap_err().kind(), ErrorKind::InvalidInput);
        assert!(trouble(&link, LARGEST).is_some());
        let pipe = folder.path().join("pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0).unwrap();
        assert_eq!(read_text(&pipe, LARGEST).unwrap_err().kind(), ErrorKind::InvalidInput);
        assert!(read_text(folder.path(), LARGEST).is_err() && trouble(folder.path(), LARGEST).is_none());
        assert!(trouble(&folder.path().join("none"), LARGEST).is_none());
    }

    #[test]
    fn a_limit_is_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("text");
        fs::write(&path, "12345").unwrap();
        assert_eq!(read_text(&path, 5).unwrap(), "12345");
        assert_eq!(read_text(&path, 4).unwrap_err().kind(), ErrorKind::FileTooLarge);
        assert!(trouble(&path, 4).is_some() && trouble(&path, 5).is_none());
    }

    #[test]
    fn what_is_replaced_keeps_its_mode_and_its_link_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("text"), folder.path().join("link"));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("text", &link).unwrap();
        replace(&link, b"new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(path.metadata().unwrap().mode() & 0o7777, 0o640);
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(folder.path().read_dir().unwrap().count(), 2);
        assert!(replace(folder.path(), b"new").is_err());
    }

    #[test]
    fn a_file_is_rewritten_under_all_its_names_and_not_when_it_has_changed() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("text"), folder.path().join("other"));
        fs::write(&path, "old").unwrap();
        fs::hard_link(&path, &other).unwrap();
        rewrite(&path, b"old", b"new").unwrap();
        assert_eq!(fs::read_to_string(&other).unwrap(), "new");
        assert!(rewrite(&path, b"old", b"newer").is_err());
        fs::remove_file(&other).unwrap();
        rewrite(&path, b"new", b"newest").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "newest");
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
    }

    #[test]
    fn what_nobody_may_write_is_read_only_to_root_as_well() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("text");
        fs::write(&path, "old").unwrap();
        assert!(!is_read_only(&path) && !is_read_only(&folder.path().join("none")));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
        assert!(is_read_only(&path));
    }
}
