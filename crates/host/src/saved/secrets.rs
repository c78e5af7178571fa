//! Copies of files that hold a secret: they stay in a folder that only root reads, and what
//! travels is their digest.

use super::{Bytes, Content, Entry};
use crate::own;
use crate::system::folder::{Access, Folder};
use crate::system::{Fault, FaultCode, System};
use piton_plan::Digest;
use std::path::Path;

const FOLDER: &str = "/var/lib/piton/kept";

/// The same, for as long as a change is open: in case it takes that folder away.
const SECOND: &str = "/run/piton/kept";

/// Moves a file's bytes out of an entry and into the folder.
pub(super) fn keep(system: &System, entry: Entry) -> Result<Entry, Fault> {
    let Entry::File { content: Content::Inline(bytes), attributes, written } = entry else {
        return Ok(entry);
    };
    let digest = keep_secret(system, &bytes.bytes()?)?;
    Ok(Entry::File { content: Content::Kept(digest), attributes, written })
}

/// Keeps a root-only copy of a secret, and answers the digest by which it is found again.
pub(crate) fn keep_secret(system: &System, bytes: &[u8]) -> Result<String, Fault> {
    let digest = Digest::of(bytes).as_str().to_owned();
    let folder = folder(system)?;
    if folder.read(&digest)?.as_deref() != Some(bytes) {
        let owner = folder.own_stat()?;
        folder.replace(&digest, bytes, &Access::new(owner.st_uid, owner.st_gid, 0o600))?;
    }
    let second = format!("{SECOND}/{digest}");
    if !system.exists(&second) {
        // A host where that cannot be has the first.
        let _ = own::make_folder(system, SECOND).and_then(|()| own::write(system, &second, bytes));
    }
    Ok(digest)
}

/// No change is open any more, so one place is enough.
pub(crate) fn forget_second(system: &System) {
    // It is gone with the next boot at the latest.
    for name in own::list(system, SECOND).unwrap_or_default() {
        let _ = own::remove(system, &format!("{SECOND}/{name}"));
    }
}

fn folder(system: &System) -> Result<Folder, Fault> {
    own::make_folder(system, FOLDER)?;
    let gone = || Fault::new(FaultCode::FileSystem, format!("{FOLDER} was made, and is not there"));
    system.open_folder(Path::new(FOLDER))?.ok_or_else(gone)
}

/// A file's bytes, wherever they are.
pub(super) fn content(system: &System, content: &Content) -> Result<Vec<u8>, Fault> {
    match content {
        Content::Inline(bytes) => Bytes::bytes(bytes),
        Content::Kept(digest) => kept_secret(system, digest),
    }
}

/// The bytes of a kept copy, which must be those that were kept.
pub(crate) fn kept_secret(system: &System, digest: &str) -> Result<Vec<u8>, Fault> {
    let gone = || Fault::new(FaultCode::NotRestored, "piton's copy of a secret file is gone").because(FOLDER);
    // The digest came out of a journal: only a plain name may lead to a file.
    let plain = digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_it = |bytes: &Vec<u8>| Digest::of(bytes).as_str() == digest;
    let second = || own::read(system, &format!("{SECOND}/{digest}")).ok().flatten().filter(is_it);
    let first = folder(system)?.read(digest).ok().flatten().filter(|_| plain);
    match first.filter(is_it).or_else(|| plain.then(second).flatten()) {
        Some(bytes) => Ok(bytes),
        None if plain && system.exists(&format!("{FOLDER}/{digest}")) => {
            Err(Fault::new(FaultCode::NotRestored, "piton's copy of a secret file was changed"))
        }
        None => Err(gone()),
    }
}
