//! Takes secrets out of a text before anybody is shown it: the one place for the log, reasons, answers and lists.
//!
//! By what stands before a value (`--password`, `TOKEN=`, `Authorization:`, `mysql -p`) and by what a value looks like
//! (`sk-…`, `ghp_…`); `redact/positions.rs` has the lists. Quotes are followed, so that a value ends where a shell ends
//! it and the quote around it stays: what is shown is the command that ran, with a word less. Rather one word too many
//! than one too few: the log is for what was done, not for the words. What no list names is not hidden.

mod positions;

use positions::{FROM_STDIN, SCHEMES, STARTS, is_secret_name};
use std::ops::Range;

const HIDDEN: &str = "[secret]";

/// Deeper quotes are taken for letters.
const DEEPEST: usize = 8;

/// More programs of one command are not told apart.
const MOST_PROGRAMS: usize = 8;

/// Longer commands in the place of a value are not looked into.
const LONGEST_COMMAND: usize = 4096;

/// Shorter values are only hidden where they stand, and not where else their letters do.
const SHORTEST: usize = 4;

/// Gives the text with its secrets hidden.
pub fn redact(text: &str) -> String {
    shown(text, &found(text))
}

/// The secrets of a command, to hide them also in what is said about it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Secrets {
    values: Vec<String>,
}

impl Secrets {
    pub(crate) fn of(command: &str) -> Secrets {
        let mut values: Vec<String> = Vec::new();
        for span in found(command) {
            let value = command[span].replace(['\'', '"', '\\'], "");
            if value.len() >= SHORTEST && !values.contains(&value) && values.len() < 64 {
                values.push(value);
            }
        }
        // A value that is a part of another comes after it.
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        Secrets { values }
    }

    /// Words of the command, without them and without what else is a secret in it.
    pub(crate) fn hide(&self, words: &str) -> String {
        self.without(redact(words))
    }

    /// A sentence about the command. Its own words (`reads a secret: …`) are not looked at.
    pub(crate) fn without(&self, text: String) -> String {
        self.values.iter().fold(text, |text, value| text.replace(value.as_str(), HIDDEN))
    }
}

fn shown(text: &str, spans: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        out.push_str(&text[at..span.start]);
        out.push_str(HIDDEN);
        at = span.end;
    }
    out.push_str(&text[at..]);
    out
}

fn found(text: &str) -> Vec<Range<usize>> {
    let mut scan = Scan {
        text,
        at: 0,
        quotes: Vec::new(),
        programs: Vec::new(),
        before: "",
        waits: Waits::default(),
        piped: FROM_STDIN.iter().filter_map(|marker| text.rfind(marker)).max().unwrap_or(0),
        is_password_list: text.contains("chpasswd"),
        spans: Vec::new(),
    };
    while scan.at < text.len() {
        scan.step();
    }
    scan.spans
}

/// Words that come before a secret, and how many secrets there are.
#[derive(Clone, Copy, Debug, Default)]
struct Waits {
    skips: usize,
    hides: usize,
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
    /// The quotes that are open, each as it is written: `'`, `"`, `\"`.
    quotes: Vec<&'a str>,
    /// What this command has of programs that take secrets: `sshpass … mysql …` is both.
    programs: Vec<&'static str>,
    /// The word before this one.
    before: &'a str,
    waits: Waits,
    /// Up to here what is printed may be piped into something that reads a password.
    piped: usize,
    is_password_list: bool,
    spans: Vec<Range<usize>>,
}

impl<'a> Scan<'a> {
    /// Looks at what begins here: a blank, a quote, an operator, or a word.
    fn step(&mut self) {
        let rest = &self.text[self.at..];
        let Some(first) = rest.chars().next() else { return };
        if first.is_whitespace() {
            if first == '\n' {
                self.command_ends();
            }
            self.at += first.len_utf8();
            return;
        }
        if self.waits.hides > 0 && self.waits.skips == 0 && !rest.starts_with("--") && !";|&()".contains(first) {
            let end = self.value_end(self.at);
            // A quote that closes here is none of its own: what waits stands behind it.
            if end > self.at {
                self.waits.hides -= 1;
                self.hide(self.at, end);
                return;
            }
        }
        if let Some(quote) = quote_at(rest) {
            self.turn(quote);
            self.at += quote.len();
            return;
        }
        if ";|&()".contains(first) {
            self.command_ends();
            self.at += 1;
            return;
        }
        if first == '<' && rest.starts_with("<<<") && self.is_password_list {
            self.waits = Waits { skips: 0, hides: 1 };
        }
        if "<>{}[],".contains(first) {
            self.at += 1;
            return;
        }
        self.word();
    }

    fn command_ends(&mut self) {
        self.programs.clear();
        self.before = "";
        self.waits = Waits::default();
    }

    /// Opens or closes a quote.
    fn turn(&mut self, quote: &'a str) {
        let bare = &quote[quote.len() - 1..];
        let closes = self.quotes.iter().rposition(|open| *open == quote || *open == "'" && bare == "'");
        match closes {
            Some(at) => self.quotes.truncate(at),
            // `\'` outside of quotes is a letter.
            None if self.quotes.is_empty() && quote.len() > 1 => {}
            None if self.quotes.len() < DEEPEST => self.quotes.push(quote),
            None => {}
        }
    }

    /// A word, up to a blank, a quote or an operator.
    fn word(&mut self) {
        let start = self.at;
        let rest = &self.text[start..];
        let ends = |letter: char| letter.is_whitespace() || "'\"`;|&()<>{}[],".contains(letter);
        let end = start + rest.find(ends).unwrap_or(rest.len()).max(rest.chars().next().map_or(1, char::len_utf8));
        // The backslash before a quote is the quote's.
        let behind = self.text[end..].starts_with(['\'', '"']);
        let bare = self.text[start..end].trim_end_matches('\\').len();
        let end = if behind && bare > 0 { start + bare } else { end };
        let word = &self.text[start..end];
        let before = std::mem::replace(&mut self.before, word);
        if self.waits.hides > 0 && !word.starts_with('-') {
            self.waits.skips = self.waits.skips.saturating_sub(1);
        }
        if let Some(verb) = self.programs.iter().find_map(|program| positions::verb(program, word)) {
            self.waits = Waits { skips: verb.skips, hides: verb.hides };
        }
        let is_glued = !self.text[end..].chars().next().is_none_or(char::is_whitespace);
        let length = self.programs.iter().find_map(|program| positions::option_value(program, word, is_glued));
        if let Some(length) = length {
            let value = start + length;
            if self.text[value..].chars().next().is_none_or(char::is_whitespace) {
                self.waits = Waits { skips: 0, hides: 1 };
                self.at = value;
            } else {
                let end = self.value_end(value);
                self.hide(value, end);
            }
            return;
        }
        let is_spaced = self.text[end..].starts_with(char::is_whitespace);
        if word.starts_with("--") && is_spaced && !word.contains('=') && self.takes_a_secret(word) {
            self.waits = Waits { skips: 0, hides: 1 };
        }
        if self.keyword(word, end) {
            self.at = end;
            return;
        }
        if self.programs.len() < MOST_PROGRAMS {
            self.programs.extend(positions::program(word, &self.programs));
        }
        self.parts(start, end, before);
    }

    fn takes_a_secret(&self, name: &str) -> bool {
        is_secret_name(name) || self.programs.iter().any(|program| positions::is_secret_option(program, name))
    }

    /// Words behind which a secret stands in any language.
    fn keyword(&mut self, word: &str, end: usize) -> bool {
        let next = self.text[end..].trim_start();
        let is_apart = next.len() < self.text.len() - end;
        if !is_apart {
            return false;
        }
        let lower = word.to_ascii_lowercase();
        let is_piped = matches!(lower.as_str(), "echo" | "printf") && end < self.piped;
        let is_value = match lower.as_str() {
            "bearer" | "requirepass" | "masterauth" | "_authtoken" => true,
            "by" => next.starts_with(['\'', '"', '\\']),
            "password" | "passphrase" | "encrypted" => next.starts_with(['\'', '"', '\\']) && !next.starts_with("\\n"),
            _ if is_piped => self.pipes_into_a_reader(end),
            // `aws configure set aws_secret_access_key X`
            _ => self.programs.contains(&"aws") && !word.contains('=') && is_secret_name(word),
        };
        if is_value {
            self.waits = Waits { skips: 0, hides: 1 };
            // `printf '%s\n' x`, `echo -n x`
            let first = next.split_whitespace().next().unwrap_or_default();
            self.waits.hides += usize::from(is_piped && (first.contains('%') || first.starts_with('-')));
        }
        is_value
    }

    /// Whether what is printed here goes through a pipe of this line into something that reads a password.
    fn pipes_into_a_reader(&self, from: usize) -> bool {
        let mut end = self.text.len().min(from + 2000);
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let line = self.text[from..end].lines().next().unwrap_or_default();
        line.split_once('|').is_some_and(|(_, behind)| FROM_STDIN.iter().any(|marker| behind.contains(marker)))
    }

    /// The names, values and addresses that a word is made of.
    fn parts(&mut self, start: usize, end: usize, before: &str) {
        let mut at = start;
        while at < end {
            let rest = &self.text[at..end];
            let length = rest.find(|letter: char| !is_of_name(letter)).unwrap_or(rest.len());
            if length == 0 {
                at += rest.chars().next().map_or(1, char::len_utf8);
                continue;
            }
            let name = &rest[..length];
            if self.address(at + length, end) || self.named(at, name, before) || self.looks_like_one(at, end) {
                return;
            }
            at += length;
        }
        self.at = end;
    }

    /// `https://user:password@host`
    fn address(&mut self, at: usize, end: usize) -> bool {
        let Some(rest) = self.text[at..end].strip_prefix("://") else { return false };
        // What a query says is looked at as names and values.
        let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
        // An unencoded `/` or `?` in a password, as some programs take it.
        let authority = if authority.contains('@') { authority } else { rest };
        let Some(host) = authority.rfind('@') else { return false };
        let user = &authority[..host];
        let start = match user.find(':') {
            Some(colon) if !user.starts_with('/') && (authority.len() < rest.len() || !user.contains(['?', '='])) => {
                colon + 1
            }
            None if host >= 20 => 0,
            _ => return false,
        };
        if is_variable(&user[start..]) {
            return false;
        }
        self.hide(at + 3 + start, at + 3 + host);
        true
    }

    /// `TOKEN=x`, `"password": "x"`, `X-Api-Key: x`: hides the value of a secret name.
    fn named(&mut self, at: usize, name: &str, before: &str) -> bool {
        let behind = &self.text[at + name.len()..];
        let quote = quote_at(behind).filter(|quote| self.quotes.last() == Some(quote));
        let behind = &behind[quote.map_or(0, str::len)..];
        let sign = behind.trim_start_matches([' ', '\t']);
        let Some(mark @ (':' | '=')) = sign.chars().next() else { return false };
        let is_list = self.is_password_list && mark == ':' && quote.is_none();
        if !(self.takes_a_secret(name) || is_list) || sign.starts_with("://") || sign.starts_with("::") {
            return false;
        }
        let value = sign[1..].trim_start_matches(['=', '>']);
        // `NAME= command` sets nothing.
        let is_spaced = mark == ':' || sign.len() < behind.len();
        let value = if is_spaced { value.trim_start_matches([' ', '\t']) } else { value };
        let mut start = self.text.len() - value.len();
        if value.is_empty() || value.starts_with(char::is_whitespace) {
            return false;
        }
        if let Some(quote) = quote {
            self.turn(quote);
        }
        if self.text[..at].ends_with("${") {
            // `${TOKEN:-x}`
            let value = value.trim_start_matches(['-', '=', '+', '?']);
            let start = self.text.len() - value.len();
            self.hide(start, start + value.find('}').unwrap_or(value.len()));
            return true;
        }
        let lower = name.trim_start_matches('-').to_ascii_lowercase();
        let is_header = lower.ends_with("authorization") || lower.ends_with("cookie");
        if lower.ends_with("authorization")
            && let Some((scheme, _)) = value.split_once(' ')
            && SCHEMES.contains(&scheme.to_ascii_lowercase().as_str())
        {
            start += scheme.len() + 1;
        }
        let quoted = self.text[..at].ends_with(['\'', '"']) && quote.is_none();
        let takes_a_pair = before.starts_with('-') && !before.ends_with('c')
            || matches!(before, "export" | "env" | "declare" | "echo" | "printf" | "set");
        let is_whole = quoted && (mark == ':' || takes_a_pair || name.starts_with("--")) || is_header;
        let end = if is_whole { self.quote_end(start) } else { self.value_end(start) };
        self.hide(start, end);
        true
    }

    /// A word that is a secret by how it looks.
    fn looks_like_one(&mut self, at: usize, end: usize) -> bool {
        let rest = &self.text[at..end];
        let length = rest.find(|letter: char| !is_of_name(letter) && !"+/=~".contains(letter)).unwrap_or(rest.len());
        let value = &rest[..length];
        let letters = value.bytes().filter(u8::is_ascii_alphanumeric).count();
        let begins = STARTS.iter().any(|start| value.starts_with(start)) && letters >= 12;
        let is_short = value.starts_with("s.") && value.len() < 20;
        let stands_alone = !self.text[..at].ends_with(['/', '.', '-', '+', '~']);
        // The key block of a file, or a line of random letters.
        let random = length >= 40
            && stands_alone
            && !value.contains(['.', '~'])
            && value.bytes().any(|byte| byte.is_ascii_digit())
            && value.bytes().any(|byte| byte.is_ascii_uppercase())
            && value.bytes().any(|byte| byte.is_ascii_lowercase());
        if begins && !is_short || random {
            self.hide(at, at + length);
            return true;
        }
        false
    }

    /// Hides a value without the quotes around it, unless it is a variable, and goes on behind it.
    fn hide(&mut self, start: usize, end: usize) {
        let value = &self.text[start..end];
        let open =
            value.strip_prefix('$').and_then(quote_at).map(|quote| quote.len() + 1).or(quote_at(value).map(str::len));
        let closed = open.filter(|open| {
            let quote = &value[open - 1..*open];
            value.len() > *open && value.ends_with(quote) && value.matches(quote).count() == 2
        });
        let (from, to) = match (open, closed) {
            (Some(open), Some(_)) => {
                let quote = value[..open].trim_start_matches('$');
                (start + open, end - quote.len().min(value.len() - open))
            }
            _ => (start, end),
        };
        let inner = &self.text[from..to.max(from)];
        let is_variable = is_variable(inner);
        if !inner.is_empty() && !is_variable {
            self.spans.push(from..to);
        }
        // What `$(…)` runs may have secrets of its own.
        let is_command = is_variable && inner.contains('(') && inner.len() < LONGEST_COMMAND;
        self.at = if is_command { start } else { end }.max(self.at + 1);
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
    }

    /// Behind the value that begins here, as a shell ends a word.
    fn value_end(&self, start: usize) -> usize {
        let text = self.text;
        let mut at = start;
        while at < text.len() {
            let rest = &text[at..];
            if let Some(quote) = quote_at(rest) {
                let is_escaped = quote.len() > 1 && self.quotes.is_empty();
                if self.quotes.contains(&quote) || self.quotes.last() == Some(&"'") && quote.ends_with('\'') {
                    return at;
                }
                let inside = at + quote.len();
                at = match text[inside..].find(quote) {
                    _ if is_escaped => inside,
                    Some(length) => inside + length + quote.len(),
                    None => text.len(),
                };
                if !self.quotes.is_empty() {
                    return at;
                }
                continue;
            }
            let Some(letter) = rest.chars().next() else { break };
            let is_called = letter == '(' && text[start..at].ends_with('$');
            if letter.is_whitespace() || ";|&()<>".contains(letter) && !is_called {
                return at;
            }
            if is_called {
                // `$(…)` is text of a shell again, and no value.
                at = text[at..].find(')').map_or(text.len(), |length| at + length + 1);
                continue;
            }
            let next = rest.chars().nth(1).map_or(0, char::len_utf8);
            at += if letter == '\\' { 1 + next } else { letter.len_utf8() };
        }
        text.len().min(at)
    }

    /// Where the quote ends that this stands in; the word, where it stands in none.
    fn quote_end(&self, start: usize) -> usize {
        let Some(open) = self.quotes.last() else { return self.value_end(start) };
        self.text[start..].find(open).map_or(self.text.len(), |length| start + length)
    }
}

/// A quote with the backslashes before it.
fn quote_at(text: &str) -> Option<&str> {
    let letters = text.trim_start_matches('\\');
    let slashes = text.len() - letters.len();
    (slashes <= 7 && letters.starts_with(['\'', '"'])).then(|| &text[..=slashes])
}

fn is_of_name(letter: char) -> bool {
    letter.is_alphanumeric() || "_-.".contains(letter)
}

/// `$NAME`, `${NAME}` and `$(…)` hold no secret that could be read here.
fn is_variable(value: &str) -> bool {
    let Some(name) = value.trim_matches(['"', '\'', '\\']).strip_prefix('$') else { return false };
    let name = name.strip_prefix('{').and_then(|name| name.strip_suffix('}')).unwrap_or(name);
    name.starts_with('(') && name.ends_with(')')
        || !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

#[cfg(test)]
mod tests;
