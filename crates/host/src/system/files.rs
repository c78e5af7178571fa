//! Reading and writing files of a host by path, as the kinds need it.
//!
//! Writing leaves the old file or the new one, whatever happens in between. Reading never waits
//! for a pipe, never fills the memory, and tells nobody the content of what not everyone may read.

use super::accounts::Accounts;
use super::folder::{Access, Folder, read_bounded};
use super::{Fault, FaultCode, System};
use piton_plan::kind::SeenFiles;
use piton_plan::{Digest, FileSpec, FileState, Mode};
use rustix::fs::{FileType, Stat};
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Nothing,
    File,
    Directory,
    Link,
    /// A device, socket or pipe.
    Special,
}

/// Longer text is not carried along for showing a difference.
const MOST_SHOWN: usize = 64 << 10;

impl Standing {
    pub(crate) fn of(stat: Option<&Stat>) -> Standing {
        match stat.map(|stat| FileType::from_raw_mode(stat.st_mode)) {
            None => Standing::Nothing,
            Some(FileType::RegularFile) => Standing::File,
            Some(FileType::Directory) => Standing::Directory,
            Some(FileType::Symlink) => Standing::Link,
            Some(_) => Standing::Special,
        }
    }

    /// As people call it.
    pub fn word(self) -> &'static str {
        match self {
            Standing::Nothing => "nothing",
            Standing::File => "file",
            Standing::Directory => "directory",
            Standing::Link => "link",
            Standing::Special => "device",
        }
    }
}

impl System {
    /// What stands at a path, links at its end not followed; none when nothing does.
    pub(crate) fn stat(&self, path: &str) -> Result<Option<Stat>, Fault> {
        let Some((folder, name)) = self.folder_above(path)? else {
            return Ok(None);
        };
        folder.stat(name)
    }

    /// The open folder that a path lies in, and the last name; none when that folder is missing.
    pub(crate) fn folder_above(&self, path: &str) -> Result<Option<(Folder, PathBuf)>, Fault> {
        let named = Path::new(path);
        let plain = |part: Component<'_>| matches!(part, Component::RootDir | Component::Normal(_));
        match (named.parent(), named.file_name()) {
            // What is not absolute and plain is refused: it came over the wire.
            (Some(parent), Some(name)) if named.is_absolute() && named.components().all(plain) => {
                Ok(self.open_folder(parent)?.map(|folder| (folder, PathBuf::from(name))))
            }
            _ => Err(Fault::new(FaultCode::Unsupported, format!("`{path}` is not an absolute path"))
                .help("write the whole path, from `/` and without `..`")),
        }
    }

    /// Says what stands at a path, without following a link at its end.
    pub fn standing(&self, path: &str) -> Result<Standing, Fault> {
        Ok(Standing::of(self.stat(path)?.as_ref()))
    }

    /// Reads a whole file of at most 16 MiB, through links; none when it is not there.
    pub fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Fault> {
        use std::os::unix::fs::OpenOptionsExt;
        let place = self.path(path);
        let no_wait = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
        match File::options().read(true).custom_flags(no_wait).open(&place) {
            Ok(file) => read_bounded(file, &place).map(Some),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(Fault::file("cannot read", &place, error)),
        }
    }

    /// As [`System::read`], for text; what is not UTF-8 is replaced.
    pub fn read_text(&self, path: &str) -> Result<Option<String>, Fault> {
        Ok(self.read(path)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Answers the plain file at a path as plans see it; none when there is none.
    pub fn file_state(&self, path: &str, accounts: &Accounts) -> Result<Option<FileState>, Fault> {
        let Some((folder, name)) = self.folder_above(path)? else {
            return Ok(None);
        };
        let Some(stat) = folder.stat(&name)? else {
            return Ok(None);
        };
        if Standing::of(Some(&stat)) != Standing::File {
            return Ok(None);
        }
        let Some(content) = folder.read(&name)? else {
            return Ok(None);
        };
        let everyone_reads = stat.st_mode & 0o004 != 0;
        let digest = Digest::of(&content);
        let text = Some(content).filter(|content| everyone_reads && content.len() <= MOST_SHOWN);
        Ok(Some(FileState {
            digest,
            text: text.and_then(|content| String::from_utf8(content).ok()),
            owner: accounts.user_name(stat.st_uid),
            group: accounts.group_name(stat.st_gid),
            mode: Mode(stat.st_mode & 0o7777),
            other_names: stat.st_nlink > 1,
        }))
    }

    /// Answers a file that shall be as specified. Its text is left out where not everyone shall
    /// read it, even if its mode has drifted.
    pub fn spec_state(&self, spec: &FileSpec, accounts: &Accounts) -> Result<Option<FileState>, Fault> {
        let state = self.file_state(&spec.path, accounts)?;
        Ok(state.map(|state| match spec.mode.0 & 0o004 {
            0 => FileState { text: None, ..state },
            _ => state,
        }))
    }

    /// The files of a kind as they are, by path; missing ones are left out.
    pub fn seen_files(&self, specs: &[FileSpec], accounts: &Accounts) -> Result<SeenFiles, Fault> {
        let mut seen = SeenFiles::new();
        for spec in specs {
            if let Some(state) = self.spec_state(spec, accounts)? {
                seen.insert(spec.path.clone(), state);
            }
        }
        Ok(seen)
    }

    /// Makes a file be as specified, atomically; makes missing parent folders. Does nothing when
    /// it already is so, and says whether it wrote. Where a link stands it refuses.
    pub fn write_file(&self, spec: &FileSpec) -> Result<bool, Fault> {
        match self.standing(&spec.path)? {
            Standing::Link => Err(in_the_way(&spec.path, Standing::Link, "file")),
            _ => self.write_file_over_link(spec),
        }
    }

    /// As [`System::write_file`], but a link gives way to the file; it is never followed.
    pub fn write_file_over_link(&self, spec: &FileSpec) -> Result<bool, Fault> {
        match self.standing(&spec.path)? {
            Standing::Nothing | Standing::File | Standing::Link => {}
            other => return Err(in_the_way(&spec.path, other, "file")),
        }
        let accounts = Accounts::read(self)?;
        if spec.differences(self.file_state(&spec.path, &accounts)?.as_ref()).is_empty() {
            return Ok(false);
        }
        let access = Access::new(accounts.uid(&spec.owner)?, accounts.gid(&spec.group)?, spec.mode.0);
        self.make_parents(&spec.path)?;
        let (folder, name) = self.existing_folder_above(&spec.path)?;
        folder.replace(name, spec.content.as_bytes(), &access)?;
        Ok(true)
    }

    pub(crate) fn existing_folder_above(&self, path: &str) -> Result<(Folder, PathBuf), Fault> {
        let missing = || Fault::new(FaultCode::FileSystem, format!("the folder of {path} is not there"));
        self.folder_above(path)?.ok_or_else(missing)
    }

    /// Makes the folders above a path that are missing: root's, 0755.
    pub(crate) fn make_parents(&self, path: &str) -> Result<(), Fault> {
        let accounts = Accounts::read(self)?;
        let access = Access::new(accounts.uid("root")?, accounts.gid("root")?, 0o755);
        for missing in self.missing_parents(path)?.iter().rev() {
            let (folder, name) = self.existing_folder_above(missing)?;
            folder.make(name, &access)?;
        }
        Ok(())
    }

    /// The folders above a path that are not there, the deepest first.
    pub(crate) fn missing_parents(&self, path: &str) -> Result<Vec<String>, Fault> {
        let mut missing = Vec::new();
        for parent in Path::new(path).ancestors().skip(1).filter(|parent| parent.parent().is_some()) {
            let text = parent.to_string_lossy().into_owned();
            match self.path(&text).metadata() {
                Ok(_) => break,
                Err(error) if error.kind() == ErrorKind::NotFound => missing.push(text),
                Err(error) => return Err(Fault::file("cannot look at", &self.path(&text), error)),
            }
        }
        Ok(missing)
    }

    /// Where a link points, as it is written; none when no link stands there.
    pub fn link_target(&self, path: &str) -> Result<Option<String>, Fault> {
        match self.folder_above(path)? {
            Some((folder, name)) if Standing::of(folder.stat(&name)?.as_ref()) == Standing::Link => {
                Ok(Some(String::from_utf8_lossy(&folder.read_link(name)?).into_owned()))
            }
            _ => Ok(None),
        }
    }

    /// Removes a file or link; fine when it is not there already.
    pub fn remove_file(&self, path: &str) -> Result<(), Fault> {
        match self.folder_above(path)? {
            Some((folder, name)) => folder.unlink(name),
            None => Ok(()),
        }
    }
}

/// Why nothing is put where something of another type stands.
pub(crate) fn in_the_way(path: &str, standing: Standing, wanted: &str) -> Fault {
    Fault::new(FaultCode::Refused, format!("{path} shall be a {wanted}, and a {} stands there", standing.word()))
        .help("look at it and move it away by hand, then apply again")
}
