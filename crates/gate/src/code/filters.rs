//! The two languages that stand in the middle of pipes: what a program of awk or sed runs and writes.

use super::literal;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FilterPart {
    Runs(String),
    /// A command that only shows when it runs.
    Hidden,
    Writes(String),
    Reads(String),
}

/// What an awk program runs (`system`, `| "…"`) and writes (`> "…"`).
pub(crate) fn awk(text: &str) -> Vec<FilterPart> {
    let runs = |command: Option<String>| command.map_or(FilterPart::Hidden, FilterPart::Runs);
    let mut parts = Vec::new();
    let text = &text.replace("system (", "system(");
    for (at, _) in text.match_indices("system(") {
        // awk joins texts that stand side by side.
        let whole = literal(&text[at + 7..]).filter(|(_, rest)| rest.trim_start().starts_with(')'));
        parts.push(runs(whole.map(|(command, _)| command)));
    }
    for (at, _) in text.match_indices("getline") {
        // `getline line < "file"`
        let after = text[at..].chars().take(100).collect::<String>();
        let file = after.split_once('<').and_then(|(_, file)| literal(file).map(|(file, _)| file));
        parts.extend(file.map(FilterPart::Reads));
    }
    for (at, sign) in text.match_indices(['|', '>']) {
        let after = text[at + 1..].trim_start_matches(['&', '>', ' ']);
        if sign == ">" {
            parts.extend(literal(after).map(|(file, _)| FilterPart::Writes(file)));
            continue;
        }
        if text[at + 1..].starts_with('|') || text[..at].ends_with('|') {
            continue;
        }
        if after.starts_with("getline") {
            // `"command" | getline`
            let body = text[..at].trim_end().strip_suffix('"');
            parts.push(runs(body.and_then(|body| body.rfind('"').map(|start| body[start + 1..].to_owned()))));
        } else if let Some((command, _)) = literal(after) {
            // A shell reads what is printed to it.
            let is_shell = ["sh", "bash", "/bin/sh", "/bin/bash", "zsh", "dash"].contains(&command.trim());
            parts.push(if is_shell { FilterPart::Hidden } else { FilterPart::Runs(command) });
        }
    }
    parts
}

/// What a sed script runs (`e`) and writes (`w`).
pub(crate) fn sed(text: &str) -> Vec<FilterPart> {
    let mut parts = Vec::new();
    for line in text.split(['\n']) {
        for command in split_commands(line) {
            let command = command
                .trim_start()
                .trim_start_matches(|letter: char| letter.is_ascii_digit() || ",$!~+ {".contains(letter));
            let command = command.strip_prefix('/').map_or(command, |rest| {
                rest.split_once('/').map_or("", |(_, rest)| rest.trim_start_matches(['I', ' ', '!', '{']))
            });
            if let Some(rest) = command.strip_prefix('e')
                && (rest.is_empty() || rest.starts_with(' '))
            {
                let command = rest.trim();
                parts.push(if command.is_empty() { FilterPart::Hidden } else { FilterPart::Runs(command.to_owned()) });
            } else if let Some(file) = command.strip_prefix("r ") {
                parts.push(FilterPart::Reads(file.trim().to_owned()));
            } else if let Some(file) = command.strip_prefix("w ") {
                parts.push(FilterPart::Writes(file.trim().to_owned()));
            } else if let Some(flags) = substitution_flags(command) {
                let flags_end = flags.find(|letter: char| !"gpiIMm0123456789".contains(letter)).unwrap_or(flags.len());
                let rest = &flags[flags_end..];
                if rest.starts_with('e') {
                    parts.push(FilterPart::Hidden);
                } else if let Some(file) = rest.strip_prefix("w ") {
                    parts.push(FilterPart::Writes(file.trim().to_owned()));
                }
            }
        }
    }
    parts
}

/// Splits at `;` outside of a substitution. An `e` takes the rest of its line.
fn split_commands(line: &str) -> Vec<&str> {
    let trimmed = line.trim_start();
    if substitution_flags(trimmed).is_some() && !trimmed.contains(';') || !line.contains(';') {
        vec![line]
    } else {
        line.split(';').collect()
    }
}

/// The flags of `s/…/…/flags`.
fn substitution_flags(command: &str) -> Option<&str> {
    let rest = command.strip_prefix('s')?;
    let separator = rest.chars().next().filter(|letter| !letter.is_alphanumeric() && *letter != ' ')?;
    let mut seen = 0;
    let mut escaped = false;
    for (at, letter) in rest.char_indices() {
        if escaped {
            escaped = false;
        } else if letter == '\\' {
            escaped = true;
        } else if letter == separator {
            seen += 1;
            if seen == 3 {
                return Some(&rest[at + letter.len_utf8()..]);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sed_and_awk_give_their_commands() {
        assert_eq!(sed("1e ip a"), [FilterPart::Runs("ip a".into())]);
        assert_eq!(sed("s/a/b/e"), [FilterPart::Hidden]);
        assert_eq!(sed("s/\\r$//"), []);
        assert_eq!(sed("s/delete/write/g"), []);
        assert_eq!(awk("BEGIN{system(\"ip a\")}"), [FilterPart::Runs("ip a".into())]);
        assert_eq!(awk("{print $1 | \"sh\"}"), [FilterPart::Hidden]);
        assert_eq!(awk("$1 || $2 > 3 {print}"), []);
        assert_eq!(awk("{print > \"/etc/x\"}"), [FilterPart::Writes("/etc/x".into())]);
    }
}
