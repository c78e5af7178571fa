use crate::rules::prelude::*;

use crate::rules::compose::container_name_assumed::container;

rule! {
    /// A command that this OpenClaw image does not have.
    ///
    /// The image had no `openclaw` on its path before the middle of February 2026: `docker exec gateway openclaw …` ends with
    /// "executable file not found". `node dist/index.js` works in all of them.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   gateway: { image: "ghcr.io/openclaw/openclaw:2026.2.9", init: true, container_name: gateway, volumes: ["./state:/home/node/.openclaw"] }
    /// ```
    ///
    /// ```sh devices.sh bad
    /// #!/bin/sh
    /// docker exec gateway openclaw devices list
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   gateway: { image: "ghcr.io/openclaw/openclaw:2026.9.6", init: true, container_name: gateway, volumes: ["./state:/home/node/.openclaw"] }
    /// ```
    ///
    /// ```sh devices.sh good
    /// #!/bin/sh
    /// docker exec gateway openclaw devices list
    /// ```
    ///
    /// Source: openclaw/openclaw pull requests 17151 and 28312 (the link in the Dockerfile); read 2026-11-27.
    RULE = "openclaw-command-binary", Error, High, Look::File(COMMANDS, check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for command in project.commands(document).iter().filter(|command| command.has_run(&["docker", "exec"])) {
        let Some(name) = container(&command.words) else { continue };
        let at = command.words.iter().position(|word| *word == name).unwrap_or(0);
        if command.words.get(at + 1) != Some(&"openclaw") {
            continue;
        }
        let service = project.services().find(|service| {
            service.is("openclaw") && service.answers_to(name) && Project::are_related(service.document, document)
        });
        let Some(service) = service.filter(|service| !service.has("build")) else { continue };
        if service.version().is_some_and(|version| version.below("2026.2.15")) {
            report
                .at((document, command.range.clone()), "this image has no `openclaw` on its path")
                .related(service.image_place(), "this image")
                .help("node dist/index.js");
        }
    }
}
