//! Rules for sshd and its socket. One file a rule; `rules/mod.rs` has the list.

pub(super) mod allow_users_lockout;
pub(super) mod allow_users_missing;
pub(super) mod challenge_response;
pub(super) mod dropin_shadowed;
pub(super) mod empty_passwords;
pub(super) mod forwarding;
pub(super) mod kbd_interactive;
pub(super) mod limits;
pub(super) mod password_auth;
pub(super) mod permit_root_login;
pub(super) mod port_socket_activation;
pub(super) mod socket_family;
pub(super) mod socket_no_reset;
pub(super) mod use_pam_no;
pub(super) mod weak_crypto;

use crate::project::Project;
use piton_config::read::{Document, Kind, Value};

/// The lines of a keyword outside of `Match` blocks: its name, and its first value.
pub(super) fn keyword<'a>(document: &'a Document, name: &'static str) -> impl Iterator<Item = (Value<'a>, Value<'a>)> {
    let global = document.root().lines().take_while(|line| !line.word_text(0).eq_ignore_ascii_case("match"));
    let named = global.filter(move |line| line.word_text(0).eq_ignore_ascii_case(name));
    named.filter_map(|line| Some((line.word(0)?, line.word(1)?)))
}

/// The same, without what an included file has said before: sshd keeps the first value that it reads.
pub(super) fn in_force<'a>(
    project: &Project<'a>,
    document: &'a Document,
    name: &'static str,
) -> impl Iterator<Item = (Value<'a>, Value<'a>)> {
    keyword(document, name).filter(move |(place, _)| {
        let before = earlier(project, document, place.range().start);
        before.into_iter().all(|file| keyword(file, name).next().is_none())
    })
}

/// The files that sshd has read when it comes to this place of a file.
fn earlier<'a>(project: &Project<'a>, document: &Document, at: usize) -> Vec<&'a Document> {
    let folder = document.folder();
    let in_folder = folder.ends_with("sshd_config.d");
    let dropins = match folder {
        _ if in_folder => folder.to_owned(),
        "" => "sshd_config.d".to_owned(),
        _ => format!("{folder}/sshd_config.d"),
    };
    let includes = |line: &Value| {
        line.word_text(0).eq_ignore_ascii_case("include")
            && line.words().any(|word| word.written().contains("sshd_config.d"))
    };
    let lines = || document.root().lines().take_while(|line| !line.word_text(0).eq_ignore_ascii_case("match"));
    if !in_folder && !lines().take_while(|line| line.range().start < at).any(|line| includes(&line)) {
        return Vec::new();
    }
    let comes_first = |file: &&Document| {
        file.folder() == dropins && (!in_folder || file.path < document.path) && file.file_name().ends_with(".conf")
    };
    let mut files: Vec<&Document> = project.of_kind(Kind::Sshd).filter(comes_first).collect();
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
    fn a_value_before_the_include_is_the_one_that_counts() {
        let main = "PasswordAuthentication yes\nInclude /etc/ssh/sshd_config.d/*.conf\n";
        assert_eq!(found(main, ""), ["sshd-password-auth"]);
    }
}
