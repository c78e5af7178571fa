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
    /// Not told of images for developers (`.devcontainer`), nor of those that hosts boot (bootc). A reviewer of real files named
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
        if let Some(at) = line.written().find("NOPASSWD").map(|at| line.range().start + at) {
            report
                .at((document, at..at + 8), "who gets into this container as its user is root in it")
                .help("do as root what needs root, above USER");
        }
    }
}
