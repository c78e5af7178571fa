use crate::rules::prelude::*;

rule! {
    /// A comment behind a value of a unit belongs to the value.
    ///
    /// To systemd `#` begins a comment only where a line begins with it. Behind a value it is a part of that value: a program is
    /// given `#` and each word of the remark, a user has a blank in its name, and times and numbers are left out.
    ///
    /// ```ini etc/systemd/system/app.service bad
    /// [Service]
    /// ExecStart=/usr/local/bin/app --port 8080 # behind Caddy
    /// ```
    ///
    /// ```ini etc/systemd/system/web.service bad 2
    /// [Service]
    /// ExecStart=/usr/local/bin/web
    /// User=web    # made by the installer
    /// RestartSec=5
    /// ```
    ///
    /// ```ini etc/systemd/system/app.service good
    /// [Unit]
    /// Description=Application # 1
    /// [Service]
    /// # behind Caddy
    /// ExecStart=/usr/local/bin/app --port 8080 --colour '#ffffff' --channel #ops
    /// ExecStop=/bin/sh -c "/usr/local/bin/app stop # by hand"
    /// ```
    ///
    /// Tried with `systemd-analyze verify` of 252, 2026-11-28: of a program's line not a word; "User/group name 'root # bar' does
    /// not match", "Failed to parse sec value, ignoring: 5 # sec" of the others, and the answer is 0. Source: systemd.syntax(7),
    /// "Lines starting with # or ; are ignored"; read 2026-11-28.
    RULE = "unit-comment-behind-value", Error, High, Look::File(&[Kind::Unit], check)
}

/// Keys whose values are a text for people, or are looked at by another rule.
const FREE: [&str; 6] =
    ["Description", "Documentation", "Environment", "StatusText", "FileDescriptorName", "SyslogIdentifier"];

fn check(_: &Project, document: &Document, report: &mut Report) {
    if !document.text.contains(" #") && !document.text.contains("\t#") {
        return;
    }
    for (_, section) in document.root().entries() {
        for (key, value) in section.entries() {
            let Some(name) = key.text().filter(|name| !FREE.contains(name) && !name.starts_with("X-")) else {
                continue;
            };
            let Some(text) = value.literal().filter(|text| text.contains('#')) else { continue };
            let Some(place) = comment(name, text) else { continue };
            let range = value.range();
            let what = match name {
                _ if name.starts_with("Exec") => {
                    "systemd knows no comment here: the program is given these words".to_owned()
                }
                _ => format!("systemd knows no comment here: this is a part of what {name} says"),
            };
            report
                .at((document, range.start + place..range.start + text.len()), what)
                .help("the comment on a line of its own");
        }
    }
}

/// Where a comment begins, if one stands behind the value and on its first line; what quotes hold is none.
fn comment(name: &str, text: &str) -> Option<usize> {
    if text.contains('\n') {
        return None;
    }
    let mut quote = None;
    let mut before = '=';
    for (at, letter) in text.char_indices() {
        let is_start = before.is_whitespace() || before == '=';
        match quote {
            Some(open) if open == letter => quote = None,
            Some(_) => {}
            None if is_start && matches!(letter, '"' | '\'') => quote = Some(letter),
            None if letter == '#' && before.is_whitespace() => {
                // A program may be given a colour or a channel.
                let rest = &text[at + 1..];
                if rest.starts_with(' ') || !name.starts_with("Exec") {
                    return Some(at);
                }
            }
            None => {}
        }
        before = letter;
    }
    None
}
