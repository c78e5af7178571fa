use crate::rules::prelude::*;

rule! {
    /// A locale that the PostgreSQL image does not have.
    ///
    /// The image knows `en_US.utf8`, `C` and `C.UTF-8`; initdb stops with "invalid locale name". ICU has all of
    /// them and does not need the system's.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   db:
    ///     image: postgres:18
    ///     environment: { POSTGRES_INITDB_ARGS: "--locale=fr_FR.UTF-8" }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   db:
    ///     image: postgres:18
    ///     environment: { POSTGRES_INITDB_ARGS: "--locale-provider=icu --icu-locale=fr-FR --locale=C" }
    ///   icu:
    ///     image: postgres:18-alpine
    ///     environment: { POSTGRES_INITDB_ARGS: "--locale=en_US.UTF-8" }
    ///   series:
    ///     image: timescale/timescaledb:2.23.0-pg17
    ///     environment: { POSTGRES_INITDB_ARGS: "--locale=fr_FR.UTF-8" }
    /// ```
    ///
    /// Images on Alpine (TimescaleDB's are) are not told: its C library takes any name. Source: docker-library/postgres
    /// `18/trixie/Dockerfile` (`locale-gen` for en_US.UTF-8 alone); read 2026-11-28. Tried with initdb 15.18, 2026-11-28:
    /// "invalid locale name "fr_FR.UTF-8"", and the good one above goes through.
    RULE = "compose-postgres-locale", Error, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let Some(variable) =
        service.variable("POSTGRES_INITDB_ARGS").filter(|_| service.is("postgres") && !service.has("build"))
    else {
        return;
    };
    let text = variable.value.as_deref().unwrap_or_default();
    let options = text
        .split_whitespace()
        .filter_map(|word| word.strip_prefix("--locale=").or_else(|| word.strip_prefix("--lc-collate=")))
        // The entrypoint has a shell read them.
        .map(|name| name.trim_matches(['\'', '"']));
    let known =
        |name: &str| name.starts_with("en_US") || name.starts_with("C") || name == "POSIX" || name.contains('$');
    // Alpine's C library takes any name and sorts by bytes all the same.
    let alpine =
        service.image.as_ref().and_then(|image| image.tag.as_deref()).is_some_and(|tag| tag.contains("alpine"))
            || service.image.as_ref().is_some_and(|image| image.repository == "timescale/timescaledb");
    if let Some(name) = options.into_iter().find(|name| !known(name) && !alpine) {
        let language = name.split('.').next().unwrap_or(name).replace('_', "-");
        report
            .at(variable.place, format!("the image has no locale `{name}`, so initdb stops"))
            .help(format!("--locale-provider=icu --icu-locale={language} --locale=C"));
    }
}
