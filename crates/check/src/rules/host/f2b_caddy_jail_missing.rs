use crate::rules::prelude::*;

use crate::rules::caddy::all_lines;

rule! {
    /// fail2ban watches ssh, and nobody watches the web.
    ///
    /// Caddy writes a log that fail2ban can read. A jail over it slows down who tries a thousand paths.
    ///
    /// ```ini host/jail.local bad
    /// [sshd]
    /// enabled = true
    /// ```
    ///
    /// ```caddy host/Caddyfile bad
    /// example.org {
    ///     log {
    ///         output file /var/log/caddy/access.log
    ///     }
    ///     reverse_proxy 127.0.0.1:8080
    /// }
    /// ```
    ///
    /// ```ini host/jail.local good
    /// [sshd]
    /// enabled = true
    /// [caddy-http-flood]
    /// enabled = true
    /// logpath = /var/log/caddy/access.log
    /// ```
    ///
    /// ```caddy host/Caddyfile good
    /// example.org {
    ///     log {
    ///         output file /var/log/caddy/access.log
    ///     }
    ///     reverse_proxy 127.0.0.1:8080
    /// }
    /// ```
    ///
    /// Told with `--strict`. Tried 2026-11-21: fail2ban-regex of 1.1.1 matches lines of Caddy's JSON.
    RULE = "f2b-caddy-jail-missing", Info, Low, Look::File(&[Kind::Jail], check), strict
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let watches = document.text.contains("caddy") || document.text.contains("http");
    if document.file_name() != "jail.local" || watches {
        return;
    }
    let near = |file: &&Document| Project::are_related(file, document) && !document.folder().is_empty();
    let log = project
        .of_kind(Kind::Caddyfile)
        .filter(near)
        .find_map(|file| all_lines(file).find(|line| line.word_text(0) == "output" && line.word_text(1) == "file"));
    if let Some(log) = log {
        report.at((document, 0..0), "no jail watches the web").related(log, "this log could be watched");
    }
}
