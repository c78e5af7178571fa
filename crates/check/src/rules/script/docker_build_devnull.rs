use crate::rules::prelude::*;

rule! {
    /// A build takes /dev/null as its folder.
    ///
    /// Docker rejects it ("unable to prepare context: context must be a directory"). `docker build -` reads the Dockerfile from
    /// stdin and needs no folder.
    ///
    /// ```sh build.sh bad
    /// #!/bin/sh
    /// docker build -t tool -f - /dev/null
    /// ```
    ///
    /// ```sh build.sh good
    /// #!/bin/sh
    /// printf 'FROM alpine\n' | docker build -t tool -
    /// ```
    ///
    /// Tried with Docker 28.2.2, 2026-11-28. Source: buildx `build/opt.go` ("path … not found" for what is no folder); read the
    /// same day. One incident.
    RULE = "script-docker-build-devnull", Warning, High, Look::File(COMMANDS, check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for command in project
        .commands(document)
        .iter()
        .filter(|command| command.program() == "docker" && command.has("build") && has_context(&command.words))
    {
        report
            .at((document, command.range.clone()), "Docker does not take /dev/null as a folder")
            .help("printf … | docker build -t NAME -");
    }
}

/// Whether /dev/null is a word of its own, and not where the output goes.
fn has_context(words: &[&str]) -> bool {
    let is_one = |at: usize| words[at] == "/dev/null" && !(at > 0 && words[at - 1].ends_with(['>', '<', '&', '|']));
    (0..words.len()).any(is_one)
}
