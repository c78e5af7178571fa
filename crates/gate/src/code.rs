//! Code in other languages (Python, Perl, Ruby, JavaScript, awk, sed): the commands that it would run.
//!
//! Not a parser of any of them. It finds the calls that start programs, and the texts that they are
//! given; a call whose text is made while it runs is hidden, and asked for.

use crate::read::HOLE;

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Shell(String),
    Words(Vec<String>),
    /// A command that only shows when it runs.
    Hidden,
    /// Runs what comes from the network.
    Remote,
    Reads(String),
    Writes(String),
    Deletes(String),
}

/// Calls that start a program, with what they are given first.
const STARTS: &[&str] = &[
    "system",
    "popen",
    "subprocess.run",
    "subprocess.call",
    "subprocess.check_call",
    "subprocess.check_output",
    "subprocess.Popen",
    "subprocess.getoutput",
    "subprocess.getstatusoutput",
    "Popen",
    "check_output",
    "check_call",
    "getoutput",
    "os.exec",
    "os.execvp",
    "os.execv",
    "os.execlp",
    "os.spawnlp",
    "os.spawnvp",
    "pty.spawn",
    "execSync",
    "execFileSync",
    "execFile",
    "spawnSync",
    "spawn",
    "child_process.exec",
    "shell_exec",
    "passthru",
    "proc_open",
    "IO.popen",
    "Open3.capture2",
    "Kernel.exec",
    "open3",
    "os.startfile",
    "create_subprocess_shell",
    "create_subprocess_exec",
    "Deno.Command",
    "Bun.spawn",
    "posix_spawn",
    "run",
    "call",
];

/// Calls that delete, and what they delete.
const DELETES: &[&str] = &[
    "shutil.rmtree",
    "rmtree",
    "rmSync",
    "rmdirSync",
    "fs.rm",
    "rm_rf",
    "FileUtils.rm_rf",
    "unlinkSync",
    "os.remove",
    "os.unlink",
    "remove_tree",
    "unlink",
];

/// Calls that open a file; a mode behind it says what for.
const OPENS: &[&str] = &[
    "open",
    "readFileSync",
    "readFile",
    "File.read",
    "Path",
    "writeFileSync",
    "writeFile",
    "appendFileSync",
    "File.write",
    "slurp",
];

/// Everything in a text that the gate has a word on.
pub(crate) fn parts(text: &str) -> Vec<Part> {
    const MOST: usize = 200;
    let mut parts = Vec::new();
    let fetches =
        ["urlopen", "requests.get", "http.get", "fetch(", "urllib", "https.get", "LWP", "Net::HTTP", "open-uri"]
            .iter()
            .any(|call| text.contains(call));
    let evaluates = ["exec(", "eval(", "eval ", "compile(", "new Function("].iter().any(|call| text.contains(call))
        && !text.contains(".exec(");
    if fetches && evaluates {
        parts.push(Part::Remote);
    }
    let decodes = [
        "b64decode",
        "fromhex",
        "decompress",
        "atob(",
        "unhexlify",
        "Buffer.from",
        "pack(",
        "chr(",
        "decode64",
        ".decode(",
    ];
    if evaluates && decodes.iter().any(|call| text.contains(call)) {
        parts.push(Part::Hidden);
    }
    let bytes = text.as_bytes();
    for (at, _) in text.match_indices(['(', ' ', '`']) {
        if parts.len() >= MOST {
            parts.push(Part::Hidden);
            break;
        }
        let name = name_before(text, at);
        let is_call = bytes[at] == b'(';
        if bytes[at] == b'`' {
            continue;
        }
        // `system "…"` of Perl and Ruby has no bracket.
        let bare = !is_call && matches!(name, "system" | "exec" | "qx" | "spawn");
        if !is_call && !bare {
            continue;
        }
        let starts = STARTS
            .iter()
            .any(|call| name == *call || name.ends_with(&format!(".{call}")) || name.ends_with(&format!("::{call}")));
        let exec = matches!(name, "exec" | "child_process.exec" | "cp.exec")
            || name.ends_with("exec") && name.contains("process");
        let arguments = text[at + 1..].trim_start();
        if starts || bare || exec {
            let is_run = matches!(name.rsplit(['.', ':']).next(), Some("run" | "call"));
            started(arguments, is_run && !name.contains("subprocess"), &mut parts);
        } else if DELETES.iter().any(|call| name == *call || name.ends_with(&format!(".{call}"))) {
            match literal(arguments) {
                Some((path, _)) => parts.push(Part::Deletes(path)),
                None => parts.push(Part::Hidden),
            }
        } else if OPENS.iter().any(|call| name == *call || name.ends_with(&format!(".{call}")))
            && let Some((path, rest)) = literal(arguments)
        {
            opened(name, path, rest, &mut parts);
        }
    }
    backticks(text, &mut parts);
    named_paths(text, &mut parts);
    parts
}

/// Paths that matter, named anywhere in code that also writes or reads files: `Path(a) / ".env"` and its like.
fn named_paths(text: &str, parts: &mut Vec<Part>) {
    use crate::paths::{Sort, sort};
    let has = |calls: &[&str]| calls.iter().any(|call| text.contains(call));
    let writes = has(&[
        "write", ".unlink", "remove(", "rename(", "replace(", "rmtree", "truncate", ".dump(", "copy(", "symlink",
        "chmod",
    ]);
    let reads = has(&["open(", "read_text", "read_bytes", "readFile", "File.read", "slurp"]);
    for (at, _) in text.match_indices(['"', '\'']) {
        let Some((path, _)) = literal(&text[at..]) else { continue };
        if path.len() > 200 || path.contains([' ', '\n']) || !path.contains(['/', '.']) {
            continue;
        }
        match sort(path.trim_start_matches('/')) {
            Sort::Guard | Sort::Access if writes => parts.push(Part::Writes(path)),
            Sort::Secret if reads => parts.push(Part::Reads(path)),
            _ => {}
        }
    }
}

/// The name that stands before a bracket: letters, digits, dots and colons.
fn name_before(text: &str, at: usize) -> &str {
    let before = text[..at].trim_end();
    let start = before
        .rfind(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '_' | '.' | ':')))
        .map_or(0, |start| start + before[start..].chars().next().map_or(1, char::len_utf8));
    &before[start..]
}

/// What a call that starts a program is given: a text, or a list of texts.
fn started(arguments: &str, may_be_another: bool, parts: &mut Vec<Part>) {
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

fn opened(name: &str, path: String, rest: &str, parts: &mut Vec<Part>) {
    let writes_by_name = name.contains("write") || name.contains("append");
    let mode = rest.trim_start().strip_prefix(',').map(str::trim_start).and_then(literal);
    let writes_by_mode = mode.is_some_and(|(mode, _)| mode.starts_with(['w', 'a', 'x', '>']) || mode.contains('+'));
    parts.push(if writes_by_name || writes_by_mode { Part::Writes(path) } else { Part::Reads(path) });
}

/// A text in quotes at the beginning, and what stands behind it.
fn literal(text: &str) -> Option<(String, &str)> {
    let start = text.trim_start();
    let start = start.trim_start_matches(['r', 'b', 'f', 'u', 'R', 'B', 'F']);
    let quote = start.chars().next().filter(|quote| matches!(quote, '\'' | '"' | '`'))?;
    let triple = format!("{quote}{quote}{quote}");
    let (open, close) = if start.starts_with(&triple) { (3, triple) } else { (1, quote.to_string()) };
    let body = &start[open..];
    let mut out = String::new();
    let mut letters = body.char_indices();
    while let Some((at, letter)) = letters.next() {
        if body[at..].starts_with(&close) {
            // What is put in while it runs is a hole.
            return Some((filled(&out), &body[at + close.len()..]));
        }
        match letter {
            '\\' => {
                let (_, next) = letters.next()?;
                out.push(match next {
                    'n' => '\n',
                    't' => '\t',
                    other => other,
                });
            }
            other => out.push(other),
        }
    }
    None
}

/// `${x}`, `#{x}` and `{x}` in a text become holes.
fn filled(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("${").or_else(|| rest.find("#{")) {
        out.push_str(&rest[..at]);
        out.push(HOLE);
        let Some(end) = rest[at..].find('}') else { break };
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
                // A variable: a hole.
                let end = rest.find([',', ']'])?;
                words.push(HOLE.to_string());
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
fn backticks(text: &str, parts: &mut Vec<Part>) {
    let mut pieces = text.split('`');
    pieces.next();
    while let (Some(inner), Some(after)) = (pieces.next(), pieces.next()) {
        let plausible = inner
            .split_whitespace()
            .next()
            .is_some_and(|first| first.len() > 1 && !first.contains(['(', ')', '=', '<']));
        if plausible && !inner.is_empty() {
            parts.push(Part::Shell(filled(inner)));
        }
        let _ = after;
    }
    for mark in ["%x(", "%x{", "qx(", "qx{", "qx/", "%x["] {
        for (at, _) in text.match_indices(mark) {
            let inner = &text[at + 3..];
            let end = inner.find([')', '}', '/', ']']).unwrap_or(inner.len());
            parts.push(Part::Shell(filled(&inner[..end])));
        }
    }
}

/// The commands of an awk program; None for one that is only known when it runs.
pub(crate) fn awk(text: &str) -> Vec<Option<String>> {
    let mut commands = Vec::new();
    for (at, _) in text.match_indices("system(") {
        commands.push(literal(&text[at + 7..]).map(|(command, _)| command));
    }
    for (at, _) in text.match_indices('|') {
        let after = text[at + 1..].trim_start_matches(['&', ' ']);
        if text[at + 1..].starts_with('|') || text[..at].ends_with('|') {
            continue;
        }
        if after.starts_with("getline") {
            // `"command" | getline`
            let before = text[..at].trim_end();
            if let Some(body) = before.strip_suffix('"') {
                commands.push(body.rfind('"').map(|start| body[start + 1..].to_owned()));
            } else {
                commands.push(None);
            }
        } else if let Some((command, _)) = literal(after) {
            commands.push(Some(command));
        }
    }
    commands
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SedPart {
    Runs(String),
    Writes(String),
}

/// What a sed script runs (`e`) and writes (`w`).
pub(crate) fn sed(text: &str) -> Vec<SedPart> {
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
                parts.push(SedPart::Runs(rest.trim().to_owned()));
            } else if let Some(file) = command.strip_prefix("w ") {
                parts.push(SedPart::Writes(file.trim().to_owned()));
            } else if let Some(flags) = substitution_flags(command) {
                let flags_end = flags.find(|letter: char| !"gpiIMm0123456789".contains(letter)).unwrap_or(flags.len());
                let rest = &flags[flags_end..];
                if rest.starts_with('e') {
                    parts.push(SedPart::Runs(String::new()));
                } else if let Some(file) = rest.strip_prefix("w ") {
                    parts.push(SedPart::Writes(file.trim().to_owned()));
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
    fn programs_that_code_starts_are_found() {
        let shell = |text: &str| vec![Part::Shell(text.into())];
        assert_eq!(parts("import os; os.system('ip a')"), shell("ip a"));
        assert_eq!(parts("require('child_process').execSync(\"ls\")"), shell("ls"));
        assert_eq!(parts("system \"ls -l\""), shell("ls -l"));
        assert_eq!(parts("subprocess.run(['ip', 'a'])"), [Part::Words(vec!["ip".into(), "a".into()])]);
        assert_eq!(parts("spawn('ip', ['a', x])"), [Part::Words(vec!["ip".into(), "a".into(), "\0".into()])]);
        assert_eq!(parts("os.system(command)"), [Part::Hidden]);
        assert_eq!(parts("print(1 + 1)"), []);
        assert_eq!(parts("open('x', 'w').write(a)"), [Part::Writes("x".into())]);
    }

    #[test]
    fn sed_and_awk_give_their_commands() {
        assert_eq!(sed("1e ip a"), [SedPart::Runs("ip a".into())]);
        assert_eq!(sed("s/a/b/e"), [SedPart::Runs(String::new())]);
        assert_eq!(sed("s/\\r$//"), []);
        assert_eq!(sed("s/delete/write/g"), []);
        assert_eq!(awk("BEGIN{system(\"ip a\")}"), [Some("ip a".into())]);
        assert_eq!(awk("{print $1 | \"sh\"}"), [Some("sh".into())]);
        assert_eq!(awk("$1 || $2 {print}"), []);
    }
}
