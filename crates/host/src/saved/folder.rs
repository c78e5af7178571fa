//! A folder that the programs of a stack write in: put back without ever losing what is in it.

use super::{Entry, Saved, Undo, paths};
use crate::system::files::Standing;
use crate::system::{Fault, FaultCode, System};
use rustix::fs::{RenameFlags, renameat_with};
use rustix::io::Errno;
use std::path::PathBuf;

/// The folder's owner and mode, if it is there.
pub(super) fn read(system: &System, path: &str, data: bool) -> Result<Saved, Fault> {
    let (before, missing_parents) = match paths::read(system, path)? {
        Entry::Directory { attributes } => (Some(attributes), Vec::new()),
        Entry::Nothing { missing_parents } => (None, missing_parents),
        _ => (None, Vec::new()),
    };
    Ok(Saved::Folder { path: path.to_owned(), data, before, missing_parents })
}

/// Gives an old folder its owner and mode back. A new one goes when it is empty; with something in it, it is moved
/// aside if the change was never confirmed, so that the next attempt begins with nothing half made, and
/// is left where it is otherwise.
pub(super) fn restore(system: &System, saved: &Saved, undo: Undo) -> Result<(), Fault> {
    let Saved::Folder { path, data, before, missing_parents } = saved else { return Ok(()) };
    if let Some(attributes) = before {
        return paths::set_attributes(system, path, attributes);
    }
    take_away(system, path, *data, undo)?;
    for parent in missing_parents {
        match system.folder_above(parent)? {
            Some((above, name)) if above.remove_empty(&name)? => {}
            // Something else has been put there since.
            _ => break,
        }
    }
    Ok(())
}

fn take_away(system: &System, path: &str, data: bool, undo: Undo) -> Result<(), Fault> {
    let Some((above, name)) = system.folder_above(path)? else { return Ok(()) };
    if Standing::of(above.stat(&name)?.as_ref()) != Standing::Directory || above.remove_empty(&name)? {
        return Ok(());
    }
    if undo != Undo::Open || !data {
        if data {
            system.tell(&format!("{path} holds data, and is kept"));
        }
        return Ok(());
    }
    for number in 1..1000 {
        let aside = PathBuf::from(format!("{}.undone-{number}", name.display()));
        match renameat_with(above.fd(), &name, above.fd(), &aside, RenameFlags::NOREPLACE) {
            Ok(()) => {
                system.tell(&format!("{path} had something in it, and was moved aside as {}", aside.display()));
                return Ok(());
            }
            Err(Errno::EXIST) => {}
            Err(error) => return Err(Fault::file("cannot move aside", &system.path(path), error)),
        }
    }
    let what = format!("{path} cannot be moved aside: a thousand such folders stand beside it");
    Err(Fault::new(FaultCode::NotRestored, what).help("look at them, and remove them by hand"))
}

#[cfg(test)]
mod tests {
    use super::super::{Footprint, Subject, restore, save};
    use super::*;
    use std::fs;

    fn round(data: bool, undo: Undo) -> (tempfile::TempDir, System) {
        let root = tempfile::tempdir().unwrap();
        let system = System::at(root.path());
        let subjects = [("/srv", false), ("/srv/data", data)];
        let subjects = subjects.map(|(path, data)| Subject::Folder { path: path.into(), data });
        let saved = save(&system, &Footprint::of(subjects)).unwrap();
        fs::create_dir_all(root.path().join("srv/data")).unwrap();
        fs::write(root.path().join("srv/data/file"), "kept").unwrap();
        restore(&system, &saved, &[], undo).unwrap();
        (root, system)
    }

    #[test]
    fn data_of_a_change_that_nobody_confirmed_is_moved_aside_and_not_lost() {
        let (_root, system) = round(true, Undo::Open);
        assert!(!system.exists("/srv/data"));
        assert_eq!(system.read_text("/srv/data.undone-1/file").unwrap().as_deref(), Some("kept"));
    }

    #[test]
    fn data_that_was_in_use_stays_where_it_is() {
        let (_root, system) = round(true, Undo::Later);
        assert_eq!(system.read_text("/srv/data/file").unwrap().as_deref(), Some("kept"));
    }

    #[test]
    fn an_empty_folder_goes_again() {
        let root = tempfile::tempdir().unwrap();
        let system = System::at(root.path());
        let saved = save(&system, &Footprint::of([Subject::Folder { path: "/srv".into(), data: true }])).unwrap();
        fs::create_dir(root.path().join("srv")).unwrap();
        restore(&system, &saved, &[], Undo::Open).unwrap();
        assert!(!system.exists("/srv"));
    }
}
