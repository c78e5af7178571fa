//! Words as the shell would make them: variables, substitutions, quotes, braces, home.

use super::Walker;
use super::data::Data;
use crate::read::syntax::{Piece, Script, Word};
use crate::read::{HOLE, MARKS};

/// How many words one word may become.
const MOST_WORDS: usize = 256;

/// The script of a word that is nothing but `<( … )` or `>( … )`.
pub(super) fn process(word: &Word, writing: bool) -> Option<&Script> {
    match word.pieces.as_slice() {
        [Piece::Process { script, writes }] if *writes == writing => Some(script),
        _ => None,
    }
}

impl Walker<'_> {
    /// What `<( … )` writes, when a word is that.
    pub(super) fn process_output(&mut self, word: &Word) -> Option<Data> {
        let script = process(word, false)?.clone();
        Some(self.apart(|inner| inner.script(&script, &Data::default())))
    }

    /// Expands a word to none, one or several.
    pub(super) fn expand(&mut self, word: &Word) -> Vec<String> {
        if unquoted(word).next().is_none() {
            return self.split(word);
        }
        let mut words = Vec::new();
        for word in braces(word) {
            words.extend(self.split(&word));
            if words.len() > MOST_WORDS {
                words.push(HOLE.to_string());
                break;
            }
        }
        words
    }

    /// Expands a word to text that is not split, as in an assignment or a redirect.
    pub(super) fn as_text(&mut self, word: &Word) -> Data {
        let mut out = Data::default();
        for (index, piece) in word.pieces.iter().enumerate() {
            let value = self.piece(piece, index == 0);
            out.append(&value);
        }
        out
    }

    /// Expands one word, and splits what unquoted variables hold.
    fn split(&mut self, word: &Word) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        let mut open: Option<String> = None;
        for (index, piece) in word.pieces.iter().enumerate() {
            if let Piece::Variable { name, .. } = piece
                && name == "@"
                && let Some(arguments) = self.arguments.clone()
            {
                // `"$@"`: each argument stays one word.
                for (number, argument) in arguments.iter().enumerate() {
                    if number > 0 {
                        words.push(open.take().unwrap_or_default());
                    }
                    open.get_or_insert_default().push_str(argument);
                }
                continue;
            }
            let value = self.piece(piece, index == 0).text;
            let splits = matches!(piece, Piece::Variable { quoted: false, .. } | Piece::Output { quoted: false, .. });
            if !splits {
                open.get_or_insert_default().push_str(&value);
                continue;
            }
            let own = self.separators();
            let value = if own.is_empty() { value } else { value.replace(|letter| own.contains(letter), " ") };
            if value.starts_with(char::is_whitespace) {
                words.extend(open.take());
            }
            let mut parts = value.split_whitespace().take(MOST_WORDS).peekable();
            while let Some(part) = parts.next() {
                open.get_or_insert_default().push_str(part);
                if parts.peek().is_some() {
                    words.extend(open.take());
                }
            }
            if value.ends_with(char::is_whitespace) {
                words.extend(open.take());
            }
        }
        words.extend(open);
        words
    }

    /// What else than white space splits words: `IFS=_`.
    fn separators(&self) -> String {
        let own = self.variables.get("IFS").map(|own| own.text.as_str()).unwrap_or_default();
        own.chars().filter(|letter| !letter.is_whitespace() && !MARKS.contains(letter)).collect()
    }

    fn piece(&mut self, piece: &Piece, is_first: bool) -> Data {
        match piece {
            Piece::Text { text, quoted: false } if is_first && text.starts_with('~') => Data::known(tilde(text)),
            Piece::Text { text, .. } => Data::known(text.as_str()),
            Piece::Variable { name, operator, operand, .. } => self.variable(name, operator, operand.as_ref()),
            Piece::Output { script, .. } => {
                self.captured += 1;
                // What is set there holds there.
                self.perhaps += 1;
                let mut out = self.apart(|inner| {
                    inner.deeper(|inner| inner.script(script, &Data::default())).unwrap_or_else(Data::unknown)
                });
                self.perhaps -= 1;
                self.captured -= 1;
                let trimmed = out.text.trim_end_matches('\n').len();
                out.text.truncate(trimmed);
                out
            }
            Piece::Process { script, writes } => {
                // What is written to it is not followed.
                let stdin = if *writes { Data::unknown() } else { Data::default() };
                self.last_process = self.apart(|inner| inner.script(script, &stdin));
                Data::known("/dev/fd/63")
            }
            Piece::Arithmetic { inner } => {
                let sum = self.as_text(inner).text;
                // A variable in a sum is a sum itself, with what stands in its brackets.
                for name in sum.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')) {
                    if let Some(value) = self.variables.get(name).map(|value| value.text.clone()) {
                        self.run_when_expanded(&value);
                    }
                }
                Data::known(add_up(&sum).map_or(HOLE.to_string(), |sum| sum.to_string()))
            }
        }
    }

    fn variable(&mut self, name: &str, operator: &str, operand: Option<&Word>) -> Data {
        let operand = operand.map(|operand| self.as_text(operand));
        let value = self.value(name);
        if operator.starts_with('@')
            && let Some(value) = &value
        {
            // `${x@P}` is expanded like a prompt.
            self.run_when_expanded(&value.text.clone());
        }
        match (operator, operand) {
            ("", _) => value.unwrap_or_else(Data::unknown),
            (":-" | "-" | ":=" | "=", operand) => {
                let default = operand.unwrap_or_default();
                let value = value.filter(|value| !value.text.is_empty()).unwrap_or(default);
                if operator.ends_with('=') {
                    self.variables.insert(name.to_owned(), value.clone());
                }
                value
            }
            (":+" | "+", operand) => match value {
                Some(value) if value.text.is_empty() => Data::default(),
                _ => operand.unwrap_or_default(),
            },
            (":?" | "?", _) => value.unwrap_or_else(Data::unknown),
            // Lower and upper case are easily followed; the rest is not.
            ("," | ",,", None) => value.map_or_else(Data::unknown, |value| Data::known(value.text.to_lowercase())),
            ("^^", None) => value.map_or_else(Data::unknown, |value| Data::known(value.text.to_uppercase())),
            _ => Data::unknown(),
        }
    }

    /// The value of a variable; nothing when this text did not set it.
    fn value(&mut self, name: &str) -> Option<Data> {
        if let Some(value) = self.variables.get(name) {
            return Some(value.clone());
        }
        let arguments = self.arguments.as_deref();
        if let Ok(number) = name.parse::<usize>() {
            return match (number, arguments) {
                (0, _) => None,
                (_, Some(arguments)) => Some(Data::known(arguments.get(number - 1).cloned().unwrap_or_default())),
                (_, None) => None,
            };
        }
        match name {
            "HOME" => Some(Data::known("~")),
            "PWD" if self.place.is_here() => self.folder.clone().map(Data::known),
            "*" | "@" => arguments.map(|arguments| Data::known(arguments.join(" "))),
            "#" => arguments.map(|arguments| Data::known(arguments.len().to_string())),
            "IFS" => Some(Data::known(" ")),
            "TMPDIR" => Some(Data::known("/tmp")),
            _ => None,
        }
    }
}

/// `~/x` stays as it is; `~root/x` and `~+` are folders of their own.
fn tilde(text: &str) -> String {
    let (user, rest) = text.split_once('/').map_or((text, None), |(user, rest)| (user, Some(rest)));
    let folder = match user {
        "~" => "~".to_owned(),
        "~root" => "/root".to_owned(),
        "~+" | "~-" => HOLE.to_string(),
        other => format!("/home/{}", &other[1..]),
    };
    rest.map_or(folder.clone(), |rest| format!("{folder}/{rest}"))
}

/// Adds up what is only digits and `+`, which is as far as this needs to go.
fn add_up(sum: &str) -> Option<u64> {
    sum.split('+').map(|part| part.trim().parse::<u64>().ok()).try_fold(0u64, |sum, part| sum.checked_add(part?))
}

/// `a{b,c}d` as `abd acd`. Only unquoted text has such brackets.
fn braces(word: &Word) -> Vec<Word> {
    let mut done = Vec::new();
    let mut open = vec![word.clone()];
    while let Some(word) = open.pop() {
        if done.len() + open.len() > MOST_WORDS {
            return vec![Word::text(&HOLE.to_string())];
        }
        match one_brace(&word) {
            Some(alternatives) => open.extend(alternatives.into_iter().rev()),
            None => done.push(word),
        }
    }
    done
}

/// The alternatives of the first brace of a word, each with the rest around it.
fn one_brace(word: &Word) -> Option<Vec<Word>> {
    // A brace may hold quoted text and variables, so it is looked for over all pieces.
    let mut start = None;
    let mut depth = 0usize;
    let mut cuts = Vec::new();
    for (piece, at) in unquoted(word) {
        let letter = text_of(&word.pieces[piece]).as_bytes()[at];
        match (letter, start) {
            (b'{', None) => start = Some((piece, at)),
            (b'{', Some(_)) => depth += 1,
            (b'}', Some(_)) if depth > 0 => depth -= 1,
            (b'}', Some(_)) if cuts.is_empty() => {
                let from = start.take()?;
                if let Some(range) = range(word, from, (piece, at)) {
                    return Some(range);
                }
            }
            (b'}', Some(from)) => {
                let before = cut(word, (0, 0), from);
                let after = cut(word, (piece, at + 1), (word.pieces.len(), 0));
                let mut edges = vec![from];
                edges.append(&mut cuts);
                edges.push((piece, at));
                let alternatives = edges.windows(2).map(|edge| {
                    let middle = cut(word, (edge[0].0, edge[0].1 + 1), edge[1]);
                    Word { pieces: [before.clone(), middle, after.clone()].concat() }
                });
                return Some(alternatives.collect());
            }
            (b',', Some(_)) if depth == 0 => cuts.push((piece, at)),
            _ => {}
        }
    }
    None
}

/// `{1..5}`, `{a..e}`: each of them, or a hole where they are many.
fn range(word: &Word, from: (usize, usize), to: (usize, usize)) -> Option<Vec<Word>> {
    let inner = cut(word, (from.0, from.1 + 1), to);
    let text: String = inner.iter().map(text_of).collect();
    let (first, rest) = text.split_once("..")?;
    let last = rest.split("..").next().unwrap_or_default();
    let values = between(first, last).unwrap_or_else(|| vec![HOLE.to_string()]);
    let after = cut(word, (to.0, to.1 + 1), (word.pieces.len(), 0));
    let before = cut(word, (0, 0), from);
    let one = |text: String| Word {
        pieces: [before.clone(), vec![Piece::Text { text, quoted: false }], after.clone()].concat(),
    };
    Some(values.into_iter().map(one).collect())
}

fn between(first: &str, last: &str) -> Option<Vec<String>> {
    const MOST: u32 = 64;
    let numbers = first.parse::<u32>().ok().zip(last.parse::<u32>().ok());
    let (start, end) = numbers.or_else(|| {
        let letter = |text: &str| {
            text.chars().next().filter(|letter| letter.is_ascii_alphabetic() && text.len() == 1).map(u32::from)
        };
        letter(first).zip(letter(last))
    })?;
    let (start, end) = (start.min(end), start.max(end));
    let shown = |number: u32| match numbers {
        Some(_) => Some(number.to_string()),
        None => char::from_u32(number).map(String::from),
    };
    if end - start >= MOST { None } else { (start..=end).map(shown).collect() }
}

fn text_of(piece: &Piece) -> &str {
    match piece {
        Piece::Text { text, .. } => text,
        _ => "",
    }
}

/// The places of all unquoted bytes that could make a brace.
fn unquoted(word: &Word) -> impl Iterator<Item = (usize, usize)> + '_ {
    word.pieces.iter().enumerate().flat_map(|(number, piece)| {
        let text = match piece {
            Piece::Text { text, quoted: false } => text.as_str(),
            _ => "",
        };
        text.bytes().enumerate().filter(|(_, byte)| b"{},".contains(byte)).map(move |(at, _)| (number, at))
    })
}

/// The pieces between two places.
fn cut(word: &Word, from: (usize, usize), to: (usize, usize)) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (number, piece) in word.pieces.iter().enumerate() {
        if number < from.0 || number > to.0 {
            continue;
        }
        match piece {
            Piece::Text { text, quoted } => {
                let start = if number == from.0 { from.1 } else { 0 };
                let end = if number == to.0 { to.1 } else { text.len() };
                if let Some(part) = text.get(start..end)
                    && !part.is_empty()
                {
                    pieces.push(Piece::Text { text: part.to_owned(), quoted: *quoted });
                }
            }
            other if number < to.0 => pieces.push(other.clone()),
            _ => {}
        }
    }
    pieces
}
