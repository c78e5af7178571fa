//! Files of secrets that git tracks although it is told to ignore them: committed first and ignored later is how most get out.
//!
//! Only git's index is read, of whatever version; no program is run. What is no index as git writes it tracks nothing.

use crate::plain_file;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

/// More than the index of a repository with half a million files.
const LARGEST: u64 = 64 << 20;

/// The env files below a folder that git tracks, as the folder is named.
pub(super) fn env_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(whole) = folder.canonicalize() else { return Vec::new() };
    let Some(top) = whole.ancestors().find(|folder| folder.join(".git").symlink_metadata().is_ok()) else {
        return Vec::new();
    };
    let Some(index) = index_of(top) else { return Vec::new() };
    let Ok(below) = whole.strip_prefix(top) else { return Vec::new() };
    let below =
        env_paths(&index).into_iter().filter_map(|path| path.strip_prefix(below).ok().map(|path| folder.join(path)));
    // A link may lead anywhere, and a file may be gone.
    below.filter(|path| path.symlink_metadata().is_ok_and(|metadata| metadata.is_file())).collect()
}

fn index_of(top: &Path) -> Option<Vec<u8>> {
    let git = top.join(".git");
    let folder = match git.is_dir() {
        true => git,
        // A worktree or a submodule says where the rest is.
        false => {
            top.join(plain_file::read_text(&git, plain_file::LARGEST).ok()?.lines().next()?.strip_prefix("gitdir: ")?)
        }
    };
    let mut bytes = Vec::new();
    plain_file::open(&folder.join("index")).ok()?.take(LARGEST).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

fn is_env_file(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let is_plain = path.components().all(|part| matches!(part, Component::Normal(name) if name != ".git"));
    is_plain && (name == ".env" || name.starts_with(".env."))
}

/// More env files than any repository has; a made-up index may name them without end.
const MOST: usize = 10_000;

/// The env files in an index, up to the first path that cannot be read.
fn env_paths(index: &[u8]) -> Vec<PathBuf> {
    let number = |at: usize| Some(u32::from_be_bytes(index.get(at..at + 4)?.try_into().ok()?));
    let mut found = Vec::new();
    let (Some(b"DIRC"), Some(version @ 2..=4), Some(count)) = (index.get(..4), number(4), number(8)) else {
        return found;
    };
    let mut at = HEADER;
    let mut last: Vec<u8> = Vec::new();
    for _ in 0..count {
        let Some((path, next)) = entry(index, at, version, &last) else { break };
        // Paths are bytes; one that is no UTF-8 is no name that piton shows.
        found.extend(std::str::from_utf8(&path).ok().map(PathBuf::from).filter(|path| is_env_file(path)));
        if found.len() >= MOST {
            break;
        }
        (last, at) = (path, next);
    }
    found
}

const HEADER: usize = 12;

/// Times, numbers and the hash of an entry, before its flags.
const FIXED: usize = 60;

/// The path of the entry at a position, and where the next one begins.
fn entry(index: &[u8], at: usize, version: u32, last: &[u8]) -> Option<(Vec<u8>, usize)> {
    let flags = u16::from_be_bytes(index.get(at + FIXED..at + FIXED + 2)?.try_into().ok()?);
    let is_extended = version >= 3 && flags & 0x4000 != 0;
    let mut start = at + FIXED + 2 + if is_extended { 2 } else { 0 };
    let mut path = Vec::new();
    if version == 4 {
        // So many bytes of the path before are not in this one.
        let (dropped, length) = offset(index.get(start..)?)?;
        path.extend_from_slice(last.get(..last.len().checked_sub(dropped)?)?);
        start += length;
    }
    let length = index.get(start..)?.iter().position(|byte| *byte == 0)?;
    path.extend_from_slice(index.get(start..start + length)?);
    if path.len() > LONGEST {
        return None;
    }
    let end = start + length;
    // Before version 4 entries are filled up to a multiple of eight, with one to eight NULs.
    let next = if version == 4 { end + 1 } else { at + (end - at + 8) / 8 * 8 };
    Some((path, next))
}

/// No path on Linux is longer.
const LONGEST: usize = 4096;

/// A number as git writes offsets: seven bits a byte, each further byte worth one more.
fn offset(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0usize;
    for (position, byte) in bytes.iter().take(5).enumerate() {
        value = (value << 7) | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, position + 1));
        }
        value += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    fn git(folder: &Path, words: &[&str]) {
        let done = Command::new("git").arg("-C").arg(folder).args(words).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    fn repository() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        git(folder.path(), &["init", "-q"]);
        for name in [".env", "app/.env.production", "app/other", "a-longer-folder/.env", "left-out/.env"] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "A=1\n").unwrap();
        }
        std::fs::write(folder.path().join(".gitignore"), ".env*\n").unwrap();
        git(folder.path(), &["add", "-f", ".env", "app", "a-longer-folder"]);
        folder
    }

    #[test]
    fn what_git_tracks_is_found_in_every_version_of_its_index() {
        let folder = repository();
        for version in ["2", "3", "4"] {
            git(folder.path(), &["update-index", "--index-version", version]);
            let mut found = env_files(folder.path());
            found.sort();
            let expected = ["a-longer-folder/.env", ".env", "app/.env.production"];
            let mut expected: Vec<PathBuf> = expected.iter().map(|name| folder.path().join(name)).collect();
            expected.sort();
            assert_eq!(found, expected, "version {version}");
        }
    }

    #[test]
    fn below_a_folder_only_its_own_files_are_found_and_none_that_is_gone() {
        let folder = repository();
        assert_eq!(env_files(&folder.path().join("app")), [folder.path().join("app/.env.production")]);
        std::fs::remove_file(folder.path().join("app/.env.production")).unwrap();
        assert!(env_files(&folder.path().join("app")).is_empty());
    }

    #[test]
    fn an_index_that_is_cut_off_or_made_up_tracks_what_is_whole_in_it() {
        let folder = repository();
        let whole = index_of(folder.path()).unwrap();
        let all = env_paths(&whole);
        for length in 0..whole.len() {
            let some = env_paths(&whole[..length]);
            assert_eq!(some, all[..some.len()]);
        }
        assert!(env_paths(b"DIRC\0\0\0\x04\xff\xff\xff\xff").is_empty());
        assert!(
            !is_env_file(Path::new("../.env")) && !is_env_file(Path::new("/.env")) && is_env_file(Path::new("a/.env"))
        );
    }
}
