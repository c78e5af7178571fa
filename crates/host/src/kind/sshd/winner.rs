//! Which line of sshd's configuration decides a keyword: the first one that sshd reads.
//!
//! A drop-in that comes too late is the usual reason why a hardened host still takes passwords
//! (cloud images bring a `50-cloud-init.conf`), and sshd itself never says so.

use crate::system::{Fault, System};

pub(super) const MAIN: &str = "/etc/ssh/sshd_config";

/// How many files are read at most: files may include each other in a circle.
const FILES: u32 = 200;

/// Where a keyword is set first, but for one file: `path:line`, and that line.
pub(super) fn first_setting(system: &System, keyword: &str, but: &str) -> Result<Option<(String, String)>, Fault> {
    Search { system, keyword, but, left: FILES }.within(MAIN)
}

struct Search<'a> {
    system: &'a System,
    keyword: &'a str,
    but: &'a str,
    left: u32,
}

impl Search<'_> {
    fn within(&mut self, path: &str) -> Result<Option<(String, String)>, Fault> {
        if path == self.but || self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let text = self.system.read_text(path)?.unwrap_or_default();
        for (index, line) in text.lines().enumerate() {
            let Some((word, value)) = setting(line) else { continue };
            if word.eq_ignore_ascii_case("Match") {
                // What follows is only for some connections.
                break;
            }
            if word.eq_ignore_ascii_case(self.keyword) {
                return Ok(Some((format!("{path}:{}", index + 1), line.trim().to_owned())));
            }
            if word.eq_ignore_ascii_case("Include") {
                for included in value.split_whitespace().flat_map(|pattern| matching(self.system, pattern)) {
                    if let Some(found) = self.within(&included)? {
                        return Ok(Some(found));
                    }
                }
            }
        }
        Ok(None)
    }
}

/// Keyword and value of a line; sshd takes `Keyword value` and `Keyword=value`.
pub(super) fn setting(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let (word, value) = line.split_once([' ', '\t', '='])?;
    (!word.starts_with('#')).then(|| (word, value.trim_matches([' ', '\t', '=', '"'])))
}

/// The files that an Include names, in the order in which sshd reads them. A `*` is understood in
/// the file's name, where every distribution has it.
fn matching(system: &System, pattern: &str) -> Vec<String> {
    let pattern = if pattern.starts_with('/') { pattern.to_owned() } else { format!("/etc/ssh/{pattern}") };
    let Some((folder, name)) = pattern.rsplit_once('/') else { return Vec::new() };
    let Some((start, end)) = name.split_once('*') else { return vec![pattern] };
    let entries = std::fs::read_dir(system.path(folder)).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let fits = |name: &String| {
        let rest = name.strip_prefix(start).filter(|_| !name.starts_with('.'));
        rest.is_some_and(|rest| rest.ends_with(end))
    };
    let mut found: Vec<String> = names.filter(fits).map(|name| format!("{folder}/{name}")).collect();
    found.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(files: &[(&str, &str)]) -> (tempfile::TempDir, System) {
        let folder = tempfile::tempdir().expect("a folder");
        let system = System::at(folder.path());
        for (path, text) in files {
            let path = system.path(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
        (folder, system)
    }

    #[test]
    fn the_file_that_sorts_first_wins() {
        let (_folder, system) = host(&[
            (MAIN, "# Include nothing\nInclude /etc/ssh/sshd_config.d/*.conf\nPasswordAuthentication no\n"),
            ("/etc/ssh/sshd_config.d/50-cloud-init.conf", "\nPasswordAuthentication yes\n"),
            ("/etc/ssh/sshd_config.d/hardening.conf", "passwordauthentication no\n"),
            ("/etc/ssh/sshd_config.d/10-off.conf.bak", "PasswordAuthentication maybe\n"),
        ]);
        let found = first_setting(&system, "passwordauthentication", "").expect("readable");
        let wins = ("/etc/ssh/sshd_config.d/50-cloud-init.conf:2".to_owned(), "PasswordAuthentication yes".to_owned());
        assert_eq!(found, Some(wins));
    }

    #[test]
    fn what_is_only_for_some_connections_does_not_count() {
        let (_folder, system) = host(&[(MAIN, "Match User backup\n  PermitRootLogin yes\n")]);
        assert_eq!(first_setting(&system, "permitrootlogin", "").expect("readable"), None);
    }

    #[test]
    fn a_file_that_includes_itself_ends_the_search() {
        let (_folder, system) = host(&[(MAIN, "Include sshd_config\nUsePAM=yes\n")]);
        let found = first_setting(&system, "usepam", "").expect("readable");
        assert_eq!(found.map(|(place, _)| place), Some(format!("{MAIN}:2")));
    }
}
