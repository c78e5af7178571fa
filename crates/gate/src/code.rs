//! Code in other languages (Python, Perl, Ruby, JavaScript): the commands that it would run. `filters.rs` has awk and sed.
//!
//! Not a parser of any of them. It finds the calls that start programs, and the texts that they are
//! given; a call whose text is made while it runs is hidden, and asked for. `calls.rs` has the calls, `given.rs` what they
//! are given, `clients.rs` the services that code speaks to, and `quoted.rs` says what is no code.

mod calls;
mod clients;
mod filters;
mod given;
mod quoted;

use calls::{BY_NAME, BY_REFERENCE, DECODES, DELETES, ENVIRONMENTS, FETCHES, MOVES, OPENS, SHOWS, STARTS};
pub(crate) use filters::{FilterPart, awk, sed};
use given::{backticks, literal, moved, opened, opened_by_perl, shown, started};
pub(crate) use quoted::Language;

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
    /// Shows one variable of it.
    Variable(String),
    Sql(String),
    /// Tells a service to change something.
    Changes(&'static str),
}

/// Everything in a text that the gate has a word on.
pub(crate) fn parts(text: &str, language: Language) -> Vec<Part> {
    const MOST: usize = 200;
    // Lines that are nothing but a comment run nothing, in whatever language.
    let is_code = |line: &&str| !line.trim_start().starts_with("//") && !line.trim_start().starts_with("# ");
    let lines: Vec<&str> = text.lines().filter(is_code).collect();
    let text = lines.join("\n");
    let evaluates = evaluates(&text);
    // Where text is evaluated a string is code, too.
    let code = if evaluates { text.clone() } else { quoted::blanked(&text, language) };
    let code = Code { text: &text, code: &code };
    let mut parts = Vec::new();
    as_a_whole(&code, evaluates, &mut parts);
    for (at, _) in code.code.match_indices(['(', ' ']) {
        if parts.len() >= MOST {
            parts.push(Part::Hidden);
            break;
        }
        call(&code, at, &mut parts);
    }
    backticks(code.code, &mut parts);
    bare_shells(&code, &mut parts);
    clients::changes(&code, &mut parts);
    named_paths(&code, &mut parts);
    parts
}

/// A text twice, byte for byte: as it is, and with strings and comments blanked.
#[derive(Clone, Copy)]
struct Code<'a> {
    text: &'a str,
    code: &'a str,
}

impl Code<'_> {
    fn has(&self, calls: &[&str]) -> bool {
        calls.iter().any(|call| self.code.contains(call))
    }
}

fn evaluates(text: &str) -> bool {
    ["exec(", "eval(", "eval ", "(eval)", "compile(", "new Function("].iter().any(|call| text.contains(call))
        && !text.contains(".exec(")
}

/// What shows only in the text as a whole.
fn as_a_whole(code: &Code, evaluates: bool, parts: &mut Vec<Part>) {
    let fetches = code.has(FETCHES) || code.text.contains("://");
    if fetches && evaluates {
        parts.push(Part::Remote);
    }
    if evaluates && code.has(DECODES) || code.has(BY_NAME) {
        parts.push(Part::Hidden);
    }
    if code.has(ENVIRONMENTS) || code.code.trim_end().ends_with("process.env") {
        parts.push(Part::Environment);
    }
    if code.has(&["os.kill(1,", "os.kill(-1", "process.kill(1", "process.kill(-1"]) {
        parts.push(Part::Words(vec!["kill".to_owned(), "1".to_owned()]));
    }
    // `f = os.system`, `map(os.system, …)`, `from subprocess import run as r`: called where it cannot be seen.
    let is_called = |at: usize, name: &str| {
        let rest = &code.code[at + name.len()..];
        rest.starts_with(|next: char| next.is_alphanumeric() || next == '_') || rest.trim_start().starts_with('(')
    };
    let is_handed_on =
        BY_REFERENCE.iter().any(|name| code.code.match_indices(name).any(|(at, _)| !is_called(at, name)));
    let is_renamed = code.code.lines().map(str::trim_start).any(|line| {
        (line.starts_with("from os import") || line.starts_with("from subprocess import")) && line.contains(" as ")
    });
    if is_handed_on || is_renamed {
        parts.push(Part::Hidden);
    }
}

/// One call, by the name before its bracket; in Perl and Ruby the bracket may be missing.
fn call(code: &Code, at: usize, parts: &mut Vec<Part>) {
    let name = name_before(code.code, at);
    let is_call = code.code.as_bytes().get(at) == Some(&b'(');
    let bare = !is_call && matches!(name, "system" | "exec" | "qx" | "spawn");
    let bare_file = !is_call && (matches!(name, "unlink" | "rmtree" | "rename" | "open") || DELETES.contains(&name));
    if name.is_empty() || !is_call && !bare && !bare_file {
        return;
    }
    let exec = matches!(name, "exec" | "child_process.exec" | "cp.exec")
        || name == ".exec" && code.text.contains("child_process")
        || name.ends_with("exec") && name.contains("process");
    let arguments = code.text[at + 1..].trim_start();
    if is_one_of(STARTS, name) || bare || exec {
        let is_run = matches!(name.rsplit(['.', ':']).next(), Some("run" | "call"));
        started(arguments, is_run && !name.contains("subprocess"), parts);
    } else if is_one_of(DELETES, name) {
        // perl: `unlink glob "/x/*"`
        match literal(arguments.trim_start_matches("glob").trim_start_matches(['(', ' '])) {
            Some((path, _)) => parts.push(Part::Deletes(path)),
            // What was made to be thrown away: `d = tempfile.mkdtemp()`.
            None if code.has(&["mkdtemp", "TemporaryDirectory", "mkdtempSync", "NamedTemporaryFile", "mkstemp"]) => {}
            None if is_call => parts.push(Part::Hidden),
            None => {}
        }
    } else if MOVES.contains(&name) {
        moved(arguments, parts);
    } else if name == "open" && literal(arguments).is_none() {
        opened_by_perl(arguments, parts);
    } else if is_one_of(OPENS, name)
        && let Some((path, rest)) = literal(arguments)
    {
        opened(name, path, rest, parts);
    } else if is_one_of(SHOWS, name) {
        shown(arguments, parts);
    }
}

/// `system`, `os.system`, `File::unlink`.
fn is_one_of(calls: &[&str], name: &str) -> bool {
    calls
        .iter()
        .any(|call| name.strip_suffix(call).is_some_and(|before| before.is_empty() || before.ends_with(['.', ':'])))
}

/// A bare shell: it is spoken to by somebody else, and with a socket over the network.
fn bare_shells(code: &Code, parts: &mut Vec<Part>) {
    let is_bare = |part: &Part| match part {
        Part::Shell(command) => ["sh", "bash", "zsh", "dash"].contains(&bare_shell(command)),
        Part::Words(words) => words
            .first()
            .is_some_and(|first| ["sh", "bash", "zsh", "dash"].contains(&bare_shell(first)) && words.len() == 1),
        _ => false,
    };
    if parts.iter().any(is_bare) {
        let by_network = code.has(&["socket", "Socket", "connect"]);
        parts.push(if by_network { Part::Remote } else { Part::Hidden });
    }
}

/// Paths that matter, named anywhere in code that also writes or reads files: `Path(a) / ".env"` and its like.
fn named_paths(code: &Code, parts: &mut Vec<Part>) {
    use crate::paths::{Sort, sort};
    let text = code.text;
    let has = |calls: &[&str]| {
        code.has(calls) || calls.iter().any(|call| call.starts_with(['"', '\'']) && text.contains(call))
    };
    let writes = has(&[
        "write", ".unlink", "remove(", "rename(", "replace(", "rmtree", "truncate", ".dump(", "copy(", "symlink",
        "chmod",
    ]);
    let reads = has(&["open(", "read_text", "read_bytes", "readFile", "File.read", "slurp"]);
    for (at, _) in code.code.match_indices(['"', '\'']) {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<Part> {
        super::parts(text, Language::Python)
    }

    #[test]
    fn what_is_only_said_is_not_done() {
        for text in [
            "print('os.system(\"reboot\")')",
            "# os.system('reboot')",
            "x = 1  # os.system('reboot')",
            "\"\"\"os.system('reboot')\"\"\"",
            "t.replace(\"os.system('reboot')\", 'pass')",
        ] {
            assert_eq!(parts(text), [], "{text}");
        }
        assert_eq!(
            parts("exec(\"os.system('reboot')\")"),
            [Part::Shell("os.system('reboot')".into()), Part::Shell("reboot".into())]
        );
    }

    #[test]
    fn text_that_is_put_together_is_read_as_far_as_it_goes() {
        let shell = |text: &str| vec![Part::Shell(text.into())];
        assert_eq!(parts("os.system('reb' 'oot')"), shell("reboot"));
        assert_eq!(parts("os.system('reb' + 'oot')"), shell("reboot"));
        assert_eq!(parts("os.system('rm -rf ' + x)"), shell("rm -rf \0"));
        assert_eq!(parts("os.system(f'rm -rf {x}')"), shell("rm -rf \0"));
        assert_eq!(parts("os.system('rm -rf {}'.format(x))"), shell("rm -rf \0"));
        assert_eq!(parts("os.system('\\x72eboot')"), shell("reboot"));
        assert_eq!(parts("subprocess.run('git log'.split())"), [Part::Words(vec!["git".into(), "log".into()])]);
        assert_eq!(parts("os.system(' '.join(x))"), [Part::Hidden]);
        assert_eq!(parts("f = os.system"), [Part::Hidden]);
    }

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
