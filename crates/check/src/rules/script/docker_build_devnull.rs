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
        .filter(|command| command.program() == "docker" && command.has("build") && command.has("/dev/null"))
    {
        report
            .at((document, command.range.clone()), "not every Docker takes /dev/null as a folder")
            .help("printf … | docker build -t NAME -");
    }
}
