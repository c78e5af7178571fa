use crate::rules::prelude::*;

use super::options;

rule! {
    /// A Caddy that runs from a unit of its own keeps its certificates where nobody looks for them.
    ///
    /// Without `XDG_DATA_HOME` and without `HOME` Caddy keeps its data in `./caddy` of the folder it was started in. A system
    /// unit has no HOME unless it has a `User=`: with another working folder or another user all certificates are gone, are
    /// asked for again, and the authority's limit is soon reached.
    ///
    /// ```ini systemd/proxy.service bad
    /// [Service]
    /// ExecStart=/opt/proxy/caddy run --config /opt/proxy/Caddyfile
    /// ```
    ///
    /// ```caddy systemd/Caddyfile bad
    /// example.org {
    ///     reverse_proxy 127.0.0.1:8080
    /// }
    /// ```
    ///
    /// ```ini systemd/proxy.service good
    /// [Service]
    /// ExecStart=/opt/proxy/caddy run --config /opt/proxy/Caddyfile
    /// ```
    ///
    /// ```caddy systemd/Caddyfile good
    /// {
    ///     storage file_system {
    ///         root /var/lib/caddy
    ///     }
    /// }
    /// example.org {
    ///     reverse_proxy 127.0.0.1:8080
    /// }
    /// ```
    ///
    /// Told where the unit and a Caddyfile lie in one project. Tried with Caddy 2.6.2, 2026-11-28: without HOME
    /// `caddy environ` says ./caddy. Source: `storage.go`, AppDataDir; systemd.exec(5), `$HOME`.
    RULE = "caddy-storage-missing", Warning, Medium, Look::File(&[Kind::Unit], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let root = document.root();
    let Some(start) = root.path("Service.ExecStart") else { return };
    let words: Vec<&str> = start.text().unwrap_or_default().split_whitespace().collect();
    let is_caddy = words.first().is_some_and(|word| word.rsplit('/').next() == Some("caddy"))
        && words.get(1).is_some_and(|word| matches!(*word, "run" | "start"));
    let set = root.get("Service").into_iter().flat_map(Value::entries).any(|(key, value)| {
        let text = value.text().unwrap_or_default();
        match key.text() {
            Some("User" | "DynamicUser" | "EnvironmentFile" | "StateDirectory" | "RootDirectory") => true,
            Some("Environment") => text.contains("HOME=") || text.contains("XDG_DATA_HOME="),
            _ => false,
        }
    });
    if !is_caddy || set {
        return;
    }
    let files: Vec<&Document> =
        project.of_kind(Kind::Caddyfile).filter(|file| Project::are_related(file, document)).collect();
    let stored = files
        .iter()
        .any(|file| options(file).into_iter().flat_map(Value::lines).any(|line| line.word_text(0) == "storage"));
    if let Some(file) = files.first().filter(|_| !stored) {
        report
            .at(start, "this unit has no HOME: Caddy keeps its certificates in ./caddy")
            .related((*file, 0..0), "and this file does not say where to keep them")
            .help("a global `storage file_system` with a `root`, or User= in the unit");
    }
}
