//! Code in other languages (Python, Perl, Ruby, JavaScript): the commands that it would run. `filters.rs` has awk and sed.
//!
//! Not a parser of any of them. It finds the calls that start programs, and the texts that they are
//! given; a call whose text is made while it runs is hidden, and asked for.

mod filters;

use crate::read::HOLE;
pub(crate) use filters::{FilterPart, awk, sed};

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
    /// Shows the whole environment.
    Environment,
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
    "os.execute",
    "io.popen",
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
    "File.delete",
    "File.unlink",
    "FileUtils.rm",
    "fs.unlink",
];

/// Calls that take a file away from one place, and put it in another.
const MOVES: &[&str] = &[
    "os.rename",
    "os.replace",
    "os.renames",
    "shutil.move",
    "renameSync",
    "fs.rename",
    "File.rename",
    "FileUtils.mv",
    "rename",
];

/// Calls by a name that is put together while it runs.
const BY_NAME: &[&str] = &[
    "getattr(os",
    "getattr(subprocess",
    "getattr(__import__",
    "os.__dict__",
    "vars(os)",
    "child_process')[",
    "child_process\")[",
    ".__getattribute__(",
    "importlib.import_module(",
];

/// What shows the environment as a whole.
const ENVIRONMENTS: &[&str] = &[
    "os.environ)",
    "os.environ))",
    "os.environ.items()",
    "process.env)",
    "process.env,",
    "ENV.to_h",
    "ENV.inspect",
    "getenv()",
    "%ENV",
    "p ENV",
    "puts ENV",
    "print_r($_ENV",
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
    "file_put_contents",
    "file_get_contents",
    "File.write",
    "slurp",
];

/// Everything in a text that the gate has a word on.
pub(crate) fn parts(text: &str) -> Vec<Part> {
    // Lines that are nothing but a comment run nothing.
    let is_code = |line: &&str| !line.trim_start().starts_with("//") && !line.trim_start().starts_with("# ");
    let code: Vec<&str> = text.lines().filter(is_code).collect();
    let text = &code.join("\n");
    const MOST: usize = 200;
    let mut parts = Vec::new();
    let fetches =
        ["urlopen", "requests.get", "http.get", "fetch(", "urllib", "https.get", "LWP", "Net::HTTP", "open-uri"]
            .iter()
            .any(|call| text.contains(call))
            || text.contains("://");
    let evaluates =
        ["exec(", "eval(", "eval ", "(eval)", "compile(", "new Function("].iter().any(|call| text.contains(call))
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
    let has = |calls: &[&str]| calls.iter().any(|call| text.contains(call));
    if has(BY_NAME) {
        parts.push(Part::Hidden);
    }
    if has(ENVIRONMENTS) || text.trim_end().ends_with("process.env") {
        parts.push(Part::Environment);
    }
    if text.contains("os.kill(1,") || text.contains("process.kill(1") {
        parts.push(Part::Words(vec!["kill".to_owned(), "1".to_owned()]));
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
        let bare_file =
            !is_call && (matches!(name, "unlink" | "rmtree" | "rename" | "open") || DELETES.contains(&name));
        if !is_call && !bare && !bare_file {
            continue;
        }
        let starts = STARTS
            .iter()
            .any(|call| name == *call || name.ends_with(&format!(".{call}")) || name.ends_with(&format!("::{call}")));
        let exec = matches!(name, "exec" | "child_process.exec" | "cp.exec")
            || name == ".exec" && text.contains("child_process")
            || name.ends_with("exec") && name.contains("process");
        let arguments = text[at + 1..].trim_start();
        if starts || bare || exec {
            let is_run = matches!(name.rsplit(['.', ':']).next(), Some("run" | "call"));
            started(arguments, is_run && !name.contains("subprocess"), &mut parts);
        } else if DELETES.iter().any(|call| name == *call || name.ends_with(&format!(".{call}"))) {
            // perl: `unlink glob "/x/*"`
            match literal(arguments.trim_start_matches("glob").trim_start_matches(['(', ' '])) {
                Some((path, _)) => parts.push(Part::Deletes(path)),
                None if is_call => parts.push(Part::Hidden),
                None => {}
            }
        } else if MOVES.contains(&name) {
            moved(arguments, &mut parts);
        } else if name == "open" && literal(arguments).is_none() {
            opened_by_perl(arguments, &mut parts);
        } else if OPENS.iter().any(|call| name == *call || name.ends_with(&format!(".{call}")))
            && let Some((path, rest)) = literal(arguments)
        {
            opened(name, path, rest, &mut parts);
        }
    }
    backticks(text, &mut parts);
    // A bare shell: it is spoken to by somebody else, and with a socket over the network.
    let is_bare = |part: &Part| match part {
        Part::Shell(command) => ["sh", "bash", "zsh", "dash"].contains(&bare_shell(command)),
        Part::Words(words) => words
            .first()
            .is_some_and(|first| ["sh", "bash", "zsh", "dash"].contains(&bare_shell(first)) && words.len() == 1),
        _ => false,
    };
    if parts.iter().any(is_bare) {
        let by_network = text.contains("socket") || text.contains("Socket") || text.contains("connect");
        parts.push(if by_network { Part::Remote } else { Part::Hidden });
    }
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
        let opens_to_write = has(&[
            "\"w",
            "'w",
            "\"a\"",
            "'a'",
            "\"r+",
            "'r+",
            ".write_text",
            ".write_bytes",
            ".unlink",
            "os.remove",
            "rename(",
            "rmtree",
            "truncate(",
            "inplace",
            "put_contents",
            "symlink",
            "os.replace",
        ]);
        if opens_to_write && matches!(sort(&path), Sort::Network | Sort::Outage | Sort::Device) {
            parts.push(Part::Writes(path));
            continue;
        }
        let by_its_place = Some(sort(&path)).filter(|sort| matches!(sort, Sort::Guard | Sort::Access));
        match by_its_place.unwrap_or_else(|| sort(path.trim_start_matches('/'))) {
            Sort::Guard | Sort::Access if writes => parts.push(Part::Writes(path)),
            Sort::Secret if reads => parts.push(Part::Reads(path)),
            _ => {}
        }
    }
}

/// `/bin/sh -i` as `sh`.
fn bare_shell(command: &str) -> &str {
    command.trim().trim_end_matches(" -i").rsplit('/').next().unwrap_or_default()
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

/// `rename(a, b)`.
fn moved(arguments: &str, parts: &mut Vec<Part>) {
    let Some((from, rest)) = literal(arguments) else { return };
    parts.push(Part::Deletes(from));
    if let Some((to, _)) = rest.trim_start().strip_prefix(',').and_then(literal) {
        parts.push(Part::Writes(to));
    }
}

/// `open(F, ">/etc/x")`, `open my $f, '>', '/etc/x'`.
fn opened_by_perl(arguments: &str, parts: &mut Vec<Part>) {
    let mut rest = arguments.split_once(',').map_or("", |(_, rest)| rest);
    let mut texts = Vec::new();
    while let Some((text, left)) = literal(rest) {
        texts.push(text);
        rest = left.trim_start().strip_prefix(',').unwrap_or_default();
    }
    match texts.as_slice() {
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

fn opened(name: &str, path: String, rest: &str, parts: &mut Vec<Part>) {
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
    let writes_by_name = ["write", "append", "put_contents"].iter().any(|part| name.contains(part));
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
}
