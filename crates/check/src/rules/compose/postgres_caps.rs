use crate::rules::prelude::*;

rule! {
    /// PostgreSQL lost the capabilities that its entrypoint needs.
    ///
    /// The image starts as root, makes the data folder belong to `postgres` and steps down. With `cap_drop: [ALL]`
    /// it can do neither, and the container exits with "Operation not permitted". A `user:` of its own needs none
    /// of that.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   db:
    ///     image: postgres:18
    ///     cap_drop: [ALL]
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   db:
    ///     image: postgres:18
    ///     cap_drop: [ALL]
    ///     cap_add: [CHOWN, SETGID, SETUID, DAC_OVERRIDE, FOWNER]
    ///   own:
    ///     image: postgres:18
    ///     cap_drop: [ALL]
    ///     user: "999:999"
    /// ```
    ///
    /// Source: docker-library/postgres `docker-entrypoint.sh` (chown, chmod, gosu); read 2026-11-27.
    RULE = "compose-postgres-caps", Error, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    if !service.is("postgres") || !service.drops_all_capabilities() || service.has("user") {
        return;
    }
    let added = service.added_capabilities();
    // To look into a folder of somebody else's is enough: it writes there only once it is the folder's owner.
    let is_same =
        |have: &str, name: &str| have == name || have == "ALL" || (have, name) == ("DAC_READ_SEARCH", "DAC_OVERRIDE");
    let missing: Vec<&str> = ["CHOWN", "SETGID", "SETUID", "DAC_OVERRIDE", "FOWNER"]
        .into_iter()
        .filter(|name| !added.iter().any(|have| is_same(have, name)))
        .collect();
    if !missing.is_empty() {
        let place = service.get("cap_drop").unwrap_or(service.key);
        // Without SETUID it surely stops; the others matter for a fresh folder.
        let severity =
            if missing.iter().any(|name| name.starts_with("SET")) { Severity::Error } else { Severity::Warning };
        report
            .at(place, format!("the entrypoint of PostgreSQL needs {}", missing.join(", ")))
            .severity(severity)
            .help(format!("cap_add: [{}]", missing.join(", ")));
    }
}
