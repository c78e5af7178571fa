//! Rules for sshd and its socket. One file a rule; `rules/mod.rs` has the list.

pub(super) mod alive_count_zero;
pub(super) mod allow_users_lockout;
pub(super) mod allow_users_missing;
pub(super) mod challenge_response;
pub(super) mod dropin_shadowed;
pub(super) mod empty_passwords;
pub(super) mod forwarding;
pub(super) mod kbd_interactive;
pub(super) mod limits;
pub(super) mod lockdown_in_match;
pub(super) mod not_in_match;
pub(super) mod password_auth;
pub(super) mod permit_root_login;
pub(super) mod port_socket_activation;
pub(super) mod socket_family;
pub(super) mod socket_no_reset;
pub(super) mod use_pam_no;
pub(super) mod weak_crypto;

use crate::project::Project;
use piton_config::read::{Document, Kind, Value};

/// Whether a value is this word; sshd does not mind capitals.
pub(super) fn says(value: Value, word: &str) -> bool {
    value.text().is_some_and(|text| text.eq_ignore_ascii_case(word))
}

/// The lines of a keyword outside of `Match` blocks: its name, and its first value.
pub(super) fn keyword<'a>(document: &'a Document, name: &'static str) -> impl Iterator<Item = (Value<'a>, Value<'a>)> {
    let global = document.root().lines().take_while(|line| !line.word_text(0).eq_ignore_ascii_case("match"));
    let named = global.filter(move |line| line.word_text(0).eq_ignore_ascii_case(name));
    named.filter_map(|line| Some((line.word(0)?, line.word(1)?)))
}

/// The same, without what sshd has read before, in this file or another one: it keeps the first value.
pub(super) fn in_force<'a>(
    project: &Project<'a>,
    document: &'a Document,
    name: &'static str,
) -> impl Iterator<Item = (Value<'a>, Value<'a>)> {
    keyword(document, name).filter(move |(place, _)| before(project, document, place.range().start, name).is_none())
}

/// The value that a file which sshd has read before gives to a keyword.
pub(super) fn before<'a>(
    project: &Project<'a>,
    document: &'a Document,
    at: usize,
    name: &'static str,
) -> Option<(Value<'a>, Value<'a>)> {
    let read = earlier(project, document, at, 0);
    read.into_iter().find_map(|(file, end)| keyword(file, name).find(|(place, _)| place.range().start < end))
}

/// How deep files may include each other; sshd itself stops at 16.
const DEEPEST: usize = 4;

/// The files that sshd has read when it comes to this place of a file, each with how far.
fn earlier<'a>(project: &Project<'a>, document: &'a Document, at: usize, depth: usize) -> Vec<(&'a Document, usize)> {
    let mut read = Vec::new();
    if depth > DEEPEST {
        return read;
    }
    let is_it = |file: &&Document| file.path == document.path;
    let mut is_included = false;
    for parent in project.of_kind(Kind::Sshd).filter(|file| file.path != document.path) {
        let Some((place, files)) = includes(project, parent).into_iter().find(|(_, files)| files.iter().any(is_it))
        else {
            continue;
        };
        is_included = true;
        read.extend(earlier(project, parent, place, depth + 1));
        read.push((parent, place));
        read.extend(files.into_iter().take_while(|file| !is_it(file)).map(|file| (file, usize::MAX)));
    }
    // Without the file that includes them, drop-ins still come one after another.
    if !is_included && document.folder().ends_with("sshd_config.d") {
        let before = |file: &&Document| file.folder() == document.folder() && file.path < document.path;
        let mut files: Vec<&Document> = project.of_kind(Kind::Sshd).filter(before).collect();
        files.sort_by(|left, right| left.path.cmp(&right.path));
        read.extend(files.into_iter().map(|file| (file, usize::MAX)));
    }
    let own = includes(project, document).into_iter().filter(|(place, _)| *place < at);
    read.extend(own.flat_map(|(_, files)| files).map(|file| (file, usize::MAX)));
    read
}

/// What each `Include` outside of `Match` brings, in order, with where it stands.
fn includes<'a>(project: &Project<'a>, document: &Document) -> Vec<(usize, Vec<&'a Document>)> {
    let global = document.root().lines().take_while(|line| !line.word_text(0).eq_ignore_ascii_case("match"));
    let lines = global.filter(|line| line.word_text(0).eq_ignore_ascii_case("include"));
    lines
        .map(|line| {
            let patterns = line.words().skip(1).filter_map(Value::text);
            (line.range().start, patterns.flat_map(|pattern| matching(project, document, pattern)).collect())
        })
        .collect()
}

/// The files that a pattern means: it counts from /etc/ssh, which is where the file lies that includes.
fn matching<'a>(project: &Project<'a>, document: &Document, pattern: &str) -> Vec<&'a Document> {
    let relative = pattern.strip_prefix("/etc/ssh/").unwrap_or(pattern);
    let (folder, name) = relative.rsplit_once('/').unwrap_or(("", relative));
    let path = match (document.folder(), folder) {
        (own, "") => own.to_owned(),
        ("", folder) => folder.to_owned(),
        (own, folder) => format!("{own}/{folder}"),
    };
    let (start, end) = name.split_once('*').map_or((name, None), |(start, end)| (start, Some(end)));
    let fits = |file: &&Document| {
        let name = file.file_name();
        let fits = end.map_or(name == start, |end| {
            name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
        });
        fits && file.folder() == path && file.path != document.path
    };
    let mut files: Vec<&Document> = project.of_kind(Kind::Sshd).filter(fits).collect();
    files.sort_by(|left, right| left.path.cmp(&right.path));
    files
}

#[cfg(test)]
mod tests {
    use crate::{Project, Selection};
    use piton_config::read::read;

    fn found(main: &str, folder: &str) -> Vec<&'static str> {
        let documents = [
            read(&format!("{folder}sshd_config"), main.as_bytes(), None),
            read(&format!("{folder}sshd_config.d/10-keys.conf"), b"PasswordAuthentication no\n", None),
        ];
        let select = vec!["sshd-password-auth".to_owned(), "sshd-dropin-shadowed".to_owned()];
        let found = Project::new(&documents).check(&Selection { select, ..Selection::default() });
        found.into_iter().map(|finding| finding.rule.id).collect()
    }

    #[test]
    fn a_value_that_an_included_file_has_given_before_is_shadowed_and_not_judged() {
        for folder in ["", "host/", "/etc/ssh/"] {
            let main = "Include /etc/ssh/sshd_config.d/*.conf\nPasswordAuthentication yes\n";
            assert_eq!(found(main, folder), ["sshd-dropin-shadowed"], "{folder}");
        }
    }

    #[test]
    fn files_outside_of_the_usual_folder_are_followed_too() {
        let main = b"Include /etc/ssh/hardening.conf\nInclude extra/*.conf\nPermitRootLogin yes\n";
        let documents = [
            read("host/sshd_config", main, None),
            read("host/hardening.conf", b"PermitRootLogin no\nMaxAuthTries 3\n", None),
            read("host/extra/a.conf", b"permitrootlogin=YES\nUsePAM yes\n", None),
        ];
        let select = vec!["sshd-permit-root-login".to_owned(), "sshd-dropin-shadowed".to_owned()];
        let found = Project::new(&documents).check(&Selection { select, ..Selection::default() });
        let found: Vec<_> =
            found.iter().map(|one| (one.path.as_str(), one.rule.id, one.related[0].path.as_str())).collect();
        let shadowed = "sshd-dropin-shadowed";
        assert_eq!(
            found,
            [
                ("host/extra/a.conf", shadowed, "host/hardening.conf"),
                ("host/sshd_config", shadowed, "host/hardening.conf")
            ]
        );
    }

    #[test]
    fn what_the_main_file_says_before_its_include_counts() {
        let documents = [
            read("sshd_config", b"PermitRootLogin no\nInclude /etc/ssh/sshd_config.d/*.conf\n", None),
            read("sshd_config.d/10-a.conf", b"PermitRootLogin yes\n", None),
        ];
        let select = vec!["sshd-permit-root-login".to_owned(), "sshd-dropin-shadowed".to_owned()];
        let found = Project::new(&documents).check(&Selection { select, ..Selection::default() });
        assert_eq!(found.iter().map(|one| one.rule.id).collect::<Vec<_>>(), ["sshd-dropin-shadowed"]);
    }

    #[test]
    fn a_value_before_the_include_is_the_one_that_counts() {
        let main = "PasswordAuthentication yes\nInclude /etc/ssh/sshd_config.d/*.conf\n";
        assert_eq!(found(main, ""), ["sshd-password-auth", "sshd-dropin-shadowed"]);
    }
}
