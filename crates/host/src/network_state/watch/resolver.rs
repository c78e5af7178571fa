//! The files that say who resolves names: resolv.conf, and what it is a link to.

use super::super::files::resolver_behind;
use crate::system::System;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use rustix::io::Errno;
use std::mem::MaybeUninit;
use std::path::{Path, PathBuf};

pub(super) struct Resolver {
    descriptor: OwnedFd,
    /// The watched folder's number, and the file in it.
    files: Vec<(i32, PathBuf)>,
}

impl Resolver {
    pub(super) fn begin(system: &System) -> Result<Resolver, Errno> {
        let descriptor = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
        let paths = ["/etc/resolv.conf".to_owned()].into_iter().chain(resolver_behind(system));
        // The folder, since most programs put another file in the place of the old one.
        let how = WatchFlags::CLOSE_WRITE | WatchFlags::MOVED_TO | WatchFlags::CREATE | WatchFlags::DELETE;
        let mut files = Vec::new();
        for path in paths.map(|path| system.path(&path)) {
            let folder = path.parent().unwrap_or(Path::new("/"));
            files.push((inotify::add_watch(&descriptor, folder, how)?, path));
        }
        Ok(Resolver { descriptor, files })
    }

    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }

    /// Which of the files changed, each said once.
    pub(super) fn changed(&mut self) -> Vec<String> {
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut reader = inotify::Reader::new(&self.descriptor, &mut buffer);
        let mut found = Vec::new();
        while let Ok(event) = reader.next() {
            let name = event.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let file = self.files.iter().find(|(folder, path)| {
                *folder == event.wd() && path.file_name().is_some_and(|own| own.to_string_lossy() == name)
            });
            let Some((_, path)) = file else { continue };
            let gone = event.events().contains(ReadFlags::DELETE);
            let words = format!("{}{}", path.display(), if gone { " is gone" } else { "" });
            // Written and closed, moved into place: one change.
            if found.last() != Some(&words) {
                found.push(words);
            }
        }
        found
    }
}
