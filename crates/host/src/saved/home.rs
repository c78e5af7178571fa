//! Home folders that a change made: undone while they hold nothing of anybody's.

use super::{Attributes, Entry, paths};
use crate::system::files::Standing;
use crate::system::folder::Folder;
use crate::system::{Fault, System};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What a new home is filled from.
const SKELETON: &str = "/etc/skel";

/// The home's owner and mode, if it is there.
pub(super) fn read(system: &System, path: &str) -> Result<Option<Attributes>, Fault> {
    match paths::read(system, path)? {
        Entry::Directory { attributes } => Ok(Some(attributes)),
        _ => Ok(None),
    }
}

/// Gives an old home its owner and mode back; removes a new one that still is only the skeleton.
pub(super) fn restore(system: &System, path: &str, before: Option<&Attributes>) -> Result<(), Fault> {
    match before {
        Some(attributes) => paths::set_attributes(system, path, attributes),
        None => remove_if_untouched(system, path),
    }
}

fn remove_if_untouched(system: &System, path: &str) -> Result<(), Fault> {
    let Some((above, name)) = system.folder_above(path)? else {
        return Ok(());
    };
    if Standing::of(above.stat(&name)?.as_ref()) != Standing::Directory {
        return Ok(());
    }
    let Some(home) = above.below(&name)? else {
        return Ok(());
    };
    let skeleton = match system.folder_above(&format!("{SKELETON}/any"))? {
        Some((folder, _)) => plain_files(&folder)?.unwrap_or_default(),
        None => BTreeMap::new(),
    };
    let Some(there) = plain_files(&home)? else {
        return Ok(());
    };
    if there.iter().all(|(name, content)| skeleton.get(name) == Some(content)) {
        there.keys().try_for_each(|name| home.unlink(name))?;
        above.remove_empty(&name)?;
    }
    Ok(())
}

/// The files of a folder with what is in them; none when there is more than plain files in it.
fn plain_files(folder: &Folder) -> Result<Option<BTreeMap<PathBuf, Vec<u8>>>, Fault> {
    let mut files = BTreeMap::new();
    for name in folder.names()? {
        if Standing::of(folder.stat(&name)?.as_ref()) != Standing::File {
            return Ok(None);
        }
        files.insert(name.clone(), folder.read(&name)?.unwrap_or_default());
    }
    Ok(Some(files))
}
