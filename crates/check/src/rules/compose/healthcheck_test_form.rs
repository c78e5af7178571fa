use crate::rules::prelude::*;

rule! {
    /// The list of a health check does not begin as Docker wants it, or names a whole line as the program.
    ///
    /// Behind `CMD` each word is an item of its own, and no shell takes a line apart: Docker looks for a program of the name
    /// `curl -f http://…`, finds none, and the service is never healthy. A list that begins with neither `CMD`,
    /// `CMD-SHELL` nor `NONE` is refused by Compose.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     healthcheck:
    ///       test: ["CMD", "curl -f http://127.0.0.1:8080/ || exit 1"]
    /// ```
    ///
    /// ```yaml compose.yaml bad 2
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     healthcheck:
    ///       test: ["curl", "-f", "http://127.0.0.1:8080/"]
    /// ```
    ///
    /// Behind `CMD-SHELL` one text is the whole line, and further items are only its `$0` and `$1`: curl is called without an
    /// address, and fails. A warning for programs that may do without words.
    ///
    /// ```yaml compose.yaml bad 3
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     healthcheck:
    ///       test: ["CMD-SHELL", "curl", "-f", "http://127.0.0.1:8080/"]
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     healthcheck:
    ///       test: ["CMD-SHELL", "curl -f http://127.0.0.1:8080/ || exit 1"]
    ///   other:
    ///     image: ghcr.io/acme/other:1.4.2
    ///     healthcheck:
    ///       test: ["CMD", "curl", "-f", "http://127.0.0.1:8080/"]
    /// ```
    ///
    /// Source: compose-spec `05-services.md`, `healthcheck`. Tried with Docker Compose 2.26.1, `config`, 2026-11-28: "healthcheck.test
    /// must start either by "CMD", "CMD-SHELL" or "NONE"".
    RULE = "compose-healthcheck-test-form", Error, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let Some(test) = service.path("healthcheck.test").filter(|test| test.is_list()) else { return };
    let items: Vec<Value> = test.items().collect();
    let Some(first) = items.first().copied() else { return };
    let Some(how) = first.literal().filter(|how| !how.is_empty() && !how.contains('$')) else { return };
    if how == "CMD" {
        let Some(line) = items.get(1).and_then(|item| item.literal()).filter(|line| is_line(line)) else { return };
        let finding = report
            .at(test, format!("Docker looks for a program with the name `{}`: this check never succeeds", short(line)));
        let has_shell = service.program.and_then(|program| program.tools(service.image.as_ref()));
        if items.len() == 2 && has_shell.is_none_or(|tools| tools.has_shell) && is_bare(first) {
            finding.safe_fix(
                "let a shell run it",
                vec![Edit::replace(first, first.written().replace("CMD", "CMD-SHELL"))],
            );
        } else {
            finding.help("each word is an item of its own; a line of shell stands behind `CMD-SHELL`");
        }
    } else if how == "CMD-SHELL" {
        if let Some(line) = items.get(1).and_then(|item| item.literal()).filter(|_| items.len() > 2)
            && !line.trim().contains(char::is_whitespace)
        {
            let finding =
                report.at(test, format!("the shell runs `{line}` alone: what follows is no part of its line"));
            finding.help("one text behind `CMD-SHELL`, or `CMD` with an item a word");
            // Others may do without words, and then ask something else than was meant.
            if !matches!(line.rsplit('/').next(), Some("curl" | "wget" | "nc" | "test")) {
                finding.severity(Severity::Warning);
            }
        }
    } else if how != "NONE" {
        report.at(test, format!("Compose refuses a `test` that begins with `{}`", short(how))).help(
            "the first item is `CMD`, `CMD-SHELL` or `NONE`; a line of shell may stand as a text, without a list",
        );
    }
}

/// Whether it is a line of words, not a program with a blank in its name.
fn is_line(text: &str) -> bool {
    let Some((program, rest)) = text.trim().split_once(char::is_whitespace) else { return false };
    let rest = rest.trim_start();
    !program.contains('/') || rest.starts_with('-') || ["||", "&&", "|", "://"].iter().any(|sign| rest.contains(sign))
}

/// Whether nothing but the word stands in its place.
fn is_bare(value: Value) -> bool {
    value.written().trim_matches(['"', '\'']) == "CMD"
}

/// A line by its first word: a password may stand in the others.
fn short(line: &str) -> String {
    match line.trim().split_once(char::is_whitespace) {
        Some((program, _)) => format!("{program} …"),
        None => line.to_owned(),
    }
}
