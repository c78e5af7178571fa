use crate::rules::prelude::*;

rule! {
    /// An image is made from a running container.
    ///
    /// What is in it is whatever happened there: logs, keys, half an upgrade. Nobody can make it again.
    ///
    /// ```sh image.sh bad
    /// #!/bin/sh
    /// docker commit app acme/app:new
    /// ```
    ///
    /// ```sh image.sh good
    /// #!/bin/sh
    /// docker build -t acme/app:new .
    /// ```
    ///
    /// Source: docker/cli `container_commit.md` ("commit a container's file changes", for debugging or a data set); read
    /// 2026-11-28.
    RULE = "script-docker-commit", Warning, High, Look::File(COMMANDS, check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for command in project
        .commands(document)
        .iter()
        .filter(|command| command.program() == "docker" && command.words.get(1) == Some(&"commit"))
    {
        report
            .at((document, command.range.clone()), "nobody can make this image again")
            .help("a Dockerfile and `docker build`");
    }
}
