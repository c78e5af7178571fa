//! As much of tar as archives of images need: where each file lies in one, and the header of a file.
//!
//! Archives come from other programs, so that a size or a name in one is not believed: whatever does not fit is an
//! error, and nothing is allocated by what a header says.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom};

const BLOCK: u64 = 512;
/// More files than an archive of images ever has.
const MOST_FILES: usize = 100_000;

/// Where a file's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) offset: u64,
    pub(super) length: u64,
}

/// The files of an archive by name; a link leads to what it links to.
pub(super) fn files(archive: &mut (impl Read + Seek)) -> io::Result<BTreeMap<String, Place>> {
    let end = archive.seek(SeekFrom::End(0))?;
    let (mut files, mut links) = (BTreeMap::new(), Vec::new());
    let mut at = archive.seek(SeekFrom::Start(0))?;
    while at + BLOCK <= end && files.len() + links.len() < MOST_FILES {
        let mut header = [0u8; BLOCK as usize];
        archive.seek(SeekFrom::Start(at))?;
        archive.read_exact(&mut header)?;
        if header.iter().all(|byte| *byte == 0) {
            break;
        }
        let length = number(&header[124..136]).filter(|length| *length <= end - at - BLOCK);
        let length = length.ok_or_else(|| io::Error::other("it is no tar archive, or it ends too early"))?;
        let name = name(&header);
        match header[156] {
            b'0' | 0 => _ = files.insert(name, Place { offset: at + BLOCK, length }),
            b'1' | b'2' => links.push((name, text(&header[157..257]))),
            _ => {}
        }
        at += BLOCK + length.div_ceil(BLOCK) * BLOCK;
    }
    for (name, target) in links {
        let target = target.trim_start_matches("../").trim_start_matches("./");
        if let Some(place) = files.get(target).copied() {
            files.insert(name, place);
        }
    }
    Ok(files)
}

/// The header of a file, root's and readable.
pub(super) fn header(name: &str, length: u64) -> Vec<u8> {
    let mut header = vec![0u8; BLOCK as usize];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, name.as_bytes().get(..100).unwrap_or(name.as_bytes()));
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{length:011o}\0").as_bytes().get(..12).unwrap_or_default());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    header
}

/// What follows a file of this length.
pub(super) fn padding(length: u64) -> usize {
    usize::try_from(length.div_ceil(BLOCK) * BLOCK - length).unwrap_or_default()
}

/// The end of an archive.
pub(super) fn end() -> Vec<u8> {
    vec![0; 2 * BLOCK as usize]
}

fn name(header: &[u8]) -> String {
    let (name, prefix) = (text(&header[..100]), text(&header[345..500]));
    let name = match header[257..262] == *b"ustar" && !prefix.is_empty() {
        true => format!("{prefix}/{name}"),
        false => name,
    };
    name.trim_start_matches("./").to_owned()
}

fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

/// In octal, or binary where octal has no room.
fn number(bytes: &[u8]) -> Option<u64> {
    if bytes.first().is_some_and(|byte| byte & 0x80 != 0) {
        let (high, low) = bytes.split_at(4);
        let is_small = high[0] == 0x80 && high[1..].iter().all(|byte| *byte == 0);
        return is_small.then(|| low.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)));
    }
    let text = text(bytes);
    let digits = text.trim();
    u64::from_str_radix(if digits.is_empty() { "0" } else { digits }, 8).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (name, content) in members {
            bytes.extend(header(name, content.len() as u64));
            bytes.extend(*content);
            bytes.extend(vec![0; padding(content.len() as u64)]);
        }
        bytes.extend(end());
        bytes
    }

    #[test]
    fn what_was_written_is_found_again() {
        let bytes = archive(&[("manifest.json", b"[]"), ("a/layer.tar", &[7; 513]), ("empty", b"")]);
        let found = files(&mut Cursor::new(&bytes)).unwrap();
        assert_eq!(found["a/layer.tar"], Place { offset: 3 * 512, length: 513 });
        let place = found["manifest.json"];
        assert_eq!(&bytes[place.offset as usize..][..place.length as usize], b"[]");
        assert_eq!(found["empty"].length, 0);
    }

    #[test]
    fn tar_itself_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tar");
        std::fs::write(&path, archive(&[("b", b"content")])).unwrap();
        let said = std::process::Command::new("tar").arg("-xOf").arg(&path).arg("b").output().unwrap();
        assert_eq!(said.stdout, b"content", "{}", String::from_utf8_lossy(&said.stderr));
    }

    #[test]
    fn a_length_beyond_the_end_is_an_error() {
        let mut bytes = archive(&[("a", b"x")]);
        bytes[124..136].copy_from_slice(b"77777777777\0");
        assert!(files(&mut Cursor::new(&bytes)).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
            let _ = files(&mut Cursor::new(&bytes));
        }
    }
}
