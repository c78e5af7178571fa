//! Files, links and folders: read with all that belongs to them, and put back.

use super::{Attributes, Bytes, Content, Entry, Undo, Written};
use crate::system::files::{Standing, in_the_way};
use crate::system::folder::{Access, Folder, read_bounded, set_access, set_written};
use crate::system::{Fault, FaultCode, System};
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{Stat, fgetxattr, flistxattr, fremovexattr, fstat};
use rustix::io::Errno;
use std::collections::BTreeMap;
use std::path::Path;

/// Reads what stands at a path.
pub(super) fn read(system: &System, path: &str) -> Result<Entry, Fault> {
    let Some((folder, name)) = system.folder_above(path)? else {
        return Ok(Entry::Nothing { missing_parents: system.missing_parents(path)? });
    };
    let Some(stat) = folder.stat(&name)? else {
        return Ok(Entry::Nothing { missing_parents: Vec::new() });
    };
    let place = system.path(path);
    match Standing::of(Some(&stat)) {
        Standing::Nothing => Ok(Entry::Nothing { missing_parents: Vec::new() }),
        Standing::Link => {
            let target = Bytes::of(folder.read_link(&name)?);
            Ok(Entry::Link { target, uid: stat.st_uid, gid: stat.st_gid })
        }
        Standing::Directory => {
            let opened = folder.below(&name)?.ok_or_else(|| vanished(path))?;
            Ok(Entry::Directory { attributes: attributes(&opened.own_stat()?, opened.fd(), &place)? })
        }
        Standing::File => {
            let file = folder.open_file(&name)?.ok_or_else(|| vanished(path))?;
            // Owner and mode come from the very file that is read, which may be a newer one.
            let stat = fstat(&file).map_err(|error| Fault::file("cannot look at", &place, error))?;
            let attributes = attributes(&stat, file.as_fd(), &place)?;
            let content = Content::Inline(Bytes::of(read_bounded(file, &place)?));
            Ok(Entry::File { content, attributes, written: Written::of(&stat) })
        }
        Standing::Special => {
            let what = format!("{path} is a device, a socket or a pipe, which cannot be saved");
            Err(Fault::new(FaultCode::Unsupported, what))
        }
    }
}

fn vanished(path: &str) -> Fault {
    Fault::new(FaultCode::FileSystem, format!("{path} vanished while it was read")).retry()
}

fn attributes(stat: &Stat, fd: impl AsFd, place: &Path) -> Result<Attributes, Fault> {
    let xattrs = xattrs(fd).map_err(|error| Fault::file("cannot read the attributes of", place, error))?;
    let xattrs = xattrs.into_iter().map(|(name, value)| (name, Bytes::of(value))).collect();
    Ok(Attributes { uid: stat.st_uid, gid: stat.st_gid, mode: stat.st_mode & 0o7777, xattrs })
}

fn xattrs(fd: impl AsFd) -> Result<BTreeMap<String, Vec<u8>>, Errno> {
    // The kernel's own limits for a list and for a value.
    let mut buffer = vec![0u8; 64 << 10];
    let length = match flistxattr(&fd, &mut buffer[..]) {
        Ok(length) => length,
        // File systems without them.
        Err(Errno::NOTSUP) => return Ok(BTreeMap::new()),
        Err(error) => return Err(error),
    };
    let list = buffer.get(..length).unwrap_or_default().to_vec();
    let names = list.split(|byte| *byte == 0).filter_map(|name| std::str::from_utf8(name).ok());
    let mut found = BTreeMap::new();
    for name in names.filter(|name| !name.is_empty()) {
        match fgetxattr(&fd, name, &mut buffer[..]) {
            Ok(length) => drop(found.insert(name.to_owned(), buffer.get(..length).unwrap_or_default().to_vec())),
            Err(Errno::NODATA) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// Has a file that is as it was say so as well.
pub(super) fn put_back_time(system: &System, path: &str, before: &Entry, now: &Entry) -> Result<(), Fault> {
    let (Entry::File { written: before, .. }, Entry::File { written: now, .. }) = (before, now) else { return Ok(()) };
    let Some(at) = before.at().filter(|_| before.differs(now)) else { return Ok(()) };
    let Some((folder, name)) = system.folder_above(path)? else { return Ok(()) };
    let Some(file) = folder.open_file(&name)? else { return Ok(()) };
    set_written(&file, at).map_err(|error| Fault::file("cannot restore", &system.path(path), error))
}

/// Puts back what stood at a path; `Nothing` is not its business, see [`clear`].
pub(super) fn put_back(system: &System, path: &str, entry: &Entry) -> Result<(), Fault> {
    let standing = system.standing(path)?;
    match entry {
        Entry::Nothing { .. } => Ok(()),
        Entry::File { content, attributes, written } => {
            make_way(system, path, standing, "file")?;
            let (folder, name) = ready(system, path)?;
            let access = Access { written: written.at(), ..access(attributes)? };
            folder.replace(name, &super::secrets::content(system, content)?, &access)
        }
        Entry::Link { target, uid, gid } => {
            make_way(system, path, standing, "link")?;
            let (folder, name) = ready(system, path)?;
            folder.replace_link(name, &target.bytes()?, (*uid, *gid))
        }
        Entry::Directory { attributes } => {
            if !matches!(standing, Standing::Directory | Standing::Nothing) {
                system.remove_file(path)?;
            }
            let (folder, name) = ready(system, path)?;
            let made = folder.make(name, &access(attributes)?)?;
            drop_surplus_xattrs(made.fd(), attributes)
                .map_err(|error| Fault::file("cannot restore", &system.path(path), error))
        }
    }
}

fn ready(system: &System, path: &str) -> Result<(Folder, std::path::PathBuf), Fault> {
    system.make_parents(path)?;
    system.existing_folder_above(path)
}

/// A folder that stands where a file was goes away if it is empty; what people put in it does not.
fn make_way(system: &System, path: &str, standing: Standing, wanted: &str) -> Result<(), Fault> {
    if standing != Standing::Directory {
        return Ok(());
    }
    let (folder, name) = system.existing_folder_above(path)?;
    match folder.remove_empty(name)? {
        true => Ok(()),
        false => Err(in_the_way(path, standing, wanted)),
    }
}

/// Removes the half-made file that a change which was cut off may have left next to a path.
pub(super) fn clear_candidate(system: &System, path: &str) -> Result<(), Fault> {
    match system.folder_above(path)? {
        Some((folder, name)) => folder.clear_candidate(name),
        None => Ok(()),
    }
}

/// Takes away what stands where nothing was, and the folders above it that were made for it.
pub(super) fn clear(system: &System, path: &str, missing_parents: &[String], undo: Undo) -> Result<(), Fault> {
    if let Some((folder, name)) = system.folder_above(path)? {
        match system.standing(path)? {
            Standing::Nothing => {}
            Standing::Directory => {
                if folder.remove_empty(&name)? {
                } else if undo == Undo::Anyway {
                    system.tell(&format!("{path} has something in it by now, and is kept"));
                } else {
                    let what = format!("{path} was not there before, and now has something in it, so it is kept");
                    return Err(Fault::new(FaultCode::NotRestored, what).help("look at it, and remove it by hand"));
                }
            }
            _ => folder.unlink(&name)?,
        }
    }
    for parent in missing_parents {
        if let Some((folder, name)) = system.folder_above(parent)?
            && !folder.remove_empty(name)?
        {
            // Other things have been put there since: it is theirs now.
            break;
        }
    }
    Ok(())
}

pub(super) fn access(attributes: &Attributes) -> Result<Access, Fault> {
    let mut access = Access::new(attributes.uid, attributes.gid, attributes.mode);
    for (name, value) in &attributes.xattrs {
        access.xattrs.insert(name.clone(), value.bytes()?);
    }
    Ok(access)
}

/// Sets what a folder that is there had; fine when it has gone.
pub(super) fn set_attributes(system: &System, path: &str, attributes: &Attributes) -> Result<(), Fault> {
    let Some((folder, name)) = system.folder_above(path)? else {
        return Ok(());
    };
    let Some(there) = folder.below(&name)? else {
        return Ok(());
    };
    let failed = |error| Fault::file("cannot restore", &system.path(path), error);
    set_access(there.fd(), &access(attributes)?).map_err(failed)?;
    drop_surplus_xattrs(there.fd(), attributes).map_err(failed)
}

fn drop_surplus_xattrs(fd: &OwnedFd, attributes: &Attributes) -> Result<(), Errno> {
    let now = xattrs(fd)?;
    let surplus = now.keys().filter(|name| !attributes.xattrs.contains_key(*name));
    surplus.into_iter().try_for_each(|name| fremovexattr(fd, name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::super::{Footprint, Saved, Subject, restore, save};
    use super::*;
    use proptest::prelude::*;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    /// What may stand at a path.
    #[derive(Clone, Debug)]
    enum Thing {
        Nothing,
        File(Vec<u8>, u32),
        Folder(u32),
        Link(String),
    }

    fn thing() -> impl Strategy<Value = Thing> {
        prop_oneof![
            Just(Thing::Nothing),
            (any::<Vec<u8>>(), 0o400u32..0o10000).prop_map(|(content, mode)| Thing::File(content, mode | 0o400)),
            (0o700u32..0o1000).prop_map(|mode| Thing::Folder(mode | 0o700)),
            "[a-z/]{1,20}".prop_map(Thing::Link),
        ]
    }

    fn put(place: &Path, thing: &Thing) {
        match place.symlink_metadata() {
            Ok(there) if there.is_dir() => fs::remove_dir(place).unwrap(),
            Ok(_) => fs::remove_file(place).unwrap(),
            Err(_) => {}
        }
        let mode = |mode: u32| fs::set_permissions(place, fs::Permissions::from_mode(mode)).unwrap();
        match thing {
            Thing::Nothing => {}
            Thing::File(content, bits) => {
                fs::create_dir_all(place.parent().unwrap()).unwrap();
                fs::write(place, content).unwrap();
                let value = content.get(..3).unwrap_or(content);
                // Not every file system takes them; then there is nothing to hold.
                let _ = rustix::fs::setxattr(place, "user.note", value, rustix::fs::XattrFlags::empty());
                mode(*bits);
            }
            Thing::Folder(bits) => {
                fs::create_dir_all(place).unwrap();
                mode(*bits);
            }
            Thing::Link(target) => {
                fs::create_dir_all(place.parent().unwrap()).unwrap();
                symlink(target, place).unwrap();
            }
        }
    }

    proptest! {
        #[test]
        fn whatever_stood_there_stands_there_again(before in thing(), after in thing(), deep: bool) {
            let root = tempfile::tempdir().unwrap();
            let system = System::at(root.path());
            let path = if deep { "/srv/a/b/thing" } else { "/thing" };
            put(&system.path(path), &before);
            let footprint = Footprint::of([Subject::Path(path.into())]);
            let saved = save(&system, &footprint).unwrap();
            let json = serde_json::to_string(&saved).unwrap();
            put(&system.path(path), &after);
            let saved: Vec<Saved> = serde_json::from_str(&json).unwrap();
            restore(&system, &saved, &[], Undo::Open).unwrap();
            prop_assert_eq!(&save(&system, &footprint).unwrap(), &saved);
            if deep && matches!(before, Thing::Nothing) {
                prop_assert!(!system.exists("/srv"), "folders made on the way are gone");
            }
            restore(&system, &saved, &[], Undo::Open).unwrap();
            prop_assert_eq!(&save(&system, &footprint).unwrap(), &saved);
        }
    }

    #[test]
    fn a_folder_that_somebody_uses_by_now_is_kept_and_named() {
        let root = tempfile::tempdir().unwrap();
        let system = System::at(root.path());
        let saved = save(&system, &Footprint::of([Subject::Path("/srv".into())])).unwrap();
        fs::create_dir(root.path().join("srv")).unwrap();
        fs::write(root.path().join("srv/theirs"), "").unwrap();
        let fault = restore(&system, &saved, &[], Undo::Open).unwrap_err();
        assert!(fault.what.contains("/srv"), "{fault}");
        assert!(system.exists("/srv/theirs"));
        // Said to go back all the same: it stays, and everything else goes.
        let said = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let heard = said.clone();
        let system = system.on_note(move |line| heard.lock().unwrap().push(line.to_owned()));
        restore(&system, &saved, &[], Undo::Anyway).unwrap();
        assert!(system.exists("/srv/theirs"));
        assert_eq!(*said.lock().unwrap(), ["/srv has something in it by now, and is kept"]);
    }

    #[test]
    fn a_file_says_again_when_it_was_written_also_where_the_same_was_written_once_more() {
        let root = tempfile::tempdir().unwrap();
        let system = System::at(root.path());
        let files = ["changed", "touched"].map(|name| root.path().join(name));
        let long_ago = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::new(1_000_000_000, 123_000_000);
        for file in &files {
            fs::write(file, "old").unwrap();
            fs::File::open(file).unwrap().set_modified(long_ago).unwrap();
        }
        let subjects = ["/changed", "/touched"].map(|path| Subject::Path(path.into()));
        let saved = save(&system, &Footprint::of(subjects)).unwrap();
        fs::write(&files[0], "new").unwrap();
        fs::write(&files[1], "old").unwrap();
        restore(&system, &saved, &[], Undo::Open).unwrap();
        for file in &files {
            assert_eq!(file.metadata().unwrap().modified().unwrap(), long_ago, "{}", file.display());
        }
    }

    #[test]
    fn a_secret_comes_back_and_its_bytes_do_not_travel() {
        let root = tempfile::tempdir().unwrap();
        let system = System::at(root.path());
        fs::write(root.path().join("key"), "hush").unwrap();
        let saved = save(&system, &Footprint::of([Subject::Secret("/key".into())])).unwrap();
        assert!(!serde_json::to_string(&saved).unwrap().contains("hush"));
        fs::write(root.path().join("key"), "other").unwrap();
        restore(&system, &saved, &[], Undo::Open).unwrap();
        assert_eq!(fs::read_to_string(root.path().join("key")).unwrap(), "hush");
        let kept = fs::metadata(root.path().join("var/lib/piton/kept")).unwrap();
        assert_eq!(kept.permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn several_files_in_a_new_folder_leave_no_folder_behind() {
        let root = tempfile::tempdir().unwrap();
        let system = System::at(root.path());
        let subjects = ["/etc/new/a", "/etc/new/b"].map(|path| Subject::Path(path.into()));
        let saved = save(&system, &Footprint::of(subjects)).unwrap();
        fs::create_dir_all(root.path().join("etc/new")).unwrap();
        fs::write(root.path().join("etc/new/a"), "").unwrap();
        fs::write(root.path().join("etc/new/b"), "").unwrap();
        restore(&system, &saved, &[], Undo::Open).unwrap();
        assert!(!system.exists("/etc"));
    }

    #[test]
    fn a_half_made_file_goes_with_the_undo() {
        let root = tempfile::tempdir().unwrap();
        let system = System::at(root.path());
        let saved = save(&system, &Footprint::of([Subject::Path("/etc/new/a".into())])).unwrap();
        fs::create_dir_all(root.path().join("etc/new")).unwrap();
        fs::write(root.path().join("etc/new/.a.piton"), "half").unwrap();
        restore(&system, &saved, &[], Undo::Open).unwrap();
        assert!(!system.exists("/etc"));
    }

    #[test]
    fn an_absent_home_goes_while_it_is_only_the_skeleton() {
        let root = tempfile::tempdir().unwrap();
        let system = System::at(root.path());
        fs::create_dir_all(root.path().join("etc/skel")).unwrap();
        fs::write(root.path().join("etc/skel/.profile"), "p").unwrap();
        fs::create_dir(root.path().join("home")).unwrap();
        let saved = save(&system, &Footprint::of([Subject::Home("/home/ada".into())])).unwrap();
        let home = root.path().join("home/ada");
        fs::create_dir(&home).unwrap();
        fs::write(home.join(".profile"), "p").unwrap();
        fs::write(home.join("work"), "").unwrap();
        restore(&system, &saved, &[], Undo::Open).unwrap();
        assert!(home.join("work").exists() && home.join(".profile").exists());
        fs::remove_file(home.join("work")).unwrap();
        restore(&system, &saved, &[], Undo::Open).unwrap();
        assert!(!home.exists());
    }
}
