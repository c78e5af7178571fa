use crate::rules::prelude::*;

rule! {
    /// A build takes /dev/null as its folder.
    ///
    /// Docker inside of Sysbox rejects it ("unable to prepare context"). `docker build -` reads the Dockerfile from stdin and
    /// needs no folder.
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
    /// Evidence: one incident; docker build's documentation on stdin.
    RULE = "script-docker-build-devnull", Warning, High, Look::File(COMMANDS, check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for command in project
        .commands(document)
        .iter()
        .filter(|command| command.program() == "docker" && command.has("build") && has_context(&command.words))
    {
        report
            .at((document, command.range.clone()), "not every Docker takes /dev/null as a folder")
            .help("printf … | docker build -t NAME -");
    }
}

/// Whether /dev/null is a word of its own, and not where the output goes.
fn has_context(words: &[&str]) -> bool {
    let is_one = |at: usize| words[at] == "/dev/null" && !(at > 0 && words[at - 1].ends_with(['>', '<', '&', '|']));
    (0..words.len()).any(is_one)
}
