use crate::rules::prelude::*;

rule! {
    /// A script calls a container by a name that it does not have.
    ///
    /// Compose names a container `project-service-1`, unless `container_name` says otherwise; then that is its only name, and
    /// `docker exec` answers "No such container".
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   gateway: { image: "ghcr.io/acme/gateway:1.4.2", container_name: acme-gateway }
    /// ```
    ///
    /// ```sh reload.sh bad
    /// #!/bin/sh
    /// docker exec acme-gateway-1 reload
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   gateway: { image: "ghcr.io/acme/gateway:1.4.2", container_name: acme-gateway }
    /// ```
    ///
    /// ```sh reload.sh good
    /// #!/bin/sh
    /// docker exec acme-gateway reload
    /// ```
    ///
    /// Told where one service of the project alone can be meant. Source: docker/compose `pkg/compose/convergence.go`,
    /// getContainerName; read 2026-11-28.
    RULE = "compose-container-name-assumed", Warning, Medium, Look::File(COMMANDS, check)
}

/// Words of `docker exec` that take another word with them.
const WITH_VALUE: [&str; 10] =
    ["-e", "--env", "-u", "--user", "-w", "--workdir", "--env-file", "--detach-keys", "-c", "--context"];

fn check(project: &Project, document: &Document, report: &mut Report) {
    for command in project.commands(document).iter().filter(|command| command.has_run(&["docker", "exec"])) {
        let Some(name) = container(&command.words) else { continue };
        let Some((_, service)) = name.strip_suffix("-1").and_then(|rest| rest.rsplit_once('-')) else { continue };
        let near: Vec<&Service> =
            project.services().filter(|known| Project::are_related(known.document, document)).collect();
        let named = |known: &&&Service| known.get("container_name").and_then(Value::text) == Some(name);
        let mut meant = near.iter().filter(|known| known.name == service);
        let (Some(known), None) = (meant.next(), meant.next()) else { continue };
        let own = known.get("container_name").filter(|own| own.literal().is_some());
        if let Some(own) = own.filter(|_| !near.iter().any(|known| named(&known))) {
            let right = own.text().unwrap_or_default();
            report
                .at((document, command.range.clone()), format!("this container is called `{right}`, not `{name}`"))
                .related(own, "here it is named");
        }
    }
}

/// The container that `docker exec` is given.
pub(crate) fn container<'a>(words: &[&'a str]) -> Option<&'a str> {
    let at = words.windows(2).position(|pair| pair == ["docker", "exec"])? + 2;
    let mut rest = words.get(at..)?.iter();
    while let Some(word) = rest.next() {
        if WITH_VALUE.contains(word) {
            rest.next();
        } else if !word.starts_with('-') {
            return (!word.contains(['$', '{'])).then_some(word);
        }
    }
    None
}
