//! The files that the sample sites refer to, and the sample sites themselves.

use piton_config::Sources;
use std::path::{Path, PathBuf};

pub const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK0wmN/Cr3JXqmLW7u+g9pTh+wyqDHpSQEIQczXkVx9q operator@desk";

pub fn sources() -> Sources {
    let mut sources = Sources::new();
    sources.insert("keys/operator.pub", format!("# the desk's key\n\n{KEY}\n"));
    sources.insert("keys/empty.pub", "\n# nothing yet\n");
    sources.insert("keys/damaged.pub", format!("{KEY}\nssh-rsa AAAAB3NzaC1\nnot a key at all\n"));
    sources.insert(
        "keys/private",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nbm90IGEga2V5\n-----END OPENSSH PRIVATE KEY-----\n",
    );
    sources.insert_unreadable("keys/locked.pub", "permission denied");
    sources.insert("files/motd", "Welcome.\n");
    sources
}

/// Gives the site files of a folder under `tests/`, sorted, each with its stem and text.
pub fn sites(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let stem = |path: &PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
    paths.iter().map(|path| (stem(path), std::fs::read_to_string(path).unwrap())).collect()
}
