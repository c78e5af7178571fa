use crate::rules::prelude::*;

rule! {
    /// A unit names a path that only a shell would find.
    ///
    /// systemd knows neither `~` nor `$HOME` nor a folder to start from: the program's path is absolute, or a bare name. A unit with
    /// such a line is refused as a whole and does not start; an env file or a PID file of that kind is left out.
    ///
    /// ```ini etc/systemd/system/app.service bad
    /// [Service]
    /// ExecStart=~/app/run --port 8080
    /// ```
    ///
    /// ```ini etc/systemd/system/web.service bad 2
    /// [Service]
    /// WorkingDirectory=~/web
    /// ExecStart=./run
    /// ```
    ///
    /// ```ini etc/systemd/system/app.service good
    /// [Service]
    /// WorkingDirectory=~
    /// EnvironmentFile=-/srv/app/app.env
    /// ExecStart=%h/app/run --data ~/data
    /// ExecStartPre=-+mkdir -p /run/app
    /// ```
    ///
    /// Tried with `systemd-analyze verify` of 252, 2026-11-28: "Neither a valid executable name nor an absolute path: ~/run",
    /// "WorkingDirectory= path is not absolute", both with "unit will not be started"; "EnvironmentFile= path is not absolute, ignoring".
    RULE = "unit-path-not-absolute", Error, High, Look::File(&[Kind::Unit], check)
}

/// Other keys of [Service] whose value is one path.
const PATHS: [&str; 4] = ["EnvironmentFile", "PIDFile", "RootDirectory", "WorkingDirectory"];

fn check(_: &Project, document: &Document, report: &mut Report) {
    let Some(service) = document.root().get("Service") else { return };
    for (key, value) in service.entries() {
        let Some(name) = key.text() else { continue };
        let is_program = name.starts_with("Exec") && !matches!(name, "ExecSearchPath" | "ExecPaths");
        let Some(text) = value.text().filter(|_| is_program || PATHS.contains(&name)) else { continue };
        let first =
            text.split_whitespace().next().unwrap_or_default().trim_start_matches(['-', '@', ':', '+', '!', '|']);
        // What another program writes is not known, and neither is what a template becomes.
        if document.is_templated(&value.range()) || first.contains("{{") || first.contains("{%") {
            continue;
        }
        let is_known = first == "~" && name == "WorkingDirectory";
        let by_shell = ["~", "$HOME/", "${HOME}/", "./", "../", "$PWD/", "${PWD}/"];
        if is_program && first.starts_with('/') && first.ends_with('/') && !first.contains('$') {
            report.at(value, "this names a folder, not a program: the unit does not start");
            continue;
        }
        let is_by_shell = by_shell.iter().any(|start| first.starts_with(*start)) && !is_known;
        if is_by_shell || is_relative(first, is_program) {
            let what = match name {
                "EnvironmentFile" | "PIDFile" => "systemd leaves this line out",
                _ => "the unit does not start",
            };
            let finding = report.at(value, format!("`{first}` is no path to systemd: {what}"));
            finding.help("the whole path from `/`; `%h` is the home of the user whose systemd it is");
        }
    }
}

/// Whether a value is surely counted from a folder. A program's bare name is looked for, and what is in capitals or brackets is
/// somebody's to fill in.
fn is_relative(text: &str, is_program: bool) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-/".contains(&byte);
    let begins = text.starts_with(|letter: char| letter.is_ascii_lowercase() || letter == '.');
    let is_open = text.contains("path/to") || is_placeholder(text);
    begins && text.bytes().all(plain) && !is_open && (!is_program || text.contains('/'))
}
