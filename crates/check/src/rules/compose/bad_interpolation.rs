use crate::rules::prelude::*;

rule! {
    /// A variable is written in a way that Compose does not know.
    ///
    /// `{$NAME}` is Caddy's: Compose puts the value between two braces. `$(NAME)` is the shell's: Compose refuses it, or
    /// hands it on as it is written. `${NAME` without its end is refused, and so is `${NAME:default}` without the dash: "invalid
    /// interpolation format", and nothing of the file starts. `{NAME:-default}` without the dollar stays as it is.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     environment: { HOST: "{$APP_HOST}" }
    /// ```
    ///
    /// ```yaml compose.yaml bad 2
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     environment: ["GUID=${PGID"]
    /// ```
    ///
    /// ```yaml compose.yaml bad 3
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     environment: { RESOLVER: "${RESOLVER:9.9.9.9}" }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     environment: { HOST: "${APP_HOST}" }
    ///     command: ["sh", "-c", "echo $$(date)"]
    /// ```
    ///
    /// Fix: unsafe, since braces around a value may be meant: a query of Prometheus has them. Source: compose-spec `12-interpolation.md`; read 2026-11-27. What is refused
    /// was tried with docker compose 2.26.1, 2026-11-28.
    RULE = "compose-bad-interpolation", Error, High, Look::File(&[Kind::Compose], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    // Most texts are a word, for which each search below is slower to begin than to look at each letter.
    let may_hold_one = |text: &&str| text.bytes().any(|byte| matches!(byte, b'$' | b'{'));
    let all = document.texts().filter(|value| !document.is_templated(&value.range()));
    let texts: Vec<(Value, &str)> = all.filter_map(|value| Some((value, value.text().filter(may_hold_one)?))).collect();
    for (value, text) in &texts {
        if let Some(at) = text.find("{$") {
            let name: String =
                text[at + 2..].chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect();
            if name.is_empty() || !text[at + 2 + name.len()..].starts_with('}') || text[..at].ends_with('$') {
                continue;
            }
            let wrong = format!("{{${name}}}");
            let finding = report.at(
                *value,
                format!("`{wrong}` is not how Compose writes a variable: it puts the value between two braces"),
            );
            if value.written().contains(&wrong) {
                let edits = vec![Edit::replace(*value, value.written().replace(&wrong, &format!("${{{name}}}")))];
                // It may be a Caddyfile's, or braces around a value.
                finding.unsafe_fix("write ${NAME}", edits);
            }
        }
    }
    for (value, text) in texts {
        if let Some((name, rest)) = without_dash(text) {
            // What follows may be a password.
            let sign = rest.chars().next().unwrap_or(':');
            let finding = report.at(value, format!("Compose refuses the whole file for `${{{name}{sign}…}}`"));
            match rest.strip_prefix(':').is_some_and(is_plain) {
                true => finding.help(format!("${{{name}:-…}}, with a dash")),
                false => finding.help("${NAME:-default}, or `$$` where a shell in the container is to read it"),
            };
        } else if let Some(name) = without_dollar(text) {
            let finding = report.at(value, format!("`{{{name}:-…}}` has no `$` in front, and stays as it is written"));
            finding.help(format!("${{{name}:-…}}"));
        }
    }
    for service in document.roots().filter_map(|root| root.get("services")).flat_map(Value::entries) {
        for value in ["environment", "volumes", "ports", "image"].iter().filter_map(|key| service.1.get(key)) {
            let open = |value: &Value| value.text().is_some_and(is_unclosed) && !document.is_templated(&value.range());
            for value in texts_in(value).into_iter().filter(open) {
                report
                    .at(value, "this variable has no `}`: Compose refuses the whole file")
                    .help("${NAME}, or `$$` where a dollar is meant");
            }
        }
    }
    // Where no shell reads it, `$(NAME)` is nothing either.
    for service in document.roots().filter_map(|root| root.get("services")).flat_map(Value::entries) {
        for value in ["environment", "volumes", "ports", "image"].iter().filter_map(|key| service.1.get(key)) {
            for value in texts_in(value) {
                if let Some(name) = value.literal().and_then(in_brackets) {
                    report
                        .at(
                            value,
                            format!("`$({name})` is no variable to Compose: it refuses it, or leaves it as it is"),
                        )
                        .help(format!("${{{name}}}"));
                }
            }
        }
    }
}

/// `${NAME:default}` and what a shell, but not Compose, does with a variable: `${NAME%.*}`, `${NAME:0:2}`. Its name, and the rest.
fn without_dash(text: &str) -> Option<(&str, &str)> {
    text.match_indices("${").find_map(|(at, _)| {
        let dollars = text[..at].bytes().rev().take_while(|byte| *byte == b'$').count();
        let inside = &text[at + 2..text[at..].find('}').map(|end| at + end)?.max(at + 2)];
        let (name, rest) = inside.split_at(name_length(inside));
        let known = ["-", "+", "?"].iter().any(|sign| rest.strip_prefix(':').unwrap_or(rest).starts_with(sign));
        let is_other = rest.starts_with([':', '=', '%', '#', '/', '^', ',']) && !known;
        (dollars % 2 == 0 && !name.is_empty() && is_other).then_some((name, rest))
    })
}

/// The name in `{NAME:-default}`, whose dollar somebody forgot.
fn without_dollar(text: &str) -> Option<&str> {
    text.match_indices('{').find_map(|(at, _)| {
        let inside = &text[at + 1..];
        let (name, rest) = inside.split_at(name_length(inside));
        let is_closed = rest.find(['{', '}']).is_some_and(|end| rest[end..].starts_with('}'));
        let is_name = name.len() > 1
            && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit());
        let is_bare = !text[..at].ends_with(['$', '{', '%', '#']);
        (is_name && is_bare && is_closed && rest.starts_with(":-")).then_some(name)
    })
}

fn name_length(text: &str) -> usize {
    let starts = text.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
    let end = text.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(text.len());
    if starts { end } else { 0 }
}

/// Whether a text is a value, and no place in another one: `0:2` cuts letters out in a shell.
fn is_plain(default: &str) -> bool {
    !default.is_empty() && !default.starts_with(['=', ' ']) && !default.contains(['$', '{'])
}

/// Whether a `${NAME` ends with the text, and no brace closes it.
fn is_unclosed(text: &str) -> bool {
    let Some((before, name)) = text.rsplit_once("${") else { return false };
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    !name.is_empty() && is_name && !before.ends_with('$') && !before.contains("${")
}

/// The texts in a list, in a map, or the one that it is.
fn texts_in(value: Value<'_>) -> Vec<Value<'_>> {
    match value.is_map() {
        true => value.entries().into_iter().map(|(_, value)| value).collect(),
        false => value.one_or_many(),
    }
}

/// The name in `$(NAME)`; a command is no name.
fn in_brackets(text: &str) -> Option<&str> {
    let (before, rest) = text.split_once("$(")?;
    let (name, _) = rest.split_once(')')?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    (is_name && !before.ends_with('$')).then_some(name)
}
