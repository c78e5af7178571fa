use crate::rules::prelude::*;

rule! {
    /// PostgreSQL in a container writes its log into a folder of its own.
    ///
    /// With `logging_collector = on` nothing reaches Docker's log, so nothing is rotated, shipped or seen: `docker logs` says one
    /// line and then no more.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   db:
    ///     image: postgres:18
    ///     volumes: ["data:/var/lib/postgresql", "./postgresql.conf:/etc/postgresql.conf:ro"]
    /// volumes: { data: {} }
    /// ```
    ///
    /// ```conf postgresql.conf bad
    /// logging_collector = on
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   db:
    ///     image: postgres:18
    ///     volumes: ["data:/var/lib/postgresql", "./postgresql.conf:/etc/postgresql.conf:ro"]
    /// volumes: { data: {} }
    /// ```
    ///
    /// ```conf postgresql.conf good
    /// logging_collector = off
    /// ```
    ///
    /// Fix: unsafe, since something may read the files; none where CSV or JSON is written, which needs the collector. Tried with PostgreSQL 17.12, 2026-11-28: the output ends with "Future log output will appear in directory
    /// 'log'", and the error that follows is there alone.
    RULE = "pg-logging-collector", Warning, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    if !service.is("postgres") {
        return;
    }
    for (file, _) in service.mounted(project).filter(|(file, _)| file.kind == Kind::Postgres) {
        for line in file.root().lines().filter(|line| line.word_text(0).trim_end_matches('=') == "logging_collector") {
            let Some(value) = line.words().last() else { continue };
            if matches!(value.text(), Some("on" | "true" | "yes" | "1")) {
                let finding = report.at(value, "nothing reaches Docker's log, where one looks for it");
                finding.related(service.key, "this service reads the file");
                // CSV and JSON need the collector.
                let says = |line: Value, name: &str| line.word_text(0).trim_end_matches('=') == name;
                let is_data = |line: Value| {
                    says(line, "log_destination")
                        && ["csvlog", "jsonlog"].iter().any(|kind| line.written().contains(kind))
                };
                if !file.root().lines().any(is_data) {
                    finding.unsafe_fix("off", vec![Edit::replace(value, "off")]);
                }
            }
        }
    }
}
