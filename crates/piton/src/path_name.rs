//! What a file is called in findings: a text, by which no two paths are called the same.
//!
//! Paths are bytes. One in UTF-8 is its own name; in any other each byte that is no UTF-8 is written `\xFF`, and a
//! backslash that would read as the beginning of such a byte is written `\x5C`. So the path is found again in its name.

use std::borrow::Cow;
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// The name of a path.
pub(crate) fn name_of(path: &Path) -> String {
    match path.to_str() {
        Some(text) if !text.contains("\\x") => text.to_owned(),
        _ => written(path.as_os_str().as_bytes(), |_| false),
    }
}

/// The path that has a name.
pub(crate) fn path_of(name: &str) -> Cow<'_, Path> {
    if !name.contains("\\x") {
        return Cow::Borrowed(Path::new(name));
    }
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name;
    while let Some(at) = rest.find("\\x") {
        let (before, code) = rest.split_at(at);
        bytes.extend_from_slice(before.as_bytes());
        let byte = byte_at(code);
        bytes.push(byte.unwrap_or(b'\\'));
        rest = &code[if byte.is_some() { CODE } else { 1 }..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    Cow::Owned(PathBuf::from(OsString::from_vec(bytes)))
}

/// The name of a path without what ends a line or a field: such bytes are written as others are that cannot stand there.
pub(crate) fn in_one_field(path: &Path) -> String {
    written(path.as_os_str().as_bytes(), char::is_control)
}

/// How many letters stand for a byte.
const CODE: usize = 4;

fn written(bytes: &[u8], is_coded: fn(char) -> bool) -> String {
    let mut out = String::with_capacity(bytes.len() + CODE);
    let code = |out: &mut String, bytes: &[u8]| bytes.iter().for_each(|byte| *out += &format!("\\x{byte:02X}"));
    for chunk in bytes.utf8_chunks() {
        for (at, letter) in chunk.valid().char_indices() {
            let is_taken = letter == '\\' && byte_at(&chunk.valid()[at..]).is_some();
            match is_taken || is_coded(letter) {
                true => code(&mut out, letter.encode_utf8(&mut [0; 4]).as_bytes()),
                false => out.push(letter),
            }
        }
        code(&mut out, chunk.invalid());
    }
    out
}

/// The byte that a text begins with the code of. Only those that need one have one: in units of systemd `\x2d` is a name's own.
fn byte_at(text: &str) -> Option<u8> {
    let digits = text.strip_prefix("\\x")?.get(..2)?;
    let is_written_so = digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'A'..=b'F'));
    let byte = u8::from_str_radix(digits, 16).ok().filter(|_| is_written_so)?;
    (!byte.is_ascii() || byte.is_ascii_control() || byte == b'\\').then_some(byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;

    fn path(bytes: &[u8]) -> &Path {
        Path::new(OsStr::from_bytes(bytes))
    }

    #[test]
    fn a_path_in_utf8_is_its_own_name() {
        for name in ["stack/compose.yaml", "größe/𝄞", "a\\b", "dev-disk\\x2duuid.mount", "line\nend", "\\xff", "\\x"]
        {
            assert_eq!(name_of(Path::new(name)), name);
        }
        assert_eq!(name_of(path(b"bad\xff/\xc3")), "bad\\xFF/\\xC3");
        assert_eq!(in_one_field(path(b"a\n\tb\xff")), "a\\x0A\\x09b\\xFF");
    }

    #[test]
    fn no_two_paths_have_one_name() {
        // All paths of up to six of these, which are what codes are made of.
        let letters = [b'\\', b'x', b'F', b'5', b'C', 0xff, 0xc3];
        let mut paths: Vec<Vec<u8>> = vec![Vec::new()];
        for length in 0..6 {
            let longest = paths.iter().filter(|path| path.len() == length).cloned().collect::<Vec<_>>();
            let longer = longest.iter().flat_map(|path| letters.map(|letter| [path.as_slice(), &[letter]].concat()));
            paths.extend(longer);
        }
        for bytes in paths {
            for name in [name_of(path(&bytes)), in_one_field(path(&bytes))] {
                assert_eq!(path_of(&name), path(&bytes), "{name}");
            }
        }
    }
}
