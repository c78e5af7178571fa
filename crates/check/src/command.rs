//! Commands of the shell, wherever they stand: scripts, Makefiles, Dockerfiles, tasks, workflows, units, crontabs.
//!
//! This is no shell: a line is taken apart at `;`, `&&`, `||` and `|`, quotes hold words together,
//! and what a variable holds is not known. Rules that need more than words stay silent.

use piton_config::read::{Document, Kind, Value};
use std::ops::Range;

/// The kinds of files that hold commands.
pub(crate) const COMMANDS: &[Kind] = &[
    Kind::Shell,
    Kind::Makefile,
    Kind::Dockerfile,
    Kind::Tasks,
    Kind::Playbook,
    Kind::Workflow,
    Kind::Unit,
    Kind::Crontab,
];

/// One command: its words without quotes, and where it stands.
#[derive(Clone, Debug)]
pub struct Command<'a> {
    pub(crate) words: Vec<&'a str>,
    pub(crate) range: Range<usize>,
    /// The whole line, for what stands around it.
    pub(crate) line: &'a str,
}

impl<'a> Command<'a> {
    /// The program, without its folder and without `sudo`.
    pub(crate) fn program(&self) -> &'a str {
        let Some(word) = self.words.first() else { return "" };
        // Two dozen rules ask for it of every command.
        word.bytes().rposition(|byte| byte == b'/').and_then(|slash| word.get(slash + 1..)).unwrap_or(word)
    }

    /// Where one of its words stands, which is a piece of the document's text.
    pub(crate) fn place_of(&self, document: &Document, word: &str) -> Option<Range<usize>> {
        let start = word.as_ptr().addr().checked_sub(document.text.as_ptr().addr())?;
        let range = start..start + word.len();
        (document.text.get(range.clone()) == Some(word)).then_some(range)
    }

    pub(crate) fn has(&self, word: &str) -> bool {
        self.words.contains(&word)
    }

    /// Whether the words follow each other.
    pub(crate) fn has_run(&self, run: &[&str]) -> bool {
        self.words.windows(run.len()).any(|words| words == run)
    }
}

/// Whether a file may hold commands, by its kind.
pub fn may_hold_commands(document: &Document) -> bool {
    COMMANDS.contains(&document.kind)
}

/// Every command of a file; none where its kind holds none.
pub fn commands(document: &Document) -> Vec<Command<'_>> {
    let mut found = Vec::new();
    if !may_hold_commands(document) {
        return found;
    }
    match document.kind {
        Kind::Shell => lines(document, 0..document.text.len(), &mut found),
        Kind::Makefile => {
            for (range, line) in document.lines().filter(|(_, line)| line.starts_with('\t')) {
                let body = line.trim_start_matches(['\t', '@', '-', '+', ' ']);
                split(body, range.end - body.len(), &mut found);
            }
        }
        Kind::Dockerfile => {
            for line in document.root().lines().filter(|line| line.word_text(0).eq_ignore_ascii_case("run")) {
                let range = line.range();
                let flags = |word: &Value| word.written().starts_with("--");
                let first = line.words().skip(1).find(|word| !flags(word));
                let mut start = first.map_or(range.end, |word| word.range().start);
                if first.is_some_and(|word| word.written().starts_with("<<")) {
                    // A here-document of commands: they begin on the next line.
                    let text = document.text.get(start..range.end).unwrap_or_default();
                    start = text.find('\n').map_or(range.end, |newline| start + newline + 1);
                }
                lines(document, start..range.end, &mut found);
            }
        }
        Kind::Unit => {
            for (_, value) in document
                .root()
                .entries()
                .into_iter()
                .flat_map(|(_, section)| section.entries())
                .filter(|(key, _)| key.text().is_some_and(|key| key.starts_with("Exec")))
            {
                let range = value.range();
                split(value.written(), range.start, &mut found);
            }
        }
        Kind::Crontab => {
            // Behind the times, the host's own tables name a user.
            let has_user = document.folder().split('/').any(|folder| folder == "cron.d");
            for (range, line) in document.lines().filter(|(_, line)| !line.trim_start().starts_with('#')) {
                let times = if line.trim_start().starts_with('@') { 1 } else { 5 };
                let fields = times + usize::from(has_user);
                let skipped: usize = line
                    .split_inclusive(char::is_whitespace)
                    .scan(0, |left, part| {
                        *left += usize::from(!part.trim().is_empty());
                        (*left <= fields).then_some(part.len())
                    })
                    .sum();
                split(&line[skipped.min(line.len())..], range.start + skipped, &mut found);
            }
        }
        _ => {
            for value in document
                .maps()
                .flat_map(Value::entries)
                .filter(|(key, _)| is_command_key(document.kind, *key))
                .map(|(_, value)| value)
            {
                for value in value.get("cmd").map_or_else(|| value.one_or_many(), Value::one_or_many) {
                    if value.text().is_some() {
                        lines(document, value.range(), &mut found);
                    }
                }
            }
        }
    }
    found
}

fn is_command_key(kind: Kind, key: Value) -> bool {
    let name = key.text().unwrap_or_default();
    match kind {
        Kind::Workflow => name == "run",
        _ => matches!(name.trim_start_matches("ansible.builtin."), "shell" | "command" | "raw" | "cmd"),
    }
}

/// Splits a range of the text into lines, those that go on taken together.
fn lines<'a>(document: &'a Document, range: Range<usize>, found: &mut Vec<Command<'a>>) {
    let Some(text) = document.text.get(range.clone()) else { return };
    let mut start = range.start;
    let mut until: Option<&str> = None;
    let mut pending: Option<usize> = None;
    for whole in text.split_inclusive('\n') {
        let line = whole.trim_end();
        if let Some(end) = until {
            if line.trim() == end {
                until = None;
            }
        } else if line.ends_with('\\') {
            pending = pending.or(Some(start));
        } else {
            let from = pending.take().unwrap_or(start);
            let logical = document.text.get(from..start + line.len()).unwrap_or_default();
            if !logical.trim_start().starts_with('#') {
                split(logical, from, found);
            }
            until = here_document(line);
        }
        start += whole.len();
    }
}

/// The word that ends a here-document: what stands in it is text, not commands.
fn here_document(line: &str) -> Option<&str> {
    // Most lines have none, which is seen before a search is begun.
    let (_, rest) = line.as_bytes().contains(&b'<').then(|| line.split_once("<<"))??;
    let rest = rest.trim_start_matches(['-', ' ']).trim_start_matches(['\'', '"', '\\']);
    let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(rest.len());
    (end > 0 && !rest.starts_with('<')).then(|| &rest[..end])
}

/// Takes a line apart into commands.
fn split<'a>(line: &'a str, offset: usize, found: &mut Vec<Command<'a>>) {
    let bytes = line.as_bytes();
    let mut words: Vec<&'a str> = Vec::new();
    let (mut start, mut at) = (0, 0);
    let mut first = 0;
    let mut finish = |words: &mut Vec<&'a str>, first: usize, end: usize| {
        let skip = words.iter().take_while(|word| is_prefix(word)).count();
        // Exactly as large as needed: a script of one-letter lines has very many of these.
        let own = words.get(skip..).unwrap_or_default().to_vec();
        words.clear();
        if !own.is_empty() {
            found.push(Command { words: own, range: offset + first..offset + end, line });
        }
    };
    while at <= bytes.len() {
        let byte = bytes.get(at).copied().unwrap_or(b'\n');
        match byte {
            b'"' | b'\'' => {
                let close = line[at + 1..].find(char::from(byte)).map_or(bytes.len(), |end| at + 1 + end);
                at = close + 1;
                continue;
            }
            // A line that goes on: the break is a blank.
            b'\\' if matches!(bytes.get(at + 1), Some(b'\n' | b'\r')) => {
                if at > start {
                    if words.is_empty() {
                        first = start;
                    }
                    words.push(bare(&line[start..at]));
                }
                at += if bytes[at + 1] == b'\r' { 3 } else { 2 };
                start = at;
                continue;
            }
            b'\\' => at += 1,
            b'#' if at == start => {
                finish(&mut words, first, at);
                return;
            }
            b' ' | b'\t' | b'\n' | b'\r' | b';' | b'|' | b'&' | b'(' | b')' => {
                if at > start {
                    if words.is_empty() {
                        first = start;
                    }
                    words.push(bare(&line[start..at.min(line.len())]));
                }
                // `2>&1` is one word's matter.
                let redirect = byte == b'&' && at > 0 && bytes[at - 1] == b'>';
                if !matches!(byte, b' ' | b'\t') && !redirect {
                    finish(&mut words, first, at.min(line.len()));
                }
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    if start < line.len() && at > start {
        words.push(bare(&line[start..]));
    }
    finish(&mut words, first, line.len());
}

/// A word without quotation marks around it, which few have.
fn bare(word: &str) -> &str {
    let is_quote = |byte: Option<&u8>| matches!(byte, Some(b'"' | b'\''));
    let bytes = word.as_bytes();
    if is_quote(bytes.first()) || is_quote(bytes.last()) { word.trim_matches(['"', '\'']) } else { word }
}

/// Words in front of a command that do not change what it is.
fn is_prefix(word: &str) -> bool {
    let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    match word {
        "sudo" | "-E" | "-n" | "if" | "then" | "else" | "do" | "while" | "until" | "!" | "exec" | "time" | "nohup"
        | "{" | "|-" | ">-" | "$" | "\\" => true,
        _ => word.bytes().position(|byte| byte == b'=').is_some_and(|end| end > 0 && is_name(&word[..end])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use piton_config::read::read;

    fn words(kind: Kind, text: &str) -> Vec<String> {
        let document = read("x", text.as_bytes(), Some(kind));
        commands(&document).iter().map(|command| command.words.join(" ")).collect()
    }

    #[test]
    fn a_line_is_taken_apart() {
        let text = "set -e\nFOO=1 sudo iptables -F && echo 'a; b' | tee x # no\ncat <<EOF\nrm -rf /\nEOF\ncurl -k \\\n  https://x\n";
        assert_eq!(
            words(Kind::Shell, text),
            ["set -e", "iptables -F", "echo a; b", "tee x", "cat <<EOF", "curl -k https://x"]
        );
    }

    #[test]
    fn commands_are_found_where_they_stand() {
        assert_eq!(
            words(Kind::Dockerfile, "FROM x\nRUN apt-get update \\\n && apt-get install -y curl\n"),
            ["apt-get update", "apt-get install -y curl"]
        );
        assert_eq!(
            words(Kind::Dockerfile, "FROM x\nRUN --mount=type=cache,target=/a <<EOF\napt-get update\nls\nEOF\n"),
            ["apt-get update", "ls"]
        );
        assert_eq!(words(Kind::Makefile, "all:\n\t@yamllint .\n"), ["yamllint ."]);
        assert_eq!(
            words(Kind::Crontab, "0 3 * * * root /usr/bin/backup x\n@daily me\n"),
            ["root /usr/bin/backup x", "me"]
        );
        assert_eq!(
            words(Kind::Tasks, "- name: x\n  shell: |\n    systemctl restart sshd\n    ls\n"),
            ["systemctl restart sshd", "ls"]
        );
        assert_eq!(words(Kind::Unit, "[Service]\nExecStart=/usr/bin/x -a\n"), ["/usr/bin/x -a"]);
    }
}
