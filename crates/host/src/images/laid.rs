//! Images on a host that its engine has not loaded yet: one bundle, root's alone, gone once it is loaded.

use crate::docker::{self, IMAGE_PATIENCE};
use crate::own;
use crate::system::{Call, Fault, FaultCode, System};
use crate::wire::ImageName;
use piton_plan::{Digest, Digesting};
use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;

const FOLDER: &str = "/var/lib/piton/images";
const PARTIAL: &str = "/var/lib/piton/images/partial";
const BUNDLE: &str = "/var/lib/piton/images/bundle.tar";
/// The images in it.
const NAMES: &str = "/var/lib/piton/images/bundle.json";

/// The bundle, and what the engine makes of it.
const COPIES: u64 = 2;

/// A bundle that is just arriving.
pub(crate) struct Laying {
    images: Vec<ImageName>,
    file: File,
    left: u64,
    digesting: Digesting,
}

/// The images that are neither in the engine nor laid down, and the layers that the engine has.
pub(crate) fn missing(system: &System, wanted: Vec<ImageName>) -> Result<(Vec<ImageName>, Vec<Vec<String>>), Fault> {
    let (there, layers) = match docker::is_there(system) {
        true => docker::images(system)?,
        false => Default::default(),
    };
    let lacking: Vec<ImageName> = wanted.into_iter().filter(|name| !there.contains(&name.id)).collect();
    Ok((not_laid(system, lacking)?, layers))
}

/// None of them, if all are laid down; else all, since the next bundle takes the place of this one.
fn not_laid(system: &System, lacking: Vec<ImageName>) -> Result<Vec<ImageName>, Fault> {
    let laid: BTreeSet<ImageName> = names(system)?.into_iter().collect();
    Ok(if lacking.iter().all(|name| laid.contains(name)) { Vec::new() } else { lacking })
}

impl Laying {
    pub(crate) fn begin(system: &System, images: Vec<ImageName>, length: u64) -> Result<Laying, Fault> {
        own::make_folder(system, FOLDER)?;
        for path in [PARTIAL, NAMES, BUNDLE] {
            own::remove(system, path)?;
        }
        let folder = system.path(FOLDER);
        let free = rustix::fs::statvfs(&folder)
            .map_err(|error| Fault::file("cannot look at", &folder, std::io::Error::from(error)))?;
        let free = free.f_bavail.saturating_mul(free.f_frsize);
        if free < length.saturating_mul(COPIES) {
            let mib = |bytes: u64| bytes >> 20;
            let what = format!("there is no room for images: {} MiB come, and {} MiB are free", mib(length), mib(free));
            let help = "`docker image prune --all` takes away those that nothing uses";
            return Err(Fault::new(FaultCode::DiskFull, what).help(help));
        }
        let path = system.path(PARTIAL);
        let file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&path);
        let file = file.map_err(|error| Fault::file("cannot make", &path, error))?;
        Ok(Laying { images, file, left: length, digesting: Digesting::default() })
    }

    pub(crate) fn piece(&mut self, system: &System, bytes: &[u8]) -> Result<(), Fault> {
        let left = self.left.checked_sub(bytes.len() as u64);
        self.left = left.ok_or_else(|| Fault::new(FaultCode::Protocol, "more came than was announced"))?;
        self.digesting.add(bytes);
        self.file.write_all(bytes).map_err(|error| Fault::file("cannot write", &system.path(PARTIAL), error))
    }

    /// All has come, if it is what was sent.
    pub(crate) fn end(self, system: &System, digest: &Digest) -> Result<(), Fault> {
        if self.left != 0 || self.digesting.end() != *digest {
            own::remove(system, PARTIAL)?;
            return Err(Fault::new(FaultCode::Protocol, "the images did not arrive as they were sent"));
        }
        let (from, to) = (system.path(PARTIAL), system.path(BUNDLE));
        std::fs::rename(&from, &to).map_err(|error| Fault::file("cannot put in place", &to, error))?;
        own::write(system, NAMES, &own::json(&self.images)?)
    }
}

/// Has the engine load what was laid down, if this is among it.
pub(crate) fn load(system: &System, wanted: &ImageName) -> Result<(), Fault> {
    if !names(system)?.contains(wanted) {
        return Ok(());
    }
    let place = system.path(BUNDLE).to_string_lossy().into_owned();
    let call = Call::new(&["docker", "image", "load", "--quiet", "--input", &place]);
    system.call_ok(&call.deadline(IMAGE_PATIENCE))?;
    own::remove(system, NAMES)?;
    own::remove(system, BUNDLE)
}

fn names(system: &System) -> Result<Vec<ImageName>, Fault> {
    match own::read(system, NAMES)? {
        Some(bytes) if system.exists(BUNDLE) => Ok(serde_json::from_slice(&bytes).unwrap_or_default()),
        _ => Ok(Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image() -> ImageName {
        ImageName { reference: "app:1".into(), id: "sha256:1".into() }
    }

    fn missing(system: &System) -> usize {
        not_laid(system, vec![image()]).unwrap().len()
    }

    #[test]
    fn a_bundle_that_has_not_all_of_them_is_as_good_as_none() {
        let folder = tempfile::tempdir().unwrap();
        let system = System::at(folder.path());
        let mut laying = Laying::begin(&system, vec![image()], 1).unwrap();
        laying.piece(&system, b"b").unwrap();
        laying.end(&system, &Digest::of("b")).unwrap();
        let other = ImageName { reference: "other:1".into(), id: "sha256:2".into() };
        assert_eq!(not_laid(&system, vec![image(), other]).unwrap().len(), 2);
    }

    #[test]
    fn what_arrives_whole_is_there_and_roots_alone() {
        let folder = tempfile::tempdir().unwrap();
        let system = System::at(folder.path());
        let mut laying = Laying::begin(&system, vec![image()], 6).unwrap();
        laying.piece(&system, b"bun").unwrap();
        assert_eq!(missing(&system), 1, "not yet");
        laying.piece(&system, b"dle").unwrap();
        laying.end(&system, &Digest::of("bundle")).unwrap();
        assert_eq!(missing(&system), 0);
        assert_eq!(system.read_text(BUNDLE).unwrap().as_deref(), Some("bundle"));
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(system.path(BUNDLE).metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_arrives_otherwise_than_it_was_sent_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let system = System::at(folder.path());
        for (announced, sent) in [(6, "bungle"), (7, "bundle")] {
            let mut laying = Laying::begin(&system, vec![image()], announced).unwrap();
            laying.piece(&system, sent.as_bytes()).unwrap();
            assert!(laying.end(&system, &Digest::of("bundle")).is_err());
            assert_eq!(missing(&system), 1);
            assert!(!system.exists(PARTIAL));
        }
        let mut laying = Laying::begin(&system, vec![image()], 2).unwrap();
        assert!(laying.piece(&system, b"more").unwrap_err().what.contains("announced"));
    }

    #[test]
    fn what_would_fill_the_disk_is_refused_before_it_comes() {
        let folder = tempfile::tempdir().unwrap();
        let fault = Laying::begin(&System::at(folder.path()), vec![image()], 1 << 60).map(drop).unwrap_err();
        assert_eq!(fault.code, FaultCode::DiskFull, "{fault}");
    }
}
