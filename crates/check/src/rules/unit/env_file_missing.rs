use crate::rules::prelude::*;

rule! {
    /// A unit starts where its files are not.
    ///
    /// Without `WorkingDirectory` a system unit starts in `/`. A program that is named by a relative path, or looks for its
    /// `.env` or compose.yaml where it stands, finds nothing there, or starts without its settings.
    ///
    /// ```ini etc/systemd/system/stack.service bad
    /// [Service]
    /// ExecStart=/usr/bin/docker compose up
    /// ```
    ///
    /// ```ini etc/systemd/system/stack.service good
    /// [Service]
    /// WorkingDirectory=/srv/stack
    /// ExecStart=/usr/bin/docker compose up
    /// ```
    ///
    /// Told for Compose without a file and a folder, and for scripts with a relative path. Source: systemd.exec(5),
    /// WorkingDirectory ("defaults to the root directory when systemd is running as a system instance"); read 2026-11-28.
    RULE = "systemd-env-file-missing", Warning, High, Look::File(&[Kind::Unit], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let root = document.root();
    let Some(service) = root.get("Service") else { return };
    let user_unit = document.path.contains("systemd/user") || document.file_name().contains("@");
    let is_dropin = document.file_name().ends_with(".conf");
    if service.get("WorkingDirectory").is_some() || service.get("RootDirectory").is_some() || user_unit || is_dropin {
        return;
    }
    for (key, start) in service.entries() {
        if !matches!(key.text(), Some("ExecStart" | "ExecStartPre")) || document.is_templated(&start.range()) {
            continue;
        }
        let words: Vec<&str> = start.text().unwrap_or_default().split_whitespace().collect();
        if is_homeless_compose(&words) || is_relative_script(&words) {
            report.at(start, "this starts in `/`, where its files are not").help("WorkingDirectory=");
            return;
        }
    }
}

fn is_homeless_compose(words: &[&str]) -> bool {
    let compose = match words {
        [docker, "compose", ..] if docker.ends_with("/docker") => true,
        [compose, ..] => compose.ends_with("/docker-compose"),
        [] => false,
    };
    let placed = ["-f", "--file", "--project-directory", "-p", "--project-name"];
    compose && !words.iter().any(|word| placed.iter().any(|flag| word.starts_with(flag)))
}

/// `/usr/bin/node server.js`: the program is found, its script is not.
fn is_relative_script(words: &[&str]) -> bool {
    let [program, script, ..] = words else { return false };
    let interpreters = ["node", "python", "python3", "bash", "sh", "ruby", "perl"];
    let known = program.starts_with('/') && program.rsplit('/').next().is_some_and(|name| interpreters.contains(&name));
    known
        && !script.starts_with(['-', '/', '%', '$', '"', '\''])
        && script.rsplit('.').next().is_some_and(|end| matches!(end, "js" | "mjs" | "cjs" | "py" | "sh" | "rb" | "pl"))
}
