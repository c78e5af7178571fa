use crate::rules::prelude::*;

rule! {
    /// Two services want the same container name.
    ///
    /// Compose refuses the file: "container name "app" is already in use by service". Older ones (2.26) take it, and then
    /// Docker does not make the second container.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   one: { image: "ghcr.io/acme/app:1.0.0", container_name: app }
    ///   two: { image: "ghcr.io/acme/app:1.0.0", container_name: app }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   one: { image: "ghcr.io/acme/app:1.0.0", container_name: app }
    ///   two: { image: "ghcr.io/acme/app:1.0.0", container_name: app-2 }
    /// ```
    ///
    /// Services with profiles are not compared. The idea is dclint's `no-duplicate-container-names`. Tried with compose
    /// 2.40.3 and 2.26.1, 2026-11-28. Source: moby `daemon/errors.go` ("The container name … is already in use by
    /// container"); read 2026-11-28.
    RULE = "compose-duplicate-container-name", Error, High, Look::File(&[Kind::Compose], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let mut seen: Vec<(&str, Value)> = Vec::new();
    for service in project.services_of(document).iter().filter(|service| !service.has("profiles")) {
        let Some(place) = service.get("container_name").filter(|place| place.document().path == document.path) else {
            continue;
        };
        let Some(name) = place.literal().filter(|name| !name.contains('$') && !is_mark(name)) else { continue };
        // One that is taken over by `extends` or an anchor stands in one place only.
        match seen.iter().find(|(known, _)| *known == name) {
            Some((_, first)) if first.range() != place.range() => {
                report.at(place, format!("another service is called `{name}` as well")).related(*first, "this one");
            }
            Some(_) => {}
            None => seen.push((name, place)),
        }
    }
}
