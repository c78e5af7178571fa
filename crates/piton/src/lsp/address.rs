//! `file:` addresses as paths and back, byte for byte.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// The path of an address; nothing where it is not one of a file on this machine.
pub(super) fn path(address: &str) -> Option<PathBuf> {
    let rest = address.strip_prefix("file://")?;
    let rest = rest.strip_prefix("localhost").unwrap_or(rest);
    if !rest.starts_with('/') {
        return None;
    }
    let mut bytes = Vec::with_capacity(rest.len());
    let mut left = rest.bytes();
    while let Some(byte) = left.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(left.next()?).to_digit(16);
        let value = digit()? * 16 + digit()?;
        bytes.push(u8::try_from(value).ok()?);
    }
    (!bytes.contains(&0)).then(|| PathBuf::from(OsString::from_vec(bytes)))
}

/// The address of an absolute path.
pub(super) fn address(path: &Path) -> String {
    let mut out = String::from("file://");
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => out.push(char::from(*byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_found_again_whatever_its_letters() {
        for name in ["/srv/stack/compose.yaml", "/home/ü ber/a%b#c?.env", "/"] {
            assert_eq!(path(&address(Path::new(name))).as_deref(), Some(Path::new(name)));
        }
        assert_eq!(path("file://localhost/etc/hosts").as_deref(), Some(Path::new("/etc/hosts")));
    }

    #[test]
    fn what_is_no_file_here_has_no_path() {
        for other in
            ["https://example.org/a", "untitled:Untitled-1", "file://server/share", "file:///a%0", "file:///a%00b", ""]
        {
            assert_eq!(path(other), None, "{other}");
        }
    }
}
