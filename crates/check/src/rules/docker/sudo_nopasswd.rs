use crate::rules::prelude::*;

rule! {
    /// The user of an image may become root without a password.
    ///
    /// `USER app` keeps a hole in the program from being root in the container; `NOPASSWD` gives that back to whoever finds the
    /// hole, and to an agent that was told not to.
    ///
    /// ```dockerfile Dockerfile bad
    /// FROM node:22-bookworm
    /// RUN echo "node ALL=(ALL) NOPASSWD:ALL" > /etc/sudoers.d/node
    /// USER node
    /// ```
    ///
    /// ```dockerfile Dockerfile good
    /// FROM node:22-bookworm
    /// RUN apt-get update && apt-get install -y --no-install-recommends git
    /// USER node
    /// ```
    ///
    /// Not told where sudo gives single programs, or another plain user. Nor of images for developers (`.devcontainer`), nor of those that hosts boot (bootc). A reviewer of real files named
    /// it. Source: sudoers(5), NOPASSWD; read 2026-11-28. The idea is hadolint's DL3004.
    RULE = "dockerfile-sudo-nopasswd", Warning, Medium, Look::File(&[Kind::Dockerfile], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let for_developers = document.path.split('/').any(|part| {
        let part = part.to_ascii_lowercase();
        ["devcontainer", "dev-container", "dev_container", "coder", "codespace"].iter().any(|word| part.contains(word))
    });
    if for_developers || is_trial(document) || !document.text.contains("NOPASSWD") {
        return;
    }
    // Such an image is the operating system of a host, and the user its administrator.
    let is_host = document.root().lines().any(|line| {
        line.word_text(0).eq_ignore_ascii_case("from")
            && line.words().any(|word| word.text().is_some_and(|text| text.contains("bootc")))
    });
    if is_host {
        return;
    }
    let runs = document.root().lines().filter(|line| line.word_text(0).eq_ignore_ascii_case("run"));
    for line in runs {
        let places = line.written().match_indices("NOPASSWD");
        if let Some(at) = places.map(|(at, _)| at).find(|at| makes_root(line.written(), *at)) {
            let at = line.range().start + at;
            report
                .at((document, at..at + 8), "who gets into this container as its user is root in it")
                .help("do as root what needs root, above USER");
        }
    }
}

/// Whether the line of sudoers around a place gives everything of root's: `ALL=(ALL) NOPASSWD: ALL`. One that gives named
/// programs, or those of another plain user, does not.
fn makes_root(written: &str, at: usize) -> bool {
    let before = written[..at].rsplit(['"', '\'', '\n']).next().unwrap_or_default();
    let runs_as = before.rsplit_once('(').and_then(|(_, users)| users.split_once(')')).map(|(users, _)| users);
    let is_root = |user: &str| matches!(user.trim().trim_end_matches('\\'), "root" | "ALL" | "");
    let as_root =
        runs_as.is_none_or(|users| users.split(':').next().is_some_and(|users| users.split(',').any(is_root)));
    let given = written[at..].trim_start_matches("NOPASSWD").trim_start().trim_start_matches(':').trim_start();
    let given = given.split(['"', '\'', '\n', '>', '\\']).next().unwrap_or_default();
    // Tags may stand between, and a variable may hold anything.
    let is_all = |word: &str| word == "ALL" || word.contains('$') || word.ends_with(":ALL") || is_shell(word);
    let mut words = given.split([' ', ',', '\t']).peekable();
    as_root && (given.trim().is_empty() || words.any(is_all))
}

/// Whether who may run it as root is root: a shell, or what installs whatever it is given.
fn is_shell(word: &str) -> bool {
    let name = word.rsplit('/').next().unwrap_or(word);
    let known =
        ["sh", "bash", "su", "env", "vi", "vim", "apt", "apt-get", "apk", "dpkg", "pip", "npm", "chown", "chmod"];
    word.starts_with('/') && known.contains(&name)
}
