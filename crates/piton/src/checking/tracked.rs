//! Files of secrets that git tracks although it is told to ignore them: committed first and ignored later is how most get out.
//!
//! Only git's index is read, of whatever version; no program is run. What is no index as git writes it tracks nothing.

use super::repository::{Git, Place};
use crate::plain_file;
use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

/// More than the index of a repository with half a million files.
const LARGEST: u64 = 64 << 20;

/// The env files below a folder that git tracks, as the folder is named.
pub(super) fn env_files(folder: &Path, place: &Place) -> Vec<PathBuf> {
    let Some(top) = &place.top else { return Vec::new() };
    let Ok(Some(git)) = Git::of(top) else { return Vec::new() };
    let Ok(index) = plain_file::open(&git.own.join("index")) else { return Vec::new() };
    let Ok(below) = place.whole.strip_prefix(top) else { return Vec::new() };
    let paths = env_paths(index.take(LARGEST)).into_iter();
    let below = paths.filter_map(|path| path.strip_prefix(below).ok().map(|path| folder.join(path)));
    // A link may lead anywhere, and a file may be gone.
    below.filter(|path| path.symlink_metadata().is_ok_and(|metadata| metadata.is_file())).collect()
}

fn is_env_file(path: &[u8]) -> bool {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let is_named = name.strip_prefix(b".env").is_some_and(|rest| rest.is_empty() || rest.starts_with(b"."));
    let is_plain = |part| matches!(part, Component::Normal(name) if name != ".git");
    is_named && Path::new(OsStr::from_bytes(path)).components().all(is_plain)
}

/// More env files than any repository has; a made-up index may name them without end.
const MOST: usize = 10_000;

/// The env files in an index, up to the first path that cannot be read.
///
/// An index is read piece by piece: that of a large repository is longer than all files that are looked at, and memory
/// that nobody has used yet is the slowest there is.
fn env_paths(mut index: impl Read) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut bytes = Vec::with_capacity(PIECE);
    if read_on(&mut index, &mut bytes).is_none() {
        return found;
    }
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let (Some(b"DIRC"), Some(version @ 2..=4), Some(count)) = (bytes.get(..4), number(4), number(8)) else {
        return found;
    };
    let (mut at, mut is_over) = (HEADER, false);
    let mut path: Vec<u8> = Vec::new();
    for _ in 0..count {
        if bytes.len() - at < LONGEST_ENTRY && !is_over {
            bytes.drain(..at);
            at = 0;
            match read_on(&mut index, &mut bytes) {
                Some(more) => is_over = more == 0,
                None => break,
            }
        }
        let Some(length) = entry(&bytes[at..], version, &mut path) else { break };
        if is_env_file(&path) {
            found.push(PathBuf::from(OsStr::from_bytes(&path)));
        }
        if found.len() >= MOST || length > bytes.len() - at {
            break;
        }
        at += length;
    }
    found
}

/// As much of an index as is looked at at once.
const PIECE: usize = 32 << 10;

/// Fills the piece up, and says how much came.
fn read_on(index: &mut impl Read, bytes: &mut Vec<u8>) -> Option<usize> {
    index.take((PIECE - bytes.len()) as u64).read_to_end(bytes).ok()
}

const HEADER: usize = 12;

/// Times, numbers and the hash of an entry, before its flags.
const FIXED: usize = 60;

/// With all flags, a path, how much of it is old, and what fills it up.
const LONGEST_ENTRY: usize = FIXED + 4 + 5 + LONGEST + 8;

/// Reads the path of the entry at the beginning, which is given that of the one before, and gives the entry's length.
fn entry(bytes: &[u8], version: u32, path: &mut Vec<u8>) -> Option<usize> {
    let flags = u16::from_be_bytes(bytes.get(FIXED..FIXED + 2)?.try_into().ok()?);
    let is_extended = version >= 3 && flags & 0x4000 != 0;
    let mut start = FIXED + 2 + if is_extended { 2 } else { 0 };
    let mut kept = 0;
    if version == 4 {
        // So many bytes of the path before are not in this one.
        let (dropped, length) = offset(bytes.get(start..)?)?;
        kept = path.len().checked_sub(dropped)?;
        start += length;
    }
    let length = bytes.get(start..)?.iter().take(LONGEST + 1).position(|byte| *byte == 0)?;
    path.truncate(kept);
    path.extend_from_slice(bytes.get(start..start + length)?);
    let end = start + length;
    // Before version 4 entries are filled up to a multiple of eight, with one to eight NULs.
    (path.len() <= LONGEST).then_some(if version == 4 { end + 1 } else { (end + 8) / 8 * 8 })
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
        for name in [".env", "app/.env.production", "app/other", "a-longer-folder/.env", "z/.env", "left-out/.env"] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "A=1\n").unwrap();
        }
        // More than is looked at at once, between the others.
        std::fs::create_dir(folder.path().join("between")).unwrap();
        for number in 0..600 {
            std::fs::write(folder.path().join(format!("between/{number:03}")), "").unwrap();
        }
        std::fs::write(folder.path().join(".gitignore"), ".env*\n").unwrap();
        git(folder.path(), &["add", "-f", ".env", "a-longer-folder", "app", "between", "z"]);
        folder
    }

    fn found_in(folder: &Path) -> Vec<PathBuf> {
        env_files(folder, &Place::of(folder).unwrap())
    }

    #[test]
    fn what_git_tracks_is_found_in_every_version_of_its_index() {
        let folder = repository();
        for version in ["2", "3", "4"] {
            git(folder.path(), &["update-index", "--index-version", version]);
            let mut found = found_in(folder.path());
            found.sort();
            let expected = ["a-longer-folder/.env", ".env", "app/.env.production", "z/.env"];
            let mut expected: Vec<PathBuf> = expected.iter().map(|name| folder.path().join(name)).collect();
            expected.sort();
            assert_eq!(found, expected, "version {version}");
        }
    }

    #[test]
    fn below_a_folder_only_its_own_files_are_found_and_none_that_is_gone() {
        let folder = repository();
        assert_eq!(found_in(&folder.path().join("app")), [folder.path().join("app/.env.production")]);
        std::fs::remove_file(folder.path().join("app/.env.production")).unwrap();
        assert!(found_in(&folder.path().join("app")).is_empty());
    }

    #[test]
    fn an_index_that_is_cut_off_or_made_up_tracks_what_is_whole_in_it() {
        let folder = repository();
        let whole = std::fs::read(folder.path().join(".git/index")).unwrap();
        let all = env_paths(whole.as_slice());
        assert_eq!(all.len(), 4);
        for length in (0..whole.len()).filter(|length| *length < 2000 || length % 97 == 0) {
            let some = env_paths(&whole[..length]);
            assert_eq!(some, all[..some.len()]);
        }
        assert!(env_paths(b"DIRC\0\0\0\x04\xff\xff\xff\xff".as_slice()).is_empty());
        assert!(!is_env_file(b"../.env") && !is_env_file(b"/.env") && !is_env_file(b"a/.environment"));
        assert!(is_env_file(b"a/.env") && is_env_file(b".env.local"));
    }
}
