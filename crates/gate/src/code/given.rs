//! What a call is given: texts in quotes, lists of them, and the parts that they come to.

use super::Part;
use crate::read::{HOLE, unescape};

/// What a call that starts a program is given: a text, or a list of texts.
pub(super) fn started(arguments: &str, may_be_another: bool, parts: &mut Vec<Part>) {
    let inner = arguments.trim_start_matches(['(', ' ']);
    if let Some(list) = inner.strip_prefix('[') {
        match words(list) {
            Some(words) => parts.push(Part::Words(words)),
            None if !may_be_another => parts.push(Part::Hidden),
            None => {}
        }
        return;
    }
    match literal(inner) {
        Some((first, rest)) => {
            let (first, rest) = match joined(first, rest) {
                Joined::Text(first, rest) => (first, rest),
                Joined::Words(words) => return parts.push(Part::Words(words)),
                Joined::Hidden => return parts.push(Part::Hidden),
            };
            let more = rest.trim_start().strip_prefix(',').map(str::trim_start).unwrap_or_default();
            // `spawn("ip", ["link", …])`, `system("ip", "link", …)`.
            if let Some(list) = more.strip_prefix('[')
                && let Some(words) = words(list)
            {
                parts.push(Part::Words([vec![first], words].concat()));
                return;
            }
            let mut all = vec![first];
            let mut rest = more;
            while let Some((word, left)) = literal(rest) {
                all.push(word);
                rest = left.trim_start().strip_prefix(',').map(str::trim_start).unwrap_or_default();
            }
            match all.as_slice() {
                [only] => parts.push(Part::Shell(only.clone())),
                _ => parts.push(Part::Words(all)),
            }
        }
        None if may_be_another || inner.starts_with(')') => {}
        None => parts.push(Part::Hidden),
    }
}

/// What a text comes to with what stands right behind it.
enum Joined<'a> {
    Text(String, &'a str),
    Words(Vec<String>),
    Hidden,
}

/// `"a" "b"`, `"a" + b`, `"a".format(b)`, `"a b".split()`.
fn joined(first: String, rest: &str) -> Joined<'_> {
    let (mut text, mut rest) = (first, rest);
    loop {
        let next = rest.trim_start_matches([' ', '\t']);
        if let Some((more, left)) = literal(next) {
            text.push_str(&more);
            rest = left;
        } else if let Some(added) = next.strip_prefix(['+', '%']).or_else(|| next.strip_prefix(". ")) {
            match literal(added) {
                Some((more, left)) if !next.starts_with('%') => {
                    text.push_str(&more);
                    rest = left;
                }
                // From here on it is only known when it runs.
                _ => {
                    text.push(HOLE);
                    return Joined::Text(text, "");
                }
            }
        } else if next.starts_with(".split(") {
            return Joined::Words(text.split_whitespace().map(str::to_owned).collect());
        } else if next.starts_with(".format(") {
            return Joined::Text(with_holes(&text, "{"), "");
        } else if next.starts_with(".join(") || next.starts_with(".replace(") || next.starts_with("[::") {
            return Joined::Hidden;
        } else {
            return Joined::Text(text, rest);
        }
    }
}

/// `print(os.environ["TOKEN"])`, `console.log(process.env.TOKEN)`, `print(dotenv_values(".env"))`.
pub(super) fn shown(arguments: &str, parts: &mut Vec<Part>) {
    let line: String = arguments.chars().take_while(|letter| *letter != '\n').take(200).collect();
    for (start, ends) in [
        ("os.environ[", "]"),
        ("os.environ.get(", ",)"),
        ("os.getenv(", ",)"),
        ("process.env.", ").,; "),
        ("process.env[", "]"),
    ] {
        let Some(at) = line.find(start) else { continue };
        let name: String = line[at + start.len()..].chars().take_while(|letter| !ends.contains(*letter)).collect();
        parts.push(Part::Variable(name.trim_matches(['"', '\'', ' ']).to_owned()));
    }
    if let Some(at) = line.find("dotenv_values(") {
        let file = literal(&line[at + "dotenv_values(".len()..]).map_or_else(|| ".env".to_owned(), |(file, _)| file);
        parts.push(Part::Reads(file));
    }
}

/// `rename(a, b)`.
pub(super) fn moved(arguments: &str, parts: &mut Vec<Part>) {
    let Some((from, rest)) = literal(arguments) else { return };
    parts.push(Part::Deletes(from));
    if let Some((to, _)) = rest.trim_start().strip_prefix(',').and_then(literal) {
        parts.push(Part::Writes(to));
    }
}

/// `open(F, ">/etc/x")`, `open my $f, '>', '/etc/x'`.
pub(super) fn opened_by_perl(arguments: &str, parts: &mut Vec<Part>) {
    let mut rest = arguments.split_once(',').map_or("", |(_, rest)| rest);
    let mut texts = Vec::new();
    while let Some((text, left)) = literal(rest) {
        texts.push(text);
        rest = left.trim_start().strip_prefix(',').unwrap_or_default();
    }
    match texts.as_slice() {
        [pipe, ..] if pipe.trim_start().starts_with('|') => {
            parts.push(Part::Shell(pipe.trim_start().trim_start_matches(['|', '-']).trim().to_owned()));
        }
        [mode, path] if mode.starts_with(['>', '+']) => parts.push(Part::Writes(path.clone())),
        [_, path] => parts.push(Part::Reads(path.clone())),
        [one] if one.starts_with(['>', '+']) => {
            parts.push(Part::Writes(one.trim_start_matches(['>', '+', '<', ' ']).to_owned()));
        }
        [one] => match one.trim().strip_suffix('|') {
            Some(command) => parts.push(Part::Shell(command.to_owned())),
            None => parts.push(Part::Reads(one.trim_start_matches(['<', ' ']).to_owned())),
        },
        _ => {}
    }
}

pub(super) fn opened(name: &str, path: String, rest: &str, parts: &mut Vec<Part>) {
    // `Path("x").write_text(…)`
    let method = rest.trim_start().strip_prefix(')').unwrap_or_default();
    if [".write_", ".touch(", ".symlink_to(", ".chmod(", ".open('w", ".open(\"w", ".open('a", ".open(\"a"]
        .iter()
        .any(|call| method.starts_with(call))
    {
        parts.push(Part::Writes(path));
        return;
    }
    if [".unlink(", ".rmdir(", ".rename(", ".replace("].iter().any(|call| method.starts_with(call)) {
        parts.push(Part::Deletes(path));
        return;
    }
    let writes_by_name =
        ["write", "append", "put_contents", "truncate", "chmod", "chown"].iter().any(|part| name.contains(part));
    let mode = rest.trim_start().strip_prefix(',').map(str::trim_start).and_then(literal);
    let writes_by_mode = mode.is_some_and(|(mode, _)| mode.starts_with(['w', 'a', 'x', '>']) || mode.contains('+'));
    parts.push(if writes_by_name || writes_by_mode { Part::Writes(path) } else { Part::Reads(path) });
}

/// A text in quotes at the beginning, and what stands behind it.
pub(super) fn literal(text: &str) -> Option<(String, &str)> {
    let start = text.trim_start();
    let unprefixed = start.trim_start_matches(['r', 'b', 'f', 'u', 'R', 'B', 'F']);
    let prefix = &start[..start.len() - unprefixed.len()];
    if prefix.len() > 2 {
        return None;
    }
    let quote = unprefixed.chars().next().filter(|quote| matches!(quote, '\'' | '"' | '`'))?;
    let triple = format!("{quote}{quote}{quote}");
    let (open, close) = if unprefixed.starts_with(&triple) { (3, triple) } else { (1, quote.to_string()) };
    let body = &unprefixed[open..];
    let mut out = String::new();
    let mut letters = body.char_indices();
    while let Some((at, letter)) = letters.next() {
        if body[at..].starts_with(&close) {
            // What is put in while it runs is a hole.
            let filled = with_holes(&with_holes(&out, "${"), "#{");
            let filled = if prefix.contains(['f', 'F']) { with_holes(&filled, "{") } else { filled };
            return Some((filled, &body[at + close.len()..]));
        }
        match letter {
            '\\' => {
                let (known, length) = unescape(&body.as_bytes()[at + 1..]);
                let (_, next) = letters.next()?;
                out.push(known.unwrap_or(next));
                // The letters of `\x72`, beyond the first.
                letters.by_ref().take(length.saturating_sub(next.len_utf8())).for_each(drop);
            }
            other => out.push(other),
        }
    }
    None
}

/// What stands in brackets that begin with a mark (`${x}`, `#{x}`, `{x}`) becomes a hole.
fn with_holes(text: &str, mark: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(mark) {
        out.push_str(&rest[..at]);
        out.push(HOLE);
        let Some(end) = rest[at..].find('}') else { return out };
        rest = &rest[at + end + 1..];
    }
    out.push_str(rest);
    out
}

/// The texts of a list up to its bracket.
fn words(list: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut rest = list.trim_start();
    loop {
        if rest.starts_with(']') || rest.is_empty() {
            return Some(words).filter(|words| !words.is_empty());
        }
        match literal(rest) {
            Some((word, left)) => {
                words.push(word);
                rest = left.trim_start();
            }
            None => {
                // The interpreter itself, or a variable: a hole.
                let end = rest.find([',', ']'])?;
                let is_python = matches!(rest[..end].trim(), "sys.executable" | "process.execPath");
                words.push(if is_python { "python3".to_owned() } else { HOLE.to_string() });
                rest = &rest[end..];
            }
        }
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
        if words.len() > 256 {
            return None;
        }
    }
}

/// `` `command` `` of Perl and Ruby, `%x(…)`, `qx(…)`; a template of JavaScript looks the same and is read as one too.
pub(super) fn backticks(text: &str, parts: &mut Vec<Part>) {
    let mut pieces = text.split('`');
    pieces.next();
    while let (Some(inner), Some(after)) = (pieces.next(), pieces.next()) {
        let plausible = inner
            .split_whitespace()
            .next()
            .is_some_and(|first| first.len() > 1 && !first.contains(['(', ')', '=', '<']));
        if plausible && !inner.is_empty() {
            parts.push(Part::Shell(with_holes(&with_holes(inner, "${"), "#{")));
        }
        let _ = after;
    }
    for mark in ["%x(", "%x{", "qx(", "qx{", "qx/", "%x["] {
        for (at, _) in text.match_indices(mark) {
            let inner = &text[at + 3..];
            let end = inner.find([')', '}', '/', ']']).unwrap_or(inner.len());
            parts.push(Part::Shell(with_holes(&inner[..end], "#{")));
        }
    }
}
