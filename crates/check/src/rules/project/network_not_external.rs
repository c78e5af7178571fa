use crate::rules::prelude::*;

rule! {
    /// Two stacks make the same network.
    ///
    /// A network with a fixed `name` in two projects is made by whichever comes first; the second warns that it "exists but
    /// was not created for project", uses it as it is, and what its own file says of it (a subnet, `internal`) is not in
    /// force. The `down` of the one that made it finds it in use, or takes it from under the other. One makes it, the
    /// others say `external: true`.
    ///
    /// ```yaml infra/compose.yaml bad
    /// services: { db: { image: "postgres:18", networks: [backend] } }
    /// networks: { backend: { name: backend } }
    /// ```
    ///
    /// ```yaml apps/compose.yaml bad
    /// services: { app: { image: "ghcr.io/acme/app:1.0.0", networks: [backend] } }
    /// networks: { backend: { name: backend } }
    /// ```
    ///
    /// ```yaml infra/compose.yaml good
    /// services: { db: { image: "postgres:18", networks: [backend] } }
    /// networks: { backend: { name: backend } }
    /// ```
    ///
    /// ```yaml apps/compose.yaml good
    /// services: { app: { image: "ghcr.io/acme/app:1.0.0", networks: [backend] } }
    /// networks: { backend: { name: backend, external: true } }
    /// ```
    ///
    /// Compared are files in folders beside each other. Source: docker/compose `pkg/compose/create.go`,
    /// warnUnmanagedNetworks, and `down.go`, removeNetwork; read 2026-11-28.
    RULE = "compose-network-not-external", Warning, Medium, Look::Project(check)
}

/// Whether two folders hold the same stack, one for work and one to work on.
fn are_variants(left: &Document, right: &Document) -> bool {
    let stages = ["dev", "development", "local", "test", "testing", "staging", "prod", "production"];
    [left, right].iter().all(|file| file.folder().rsplit('/').next().is_some_and(|folder| stages.contains(&folder)))
}

fn check(project: &Project, report: &mut Report) {
    let mut made: Vec<(&str, &str, Value)> = Vec::new();
    for file in project.of_kind(Kind::Compose) {
        let parent = file.folder().rsplit_once('/').map_or("", |(parent, _)| parent);
        for (_, network) in file.root().get("networks").map(Value::entries).unwrap_or_default() {
            let Some(name) = network
                .get("name")
                .filter(|_| !network.get("external").is_some_and(|value| value.is_true() || value.is_map()))
            else {
                continue;
            };
            let Some(text) = name.literal() else { continue };
            // Files of one folder are layers or variants of one project.
            let other = made.iter().find(|(known, folder, place)| {
                *known == text
                    && *folder == parent
                    && place.document().folder() != file.folder()
                    && !are_variants(place.document(), file)
            });
            match other {
                Some((_, _, place)) if !file.folder().is_empty() => {
                    report
                        .at(name, format!("another stack makes the network `{text}` as well"))
                        .related(*place, "there")
                        .help("external: true in all but one");
                }
                _ => made.push((text, parent, name)),
            }
        }
    }
}
