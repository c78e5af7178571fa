//! A folder that stands in for a host, and the round that every kind of plain files is put through.

use super::{HostKind, Look};
use crate::saved::{Undo, restore, save};
use crate::system::System;
use piton_plan::FileSpec;
use std::path::PathBuf;

pub(super) struct Host {
    _root: tempfile::TempDir,
    pub(super) system: System,
}

impl Host {
    /// Whoever runs the tests is its root.
    pub(super) fn new() -> Host {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("etc")).unwrap();
        let (uid, gid) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
        let passwd = format!("root:x:{uid}:{gid}::/root:/bin/sh\nada:x:{uid}:{gid}::/home/ada:/bin/sh\n");
        std::fs::write(root.path().join("etc/passwd"), passwd).unwrap();
        std::fs::write(root.path().join("etc/group"), format!("root:x:{gid}:\n")).unwrap();
        let system = System::at(root.path());
        Host { _root: root, system }
    }

    pub(super) fn place(&self, path: &str) -> PathBuf {
        self.system.path(path)
    }

    pub(super) fn write(&self, path: &str, text: &str) {
        std::fs::create_dir_all(self.place(path).parent().unwrap()).unwrap();
        std::fs::write(self.place(path), text).unwrap();
    }

    /// Puts a link of another user's to /etc at a path; false where that is not permitted.
    pub(super) fn strangers_link(&self, path: &str) -> bool {
        let place = self.place(path);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink("/etc", &place).unwrap();
        std::os::unix::fs::lchown(&place, Some(4242), Some(4242)).is_ok()
    }

    pub(super) fn spec(&self, path: &str, content: &str) -> FileSpec {
        FileSpec::of_root(path, content)
    }

    pub(super) fn observe<K: HostKind>(&self, wanted: &K) -> K::Observed {
        wanted.observe(&self.system, &Look::new(&self.system, Vec::new(), &[])).unwrap()
    }
}

/// Applies, applies again, undoes, applies and removes; after each, what is seen must be right.
pub(super) fn cycle<K: HostKind>(host: &Host, wanted: &K) {
    let footprint = wanted.footprint();
    let before = save(&host.system, &footprint).unwrap();
    wanted.apply(&host.system).unwrap();
    assert_eq!(wanted.differences(&host.observe(wanted)), []);
    let after = save(&host.system, &footprint).unwrap();
    wanted.apply(&host.system).unwrap();
    assert_eq!(save(&host.system, &footprint).unwrap(), after, "a second time changes nothing");
    restore(&host.system, &before, &footprint.settle, Undo::Open).unwrap();
    assert_eq!(save(&host.system, &footprint).unwrap(), before, "undone");
    wanted.apply(&host.system).unwrap();
    wanted.remove(&host.system, &before).unwrap();
    assert_eq!(save(&host.system, &footprint).unwrap(), before, "removed");
}
