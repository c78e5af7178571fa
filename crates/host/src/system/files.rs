//! Reading and writing files so that a crash at any moment leaves the old file or the new one.

use super::{Fault, FaultCode, System};
use piton_plan::kind::SeenFiles;
use piton_plan::{FileSpec, FileState};

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    Nothing,
    File,
    Directory,
    Link,
    /// A device, socket or pipe.
    Special,
}

impl System {
    /// Says what stands at a path, without following a link at its end.
    pub fn standing(&self, _path: &str) -> Result<Standing, Fault> {
        Err(Fault::new(FaultCode::Unsupported, "not yet"))
    }

    /// Reads a whole file of at most 16 MiB; none when it is not there.
    pub fn read(&self, _path: &str) -> Result<Option<Vec<u8>>, Fault> {
        Err(Fault::new(FaultCode::Unsupported, "not yet"))
    }

    /// As [`System::read`], for text; what is not UTF-8 is replaced.
    pub fn read_text(&self, path: &str) -> Result<Option<String>, Fault> {
        Ok(self.read(path)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Answers the plain file at a path as plans see it; none when there is none.
    pub fn file_state(&self, _path: &str) -> Result<Option<FileState>, Fault> {
        Err(Fault::new(FaultCode::Unsupported, "not yet"))
    }

    /// The files of a kind as they are, by path; missing ones are left out.
    pub fn seen_files(&self, _specs: &[FileSpec]) -> Result<SeenFiles, Fault> {
        Err(Fault::new(FaultCode::Unsupported, "not yet"))
    }

    /// Makes a file be as specified, atomically; makes missing parent folders. Does nothing when
    /// it already is so, and says whether it wrote.
    pub fn write_file(&self, _spec: &FileSpec) -> Result<bool, Fault> {
        Err(Fault::new(FaultCode::Unsupported, "not yet"))
    }

    /// Removes a file or link; fine when it is not there already.
    pub fn remove_file(&self, _path: &str) -> Result<(), Fault> {
        Err(Fault::new(FaultCode::Unsupported, "not yet"))
    }
}
