//! What a host lacks of the images that it is to have, as one stream that `docker load` reads.

use super::archive::{Archived, Archives, Layer};
use super::tar;
use crate::wire::ImageName;
use serde_json::json;
use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Cursor, Read};

/// Images, and the layers of theirs that an engine does not have.
pub struct Bundle<'a> {
    images: Vec<(ImageName, &'a Archived)>,
    layers: BTreeMap<&'a str, &'a Layer>,
    manifest: Vec<u8>,
}

impl<'a> Bundle<'a> {
    /// Of those that are wanted, the ones that lie at hand. `known`: layers that the engine has, from the ground up.
    pub fn of(wanted: &[ImageName], archives: &'a Archives, known: &[Vec<String>]) -> Bundle<'a> {
        let found = wanted.iter().filter_map(|name| Some((name.clone(), archives.image(name)?)));
        let images: Vec<(ImageName, &Archived)> = found.collect();
        let mut layers = BTreeMap::new();
        for (_, image) in &images {
            let there = known.iter().map(|chain| in_common(chain, &image.layers)).max().unwrap_or_default();
            layers.extend(image.layers.iter().skip(there).map(|layer| (layer.digest.as_str(), layer)));
        }
        let entries = images.iter().map(|(name, image)| {
            json!({
                "Config": file_name(&image.id, "json"),
                "RepoTags": [name.reference],
                "Layers": image.layers.iter().map(|layer| file_name(&layer.digest, "tar")).collect::<Vec<_>>(),
            })
        });
        let manifest = serde_json::Value::from_iter(entries).to_string().into_bytes();
        Bundle { images, layers, manifest }
    }

    pub fn is_empty(&self) -> bool {
        self.images.is_empty()
    }

    pub fn names(&self) -> Vec<ImageName> {
        self.images.iter().map(|(name, _)| name.clone()).collect()
    }

    /// How many bytes it is.
    pub fn length(&self) -> u64 {
        let texts = self.images.iter().map(|(_, image)| image.configuration.len() as u64);
        let layers = self.layers.values().map(|layer| layer.place.length);
        let whole = |length: u64| 512 + length + tar::padding(length) as u64;
        let files: u64 = texts.chain(layers).chain([self.manifest.len() as u64]).map(whole).sum();
        files + tar::end().len() as u64
    }

    pub fn open(&self) -> io::Result<impl Read + use<>> {
        let mut parts: VecDeque<Box<dyn Read>> = VecDeque::new();
        let mut add = |name: &str, length: u64, content: Box<dyn Read>| {
            parts.push_back(Box::new(Cursor::new(tar::header(name, length))));
            parts.push_back(content);
            parts.push_back(Box::new(io::repeat(0).take(tar::padding(length) as u64)));
        };
        for (_, image) in &self.images {
            let content = Cursor::new(image.configuration.clone());
            add(&file_name(&image.id, "json"), image.configuration.len() as u64, Box::new(content));
        }
        for (digest, layer) in &self.layers {
            add(&file_name(digest, "tar"), layer.place.length, Box::new(layer.open()?));
        }
        add("manifest.json", self.manifest.len() as u64, Box::new(Cursor::new(self.manifest.clone())));
        parts.push_back(Box::new(Cursor::new(tar::end())));
        Ok(Parts(parts))
    }
}

fn in_common(chain: &[String], layers: &[Layer]) -> usize {
    chain.iter().zip(layers).take_while(|(known, layer)| **known == layer.digest).count()
}

fn file_name(digest: &str, ending: &str) -> String {
    format!("{}.{ending}", digest.trim_start_matches("sha256:"))
}

/// One part after the other.
struct Parts(VecDeque<Box<dyn Read>>);

impl Read for Parts {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(part) = self.0.front_mut() {
            match part.read(buffer)? {
                0 if !buffer.is_empty() => _ = self.0.pop_front(),
                read => return Ok(read),
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use piton_plan::Digest;
    use std::fs;

    /// An archive laid out as a folder, with these layers.
    fn archives(folder: &std::path::Path, name: &str, layers: &[&str]) -> (Archives, ImageName) {
        let image = folder.join("image");
        fs::create_dir_all(&image).unwrap();
        let digests: Vec<String> = layers.iter().map(|layer| format!("sha256:{}", Digest::of(layer))).collect();
        let configuration = json!({ "architecture": "amd64", "rootfs": { "type": "layers", "diff_ids": digests } });
        fs::write(image.join("config.json"), configuration.to_string()).unwrap();
        for layer in layers {
            fs::write(image.join(format!("{layer}.tar")), layer).unwrap();
        }
        let files: Vec<String> = layers.iter().map(|layer| format!("{layer}.tar")).collect();
        let manifest = json!([{ "Config": "config.json", "RepoTags": [name], "Layers": files }]);
        fs::write(image.join("manifest.json"), manifest.to_string()).unwrap();
        let mut archives = Archives::default();
        archives.add_folder(folder).unwrap();
        let id = archives.id(name).unwrap().to_owned();
        (archives, ImageName { reference: name.to_owned(), id })
    }

    fn written(bundle: &Bundle) -> Vec<u8> {
        let mut bytes = Vec::new();
        bundle.open().unwrap().read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes.len() as u64, bundle.length());
        bytes
    }

    #[test]
    fn a_bundle_is_an_archive_that_reads_as_what_it_was_made_of() {
        let folder = tempfile::tempdir().unwrap();
        let (archives, name) = archives(folder.path(), "app:1", &["ground", "upper"]);
        let bundle = Bundle::of(std::slice::from_ref(&name), &archives, &[]);
        let other = tempfile::tempdir().unwrap();
        fs::write(other.path().join("sent.tar"), written(&bundle)).unwrap();
        let mut again = Archives::default();
        again.add_folder(other.path()).unwrap();
        assert_eq!(again.id("app:1"), Some(name.id.as_str()));
        let mut layer = String::new();
        again.image(&name).unwrap().layers[1].open().unwrap().read_to_string(&mut layer).unwrap();
        assert_eq!(layer, "upper");
    }

    #[test]
    fn what_the_engine_has_is_not_sent_once_more() {
        let folder = tempfile::tempdir().unwrap();
        let (archives, name) = archives(folder.path(), "app:1", &["ground", "upper"]);
        let digest = |layer: &str| format!("sha256:{}", Digest::of(layer));
        let sent = |known: &[Vec<String>]| {
            let bytes = written(&Bundle::of(std::slice::from_ref(&name), &archives, known));
            let files = tar::files(&mut Cursor::new(bytes)).unwrap();
            ["ground", "upper"].map(|layer| files.contains_key(&file_name(&digest(layer), "tar")))
        };
        assert_eq!(sent(&[]), [true, true]);
        assert_eq!(sent(&[vec![digest("ground"), digest("another")]]), [false, true]);
        // A layer counts for what it lies on: by itself, it is of no use.
        assert_eq!(sent(&[vec![digest("upper")]]), [true, true]);
    }

    #[test]
    fn an_image_of_another_content_is_not_taken_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let (archives, name) = archives(folder.path(), "app:1", &["ground"]);
        let other = ImageName { id: "sha256:0".into(), ..name };
        assert!(Bundle::of(&[other], &archives, &[]).is_empty());
    }
}
