use crate::rules::prelude::*;

rule! {
    /// A job asks Docker for a terminal that it does not have.
    ///
    /// `docker exec -it` looks whether its input is a terminal. Under cron and in a unit there is none: the command ends with
    /// "the input device is not a TTY" before anything has run, and the backup is an empty file.
    ///
    /// ```cron cron.d/dump bad
    /// 0 3 * * * root docker exec -it db pg_dump -U app app > /srv/backup/app.sql
    /// ```
    ///
    /// ```ini etc/systemd/system/dump.service bad
    /// [Service]
    /// Type=oneshot
    /// ExecStart=/usr/bin/docker run -it --rm acme/dump
    /// ```
    ///
    /// ```cron cron.d/dump good
    /// 0 3 * * * root docker exec -i db pg_dump -U app app > /srv/backup/app.sql
    /// ```
    ///
    /// ```ini etc/systemd/system/dump.service good
    /// [Service]
    /// Type=oneshot
    /// ExecStart=/usr/bin/docker run --rm -t acme/dump -it
    /// ```
    ///
    /// Tried with Docker 28.2.2, `exec -it` and `run -it` without a terminal, 2026-11-28: "the input device is not a TTY"; `-i` or
    /// `-t` alone go through.
    RULE = "cron-docker-terminal", Error, High, Look::File(&[Kind::Crontab, Kind::Unit], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    if !document.text.contains("docker") || document.text.contains("TTYPath") || document.text.contains("=tty") {
        return;
    }
    for command in project.commands(document) {
        let words = &command.words;
        // In the host's own tables the user may stand first, and systemd's signs stand before the program.
        let is_docker =
            |word: &&str| word.trim_start_matches(['-', '@', ':', '+', '!']).rsplit('/').next() == Some("docker");
        let Some(at) = words.iter().take(2).position(is_docker) else { continue };
        let mut rest = words[at + 1..].iter();
        if !rest.next().is_some_and(|word| matches!(*word, "exec" | "run")) {
            continue;
        }
        let mut given = (false, false, None);
        while let Some(word) = rest.next().filter(|word| word.starts_with('-')) {
            let short = word.strip_prefix('-').filter(|word| !word.starts_with('-'));
            let has = |letter: char| {
                short.is_some_and(|short| short.chars().all(|known| "itd".contains(known)) && short.contains(letter))
            };
            given.0 |= has('i') || *word == "--interactive";
            given.1 |= has('t') || *word == "--tty";
            if has('d') || *word == "--detach" {
                given.0 = false;
                break;
            }
            if has('t') || *word == "--tty" {
                given.2 = Some(*word);
            }
            let takes_one =
                short.is_some_and(|short| matches!(short, "e" | "u" | "w" | "v" | "p" | "h" | "l" | "m" | "c"));
            let is_long = word.starts_with("--") && !word.contains('=') && !FLAGS.contains(word);
            if takes_one || is_long {
                rest.next();
            }
        }
        if let (true, true, Some(word)) = given {
            let place = command.place_of(document, word).unwrap_or_else(|| command.range.clone());
            report
                .at((document, place), "there is no terminal here: Docker stops with \"the input device is not a TTY\"")
                .help("-i alone, or neither");
        }
    }
}

/// Long options without a value.
const FLAGS: [&str; 9] = [
    "--rm",
    "--interactive",
    "--tty",
    "--privileged",
    "--init",
    "--detach",
    "--read-only",
    "--no-healthcheck",
    "--publish-all",
];
