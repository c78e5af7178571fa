use crate::rules::prelude::*;

rule! {
    /// PostgreSQL lets everybody in without a password.
    ///
    /// With `trust` whoever reaches the port is whoever he says he is, the superuser as well, who may run programs on the
    /// database's host.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   db:
    ///     image: postgres:18
    ///     environment: { POSTGRES_HOST_AUTH_METHOD: trust }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   db:
    ///     image: postgres:18
    ///     environment: { POSTGRES_PASSWORD: "${POSTGRES_PASSWORD:?}" }
    /// ```
    ///
    /// ```text pg_hba.conf bad 2
    /// host all all 0.0.0.0/0 trust
    /// ```
    ///
    /// ```text pg_hba.conf good 2
    /// local all all peer
    /// host all all 127.0.0.1/32 trust
    /// host all all 10.0.0.0/8 scram-sha-256
    /// ```
    ///
    /// An error in pg_hba.conf for every address, and where the port is published to whoever reaches the host; else an information.
    /// Source: PostgreSQL documentation, "Trust Authentication" (seldom reasonable for any TCP/IP connection but from localhost); read
    /// 2026-11-27.
    RULE = "pg-trust-auth", Error, High, Look::Project(check)
}

const WHAT: &str = "whoever reaches this PostgreSQL is its superuser, without a password";

fn check(project: &Project, report: &mut Report) {
    for service in project.services().filter(|service| service.is("postgres")) {
        let Some(variable) = service.variable("POSTGRES_HOST_AUTH_METHOD") else { continue };
        if variable.value.as_deref() != Some("trust") {
            continue;
        }
        let published = service.ports.iter().any(|port| port.is_public() && port.host.is_some());
        let severity = match (is_trial(service.document), published) {
            (true, _) => Severity::Info,
            (false, true) => Severity::Error,
            (false, false) => Severity::Info,
        };
        report.at(variable.place, WHAT).severity(severity).help("set POSTGRES_PASSWORD, and take this out");
    }
    for document in project.of_kind(Kind::PgHba).filter(|document| !is_of_tests(document)) {
        for line in document.root().lines().filter(|line| line.word_text(0).starts_with("host")) {
            let everybody = matches!(line.word_text(3), "0.0.0.0/0" | "::/0" | "all");
            if everybody && line.word_text(4) == "trust" {
                report.at(line.word(4).unwrap_or(line), WHAT).help("scram-sha-256");
            }
        }
    }
}
