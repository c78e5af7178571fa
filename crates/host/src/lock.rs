//! One change at a time: a kernel lock, held by the process that does the change.
//!
//! The kernel drops it when that process dies, however it dies, so it cannot go stale. The file's
//! content only says who holds it; it means nothing while the lock is free.

use crate::journal::now;
use crate::own;
use crate::system::{Fault, System};
use crate::wire::Holder;
use rustix::fs::{FlockOperation, flock};
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;

const FILE: &str = "/var/lib/piton/lock";

/// The lock, as long as this lives.
pub struct Lock {
    _file: File,
}

pub enum Taken {
    Mine(Lock),
    Theirs(Holder),
}

/// Takes the lock, or says who has it. With `wait`, waits for them.
pub fn take(system: &System, operator: &str, reason: &str, wait: bool) -> Result<Taken, Fault> {
    let path = system.path(FILE);
    let mut options = OpenOptions::new();
    let file = options.create(true).truncate(false).read(true).write(true).mode(0o600).open(&path);
    let mut file = file.map_err(|error| Fault::file("cannot open", &path, error))?;
    let how = if wait { FlockOperation::LockExclusive } else { FlockOperation::NonBlockingLockExclusive };
    match flock(&file, how) {
        Ok(()) => {}
        Err(rustix::io::Errno::WOULDBLOCK) => return Ok(Taken::Theirs(holder(&mut file))),
        Err(error) => return Err(Fault::file("cannot lock", &path, error)),
    }
    let mine =
        Holder { operator: operator.into(), reason: reason.into(), pid: std::process::id(), since: now(), age: 0 };
    let text = own::json(&mine)?;
    let written = file.set_len(0).and_then(|()| file.seek(SeekFrom::Start(0))).and_then(|_| file.write_all(&text));
    written.map_err(|error| Fault::file("cannot write", &path, error))?;
    Ok(Taken::Mine(Lock { _file: file }))
}

fn holder(file: &mut File) -> Holder {
    let mut text = String::new();
    let unknown = Holder { operator: "someone".into(), reason: "unknown".into(), pid: 0, since: 0, age: 0 };
    if file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_string(&mut text)).is_err() {
        return unknown;
    }
    let holder: Holder = serde_json::from_str(&text).unwrap_or(unknown);
    Holder { age: now().saturating_sub(holder.since), ..holder }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_lock_names_its_holder_and_a_dropped_one_is_free() {
        let folder = tempfile::tempdir().unwrap();
        let system = System::at(folder.path());
        own::make_folder(&system, own::FOLDER).unwrap();
        let Taken::Mine(lock) = take(&system, "ana@desk", "apply 7c1e", false).unwrap() else {
            panic!("the lock was free")
        };
        // flock is per open file, so a second opening in the same process is a second taker.
        match take(&system, "ben@desk", "apply 19ab", false).unwrap() {
            Taken::Theirs(holder) => {
                assert_eq!((holder.operator.as_str(), holder.reason.as_str()), ("ana@desk", "apply 7c1e"))
            }
            Taken::Mine(_) => panic!("two holders"),
        }
        drop(lock);
        assert!(matches!(take(&system, "ben@desk", "apply 19ab", false).unwrap(), Taken::Mine(_)));
    }
}
