use crate::rules::prelude::*;

use super::{keyword, says};

rule! {
    /// A lockdown for all stands in a `Match` block, and counts for few.
    ///
    /// A block ends with the next `Match` or with the file; neither a blank line nor the indentation ends it. What is
    /// added below counts for those that match, and everybody else may still come with a password.
    ///
    /// ```sshd sshd_config bad
    /// Match User backup
    ///     ForceCommand /usr/local/bin/receive
    ///
    /// PasswordAuthentication no
    /// PermitRootLogin no
    /// ```
    ///
    /// ```sshd sshd_config good
    /// PasswordAuthentication no
    /// PermitRootLogin no
    ///
    /// Match User backup
    ///     ForceCommand /usr/local/bin/receive
    /// ```
    ///
    /// Told where the line is no longer indented as the block is, or stands behind a blank line, and nothing says the
    /// same for all; `PermitRootLogin` also right below a `Match User` of somebody else. Tried with `sshd -T` of
    /// OpenSSH 9.2, 2026-11-28: the first file gives "passwordauthentication yes" and "permitrootlogin
    /// without-password". Source: sshd_config(5), Match ("until either another Match line or the end of the file");
    /// read 2026-11-28.
    RULE = "sshd-lockdown-in-match", Error, Medium, Look::File(&[Kind::Sshd], check)
}

/// What closes a door, with the value that does; no value where any one narrows who comes in.
const LOCKDOWN: [(&str, Option<&str>); 7] = [
    ("passwordauthentication", Some("no")),
    ("permitrootlogin", Some("no")),
    ("kbdinteractiveauthentication", Some("no")),
    ("challengeresponseauthentication", Some("no")),
    ("authenticationmethods", None),
    ("allowusers", None),
    ("allowgroups", None),
];

/// The `Match` block that the lines of a file are read in, as far as it was read.
struct Block<'a> {
    head: Value<'a>,
    indent: usize,
    has_lines: bool,
    /// Whether a line of it was further in than its head.
    is_indented: bool,
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    // A template may close a block in a way that cannot be seen.
    if !document.templated.is_empty() {
        return;
    }
    let mut block: Option<Block> = None;
    for line in document.root().lines() {
        let indent = indent(document, line);
        if line.word_text(0).eq_ignore_ascii_case("match") {
            let is_for_all = line.word(1).is_some_and(|word| says(word, "all"));
            let new = Block { head: line, indent, has_lines: false, is_indented: false };
            block = (!is_for_all).then_some(new);
            continue;
        }
        let Some(block) = &mut block else { continue };
        if let Some(name) = lockdown(line) {
            let is_out = block.is_indented && indent <= block.indent;
            let is_apart =
                !block.is_indented && block.has_lines && indent <= block.indent && is_behind_blank(document, line);
            let is_idle = name == "permitrootlogin" && indent <= block.indent && is_for_others(block.head);
            let told_for_all =
                if is_apart { for_all(project, document, name, None) } else { said(project, document, line, name) };
            if (is_out || is_apart || is_idle) && !told_for_all {
                report
                    .at(line, format!("this counts only for `{}`", block.head.written().trim()))
                    .related(block.head, "this block ends with the file or with the next Match")
                    .help("put it above the first Match; `sshd -T` shows what counts");
            }
        }
        block.has_lines = true;
        block.is_indented |= indent > block.indent;
    }
}

/// The keyword of a line that closes a door.
fn lockdown(line: Value) -> Option<&'static str> {
    let is_it = |(name, value): &&(&str, Option<&str>)| {
        let closes = line.word(1).is_some_and(|word| value.is_none_or(|value| says(word, value)));
        line.word_text(0).eq_ignore_ascii_case(name) && closes
    };
    LOCKDOWN.iter().find(is_it).map(|(name, _)| *name)
}

/// Whether some file says the same outside of its blocks.
fn said(project: &Project, document: &Document, line: Value, name: &'static str) -> bool {
    let value = LOCKDOWN.iter().find(|(known, _)| *known == name).and_then(|(_, value)| *value);
    for_all(project, document, name, value.and(line.word(1).and_then(Value::text)))
}

fn for_all(project: &Project, document: &Document, name: &'static str, value: Option<&str>) -> bool {
    let mut files = project.of_kind(Kind::Sshd).filter(|file| Project::are_related(file, document));
    files.any(|file| keyword(file, name).any(|(_, theirs)| value.is_none_or(|value| says(theirs, value))))
}

/// Whether a block is for users by their names, root not among them.
fn is_for_others(head: Value) -> bool {
    let words: Vec<&str> = head.words().skip(1).filter_map(Value::text).collect();
    let [criterion, names] = words.as_slice() else { return false };
    criterion.eq_ignore_ascii_case("user")
        && !names.contains(['*', '?', '!'])
        && names.split(',').all(|name| name != "root")
}

fn indent(document: &Document, line: Value) -> usize {
    let before = document.text.get(..line.range().start).unwrap_or_default();
    before.len() - before.trim_end_matches([' ', '\t']).len()
}

/// Whether a blank line parts it, and the comments on top of it, from what stands above.
fn is_behind_blank(document: &Document, line: Value) -> bool {
    let before = document.text.get(..line.range().start).unwrap_or_default();
    let above = before.rsplit_once('\n').map_or("", |(above, _)| above);
    let mut lines = above.rsplit('\n').map(str::trim).skip_while(|line| line.starts_with('#'));
    lines.next() == Some("")
}

#[cfg(test)]
mod tests {
    use crate::{Project, Selection};
    use piton_config::read::read;

    fn lines(main: &str, dropin: &str) -> Vec<usize> {
        let documents = [
            read("etc/ssh/sshd_config", main.as_bytes(), None),
            read("etc/ssh/sshd_config.d/90-own.conf", dropin.as_bytes(), None),
        ];
        let selection = Selection { select: vec!["sshd-lockdown-in-match".to_owned()], ..Selection::default() };
        let starts = Project::new(&documents).check(&selection).into_iter().map(|finding| finding.range.start);
        starts.map(|start| main[..start].matches('\n').count() + 1).collect()
    }

    #[test]
    fn a_block_that_is_over_to_the_eye_is_told() {
        assert_eq!(lines("Match Group sftp\n  ForceCommand internal-sftp\nPasswordAuthentication no\n", ""), [3]);
        assert_eq!(lines("Match Group sftp\nX11Forwarding no\n\n# For all\nAllowUsers admin\n", ""), [5]);
        assert_eq!(lines("Match User git\nPermitRootLogin no\n", ""), [2]);
    }

    #[test]
    fn what_is_meant_for_the_block_is_not() {
        for meant in [
            "Match Group sftp\n    PasswordAuthentication no\n",
            "Match Group sftp\n\n    PasswordAuthentication no\n",
            "Match Group sftp\nPasswordAuthentication no\n",
            "Match Group sftp\n\nPasswordAuthentication no\n",
            "PasswordAuthentication yes\nMatch Group sftp\nX11Forwarding no\n\nPasswordAuthentication no\n",
            "Match User git,root\nPermitRootLogin no\n",
            "Match Address *,!10.0.0.0/8\nPermitRootLogin no\n",
            "Match User git\n  X11Forwarding no\nMatch all\nPasswordAuthentication no\n",
            "Match User git\n  X11Forwarding no\nPasswordAuthentication yes\n",
        ] {
            assert_eq!(lines(meant, ""), [] as [usize; 0], "{meant}");
        }
    }

    #[test]
    fn what_is_said_for_all_elsewhere_needs_no_second_time() {
        let main = "Match Group sftp\n  ForceCommand internal-sftp\nPasswordAuthentication no\n";
        assert_eq!(lines(main, "PasswordAuthentication no\n"), [] as [usize; 0]);
        assert_eq!(lines(&format!("PasswordAuthentication no\n{main}"), ""), [] as [usize; 0]);
        assert_eq!(lines(&format!("PasswordAuthentication yes\n{main}"), ""), [4]);
    }
}
