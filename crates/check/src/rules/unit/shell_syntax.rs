use super::words;
use crate::rules::prelude::*;

rule! {
    /// Shell syntax in a unit that no shell reads.
    ///
    /// systemd starts the program itself: `&&`, `|` and `>` are handed to it as words, and nothing is joined, piped or
    /// written. `cd` is no program, so that the unit does not start at all.
    ///
    /// ```ini etc/systemd/system/app.service bad
    /// [Service]
    /// WorkingDirectory=/srv/app
    /// ExecStart=/srv/app/run --port 8080 > /var/log/app.log
    /// ```
    ///
    /// ```ini etc/systemd/system/web.service bad 2
    /// [Service]
    /// ExecStart=cd /srv/web && ./run
    /// ```
    ///
    /// ```ini etc/systemd/system/app.service good
    /// [Service]
    /// WorkingDirectory=/srv/app
    /// ExecStart=/srv/app/run --port 8080
    /// StandardOutput=append:/var/log/app.log
    /// ```
    ///
    /// ```ini etc/systemd/system/web.service good 2
    /// [Service]
    /// ExecStart=/bin/sh -c "cd /srv/web && ./run"
    /// ```
    ///
    /// Not told of programs that hand such words to a shell or know them themselves: ssh, expr and others. Source:
    /// systemd.service(5), "Command lines" ("redirection …, pipes using |, … and other elements of shell syntax are not
    /// supported"); read 2026-11-28. Tried with `systemd-analyze verify` of 252, 2026-11-28: "Command cd is not
    /// executable", and of the others not a word.
    RULE = "unit-shell-syntax", Error, High, Look::File(&[Kind::Unit], check)
}

/// What belongs to the shell and is no argument of a program.
const SYNTAX: [&str; 14] =
    ["&&", "||", "|", ">", ">>", "<", "&", "2>&1", "2>", "2>>", ">/dev/null", "2>/dev/null", ">&2", "&>"];

/// What the shell does itself; no program of that name is there to be started.
const BUILTIN: [&str; 3] = ["cd", "source", "export"];

/// Programs that such words mean something to.
const TAKERS: [&str; 12] =
    ["[", "entr", "expr", "jq", "mosh", "parallel", "screen", "ssh", "sshpass", "test", "tmux", "watch"];

fn check(_: &Project, document: &Document, report: &mut Report) {
    let Some(service) = document.root().get("Service") else { return };
    for (key, value) in service.entries() {
        if !key.text().is_some_and(|key| key.starts_with("Exec")) {
            continue;
        }
        let Some(words) = value.literal().and_then(words) else { continue };
        let Some(first) = words.first() else { continue };
        let program = first.text.trim_start_matches(['-', '@', ':', '+', '!', '|']);
        if let Some(builtin) = BUILTIN.iter().find(|builtin| program == **builtin) {
            report
                .at(value, format!("`{builtin}` is the shell's, and no program: this does not start"))
                .help("WorkingDirectory=, Environment=, or /bin/sh -c '…'");
            continue;
        }
        let is_taken = words.iter().any(|word| TAKERS.contains(&word.text.rsplit('/').next().unwrap_or_default()));
        let syntax = words.iter().skip(1).find(|word| !word.is_quoted && SYNTAX.contains(&word.text.as_str()));
        if let Some(syntax) = syntax.filter(|_| !is_taken) {
            report
                .at(value, format!("no shell reads this: `{program}` is given `{}` as a word", syntax.text))
                .help("/bin/sh -c '…'; for a log StandardOutput=append:/path");
        }
    }
}
