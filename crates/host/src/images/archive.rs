//! Images at the operator's: archives as `docker save` writes them, or such an archive laid out as a folder.
//!
//! Each is known by its names and by the digest of its configuration, which is the image's id in an engine.

use super::tar::{self, Place};
use crate::wire::ImageName;
use piton_plan::Digest;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// A configuration and a manifest are some kilobytes.
const LONGEST_TEXT: u64 = 8 << 20;

#[derive(Debug, thiserror::Error)]
#[error("{} is no archive of images: {because}", path.display())]
pub struct ArchiveError {
    path: PathBuf,
    because: String,
}

/// All images that lie at hand, by name.
#[derive(Clone, Debug, Default)]
pub struct Archives {
    images: BTreeMap<String, Archived>,
}

#[derive(Clone, Debug)]
pub(super) struct Archived {
    pub(super) id: String,
    pub(super) configuration: Vec<u8>,
    /// From the ground up.
    pub(super) layers: Vec<Layer>,
}

#[derive(Clone, Debug)]
pub(super) struct Layer {
    /// Of its content.
    pub(super) digest: String,
    path: PathBuf,
    pub(super) place: Place,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    config: String,
    repo_tags: Option<Vec<String>>,
    layers: Vec<String>,
}

#[derive(Deserialize)]
struct Configuration {
    rootfs: RootFs,
}

#[derive(Deserialize)]
struct RootFs {
    diff_ids: Vec<String>,
}

impl Archives {
    /// Takes in every archive of a folder; of two images with one name that which was taken in first counts. A folder
    /// that is not there has none.
    pub fn add_folder(&mut self, folder: &Path) -> Result<(), ArchiveError> {
        let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            let is_archive = path.extension().is_some_and(|ending| ending == "tar") && path.is_file();
            if is_archive || path.join("manifest.json").is_file() {
                let read = read(&path).map_err(|error| ArchiveError { path, because: error.to_string() })?;
                read.into_iter().for_each(|(name, image)| _ = self.images.entry(name).or_insert(image));
            }
        }
        Ok(())
    }

    /// What a name leads to here.
    pub fn id(&self, reference: &str) -> Option<&str> {
        self.images.get(&whole(reference)).map(|image| image.id.as_str())
    }

    pub(super) fn image(&self, name: &ImageName) -> Option<&Archived> {
        self.images.get(&whole(&name.reference)).filter(|image| image.id == name.id)
    }
}

impl Layer {
    pub(super) fn open(&self) -> io::Result<impl Read + use<>> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.place.offset))?;
        Ok(file.take(self.place.length))
    }
}

/// One name for all the ways to write it.
fn whole(reference: &str) -> String {
    let name = reference.strip_prefix("docker.io/").unwrap_or(reference);
    let name = name.strip_prefix("library/").unwrap_or(name);
    match name.rsplit_once('/').map_or(name, |(_, last)| last).contains([':', '@']) {
        true => name.to_owned(),
        false => format!("{name}:latest"),
    }
}

/// Where the files of an archive are.
enum Members {
    Tar(PathBuf, BTreeMap<String, Place>),
    Folder(PathBuf),
}

impl Members {
    fn find(&self, name: &str) -> io::Result<(PathBuf, Place)> {
        let missing = || io::Error::other(format!("it has no {name}"));
        match self {
            Members::Tar(path, files) => Ok((path.clone(), *files.get(name).ok_or_else(missing)?)),
            Members::Folder(folder) => {
                let inside = Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
                let path = folder.join(name);
                let length = path.metadata().ok().filter(|it| it.is_file() && inside).ok_or_else(missing)?.len();
                Ok((path, Place { offset: 0, length }))
            }
        }
    }

    fn text(&self, name: &str) -> io::Result<Vec<u8>> {
        let (path, place) = self.find(name)?;
        if place.length > LONGEST_TEXT {
            return Err(io::Error::other(format!("its {name} is too long")));
        }
        let mut bytes = Vec::new();
        Layer { digest: String::new(), path, place }.open()?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

fn read(path: &Path) -> io::Result<Vec<(String, Archived)>> {
    let members = match path.is_dir() {
        true => Members::Folder(path.to_owned()),
        false => Members::Tar(path.to_owned(), tar::files(&mut File::open(path)?)?),
    };
    let entries: Vec<Entry> = serde_json::from_slice(&members.text("manifest.json")?)?;
    let mut images = Vec::new();
    for entry in entries {
        let configuration = members.text(&entry.config)?;
        let digests = serde_json::from_slice::<Configuration>(&configuration)?.rootfs.diff_ids;
        if digests.len() != entry.layers.len() {
            return Err(io::Error::other("an image of it has not as many layers as it says"));
        }
        let layers = digests.into_iter().zip(&entry.layers).map(|(digest, name)| {
            let (path, place) = members.find(name)?;
            io::Result::Ok(Layer { digest, path, place })
        });
        let layers: Vec<Layer> = layers.collect::<io::Result<_>>()?;
        let id = format!("sha256:{}", Digest::of(&configuration));
        let image = Archived { id, configuration, layers };
        images.extend(entry.repo_tags.into_iter().flatten().map(|name| (whole(&name), image.clone())));
    }
    Ok(images)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_image_has_one_name() {
        for (written, meant) in [
            ("redis:8.0.2", "redis:8.0.2"),
            ("docker.io/library/redis:8.0.2", "redis:8.0.2"),
            ("redis", "redis:latest"),
            ("docker.n8n.io/n8nio/n8n:2.8.4", "docker.n8n.io/n8nio/n8n:2.8.4"),
            ("localhost:5000/app", "localhost:5000/app:latest"),
        ] {
            assert_eq!(whole(written), meant);
        }
    }

    #[test]
    fn what_is_no_archive_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.tar"), "hello").unwrap();
        let error = Archives::default().add_folder(folder.path()).unwrap_err().to_string();
        assert!(error.contains("a.tar") && error.contains("manifest.json"), "{error}");
    }

    #[test]
    fn a_folder_leads_nowhere_outside_of_itself() {
        let folder = tempfile::tempdir().unwrap();
        let image = folder.path().join("image");
        fs::create_dir(&image).unwrap();
        fs::write(folder.path().join("secret.json"), "{}").unwrap();
        let manifest = r#"[{"Config": "../secret.json", "RepoTags": ["a:1"], "Layers": []}]"#;
        fs::write(image.join("manifest.json"), manifest).unwrap();
        let error = Archives::default().add_folder(folder.path()).unwrap_err().to_string();
        assert!(error.contains("it has no ../secret.json"), "{error}");
    }
}
