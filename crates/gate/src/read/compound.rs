//! Statements: pipelines, groups, loops, branches, functions, redirects.

use super::syntax::{Assignment, Body, Command, Piece, Redirect, RedirectKind, Script, Statement, Word};
use super::{Pending, Read, Reader};
use std::rc::Rc;

/// Words that end a list of statements when they begin one.
const CLOSING: [&str; 8] = ["then", "do", "done", "fi", "elif", "else", "esac", "}"];

impl Reader<'_> {
    /// Reads statements up to something that closes: a bracket, a word, `;;`, or the end.
    pub(super) fn statements(&mut self, script: &mut Script) -> Read<()> {
        // Whether the statement before ended in `&&` or `||`.
        let mut joined = false;
        loop {
            self.between()?;
            self.step()?;
            match self.peek() {
                None | Some(b')') => return Ok(()),
                Some(b';') if self.ahead(1) == Some(b';') || self.ahead(1) == Some(b'&') => return Ok(()),
                Some(b';') => self.at += 1,
                Some(b'&') => {
                    self.at += 1;
                    if let Some(last) = script.statements.last_mut() {
                        last.perhaps = true;
                    }
                }
                Some(b'|') => return Err(self.stop("a | without a command before it")),
                Some(_) if CLOSING.iter().any(|word| self.at_word(word)) => return Ok(()),
                Some(_) => {
                    let (mut statement, joins) = self.deeper(|inner| inner.pipeline())?;
                    statement.perhaps = joined;
                    joined = joins;
                    script.statements.push(statement);
                }
            }
        }
    }

    fn script(&mut self) -> Read<Script> {
        let mut script = Script::default();
        self.deeper(|inner| inner.statements(&mut script))?;
        Ok(script)
    }

    /// Reads a script and the `)` behind it.
    pub(super) fn script_in_brackets(&mut self) -> Read<Script> {
        let script = self.script()?;
        self.expect(")", "a ( without its )")?;
        Ok(script)
    }

    /// Says whether the next word is exactly this one, unquoted.
    fn at_word(&self, word: &str) -> bool {
        let after = self.ahead(word.len());
        let ends = |byte: u8| b" \t\n\r;&|<>()".contains(&byte);
        self.starts(word) && after.is_none_or(ends)
    }

    fn take_word(&mut self, word: &str) -> bool {
        let there = self.at_word(word);
        if there {
            self.at += word.len();
        }
        there
    }

    fn expect_word(&mut self, word: &'static str) -> Read<()> {
        self.between()?;
        if self.take_word(word) { Ok(()) } else { Err(self.stop("a word is missing that ends a loop or a branch")) }
    }

    /// Reads a pipeline, and says whether `&&` or `||` follows.
    fn pipeline(&mut self) -> Read<(Statement, bool)> {
        let mut pipeline = Vec::new();
        loop {
            self.blanks()?;
            if self.take_word("!") {
                continue;
            }
            if self.take_word("time") {
                self.blanks()?;
                self.take_word("-p");
                self.blanks()?;
                if self.peek().is_none_or(|byte| b"\n;&|)".contains(&byte)) {
                    break;
                }
                continue;
            }
            pipeline.push(self.command()?);
            self.blanks()?;
            if self.starts("||") || !self.starts("|") {
                break;
            }
            self.at += if self.starts("|&") { 2 } else { 1 };
            self.between()?;
            if self.peek().is_none() {
                return Err(self.stop("a | without a command behind it"));
            }
        }
        self.blanks()?;
        let joins = self.take("&&") || self.take("||");
        if joins {
            self.between()?;
            if self.peek().is_none() {
                return Err(self.stop("a && or || without a command behind it"));
            }
        }
        Ok((Statement { pipeline, perhaps: false }, joins))
    }

    fn command(&mut self) -> Read<Command> {
        let body = match self.peek() {
            Some(b'(') if self.starts("((") => self.double_brackets()?,
            Some(b'(') => {
                self.at += 1;
                Body::Subshell(self.script_in_brackets()?)
            }
            _ => match self.compound()? {
                Some(body) => body,
                None => return self.simple(),
            },
        };
        self.finish(body)
    }

    /// Reads the redirects behind a compound command.
    fn finish(&mut self, body: Body) -> Read<Command> {
        let mut redirects = Vec::new();
        loop {
            self.blanks()?;
            match self.redirect()? {
                Some(redirect) => redirects.push(redirect),
                None => return Ok(Command { body, redirects }),
            }
        }
    }

    /// Reads `(( … ))`, or `( ( … ) … )` where it is that.
    fn double_brackets(&mut self) -> Read<Body> {
        let at = self.at;
        self.at += 2;
        let pending = self.pending.len();
        match self.deeper(|inner| inner.arithmetic("))")) {
            Ok(sum) => Ok(Body::Parts { words: vec![sum], scripts: Vec::new() }),
            Err(stop) if stop.is_no_sum() && self.pending.len() == pending => {
                self.at = at + 1;
                Ok(Body::Subshell(self.script_in_brackets().map_err(|_| stop)?))
            }
            Err(stop) => Err(stop),
        }
    }

    fn compound(&mut self) -> Read<Option<Body>> {
        if self.take_word("{") {
            let script = self.script()?;
            self.expect_word("}")?;
            return Ok(Some(Body::Parts { words: Vec::new(), scripts: vec![script] }));
        }
        if self.take_word("if") {
            return self.branches().map(Some);
        }
        if self.take_word("while") || self.take_word("until") {
            let condition = self.script()?;
            let body = self.loop_body()?;
            return Ok(Some(Body::Parts { words: Vec::new(), scripts: vec![condition, body] }));
        }
        if self.take_word("for") || self.take_word("select") {
            return self.for_loop().map(Some);
        }
        if self.take_word("case") {
            return self.case().map(Some);
        }
        if self.take_word("[[") {
            return self.test().map(Some);
        }
        if self.take_word("function") {
            self.blanks()?;
            let name = self.word()?.plain().unwrap_or_default().to_owned();
            self.blanks()?;
            self.take("()");
            return self.function(name).map(Some);
        }
        if self.take_word("coproc") {
            self.blanks()?;
            let command = self.deeper(|inner| inner.command())?;
            let script = Script { statements: vec![Statement { pipeline: vec![command], perhaps: false }] };
            return Ok(Some(Body::Parts { words: Vec::new(), scripts: vec![script] }));
        }
        Ok(None)
    }

    fn branches(&mut self) -> Read<Body> {
        let mut scripts = vec![self.script()?];
        self.expect_word("then")?;
        scripts.push(self.script()?);
        loop {
            if self.take_word("elif") {
                scripts.push(self.script()?);
                self.expect_word("then")?;
                scripts.push(self.script()?);
            } else if self.take_word("else") {
                scripts.push(self.script()?);
            } else {
                self.expect_word("fi")?;
                return Ok(Body::Parts { words: Vec::new(), scripts });
            }
        }
    }

    fn loop_body(&mut self) -> Read<Script> {
        self.expect_word("do")?;
        let body = self.script()?;
        self.expect_word("done")?;
        Ok(body)
    }

    fn for_loop(&mut self) -> Read<Body> {
        self.blanks()?;
        if self.take("((") {
            let sum = self.deeper(|inner| inner.arithmetic("))"))?;
            self.separator()?;
            let body = self.loop_body()?;
            return Ok(Body::Parts { words: vec![sum], scripts: vec![body] });
        }
        let name = self.word()?.plain().unwrap_or_default().to_owned();
        self.between()?;
        let mut values = None;
        if self.take_word("in") {
            let mut words = Vec::new();
            loop {
                self.blanks()?;
                let word = self.word()?;
                if word.pieces.is_empty() {
                    break;
                }
                words.push(word);
            }
            values = Some(words);
        }
        self.separator()?;
        let body = self.loop_body()?;
        Ok(Body::For { name, values, body })
    }

    fn separator(&mut self) -> Read<()> {
        self.between()?;
        self.take(";");
        self.between()
    }

    fn case(&mut self) -> Read<Body> {
        self.blanks()?;
        let mut words = vec![self.word()?];
        let mut scripts = Vec::new();
        self.expect_word("in")?;
        loop {
            self.between()?;
            self.step()?;
            if self.take_word("esac") {
                return Ok(Body::Parts { words, scripts });
            }
            self.take("(");
            loop {
                self.between()?;
                let pattern = self.word()?;
                if pattern.pieces.is_empty() {
                    return Err(self.stop("a case without its pattern"));
                }
                words.push(pattern);
                self.blanks()?;
                if !self.take("|") {
                    break;
                }
            }
            self.expect(")", "a case without the ) behind its pattern")?;
            scripts.push(self.script()?);
            self.between()?;
            let ended = [";;&", ";;", ";&"].iter().any(|end| self.take(end));
            if !ended && !self.at_word("esac") {
                return Err(self.stop("a case without its ;;"));
            }
        }
    }

    /// Reads `[[ … ]]`.
    fn test(&mut self) -> Read<Body> {
        let mut words = Vec::new();
        loop {
            self.between()?;
            self.step()?;
            if self.take("]]") {
                return Ok(Body::Parts { words, scripts: Vec::new() });
            }
            let word = self.test_word()?;
            if word.pieces.is_empty() {
                return Err(self.stop("a [[ without its ]]"));
            }
            words.push(word);
        }
    }

    fn function(&mut self, name: String) -> Read<Body> {
        self.between()?;
        let body = self.deeper(|inner| inner.command())?;
        Ok(Body::Function { name, body: Rc::new(body) })
    }

    /// Reads assignments, words and redirects up to the end of the command.
    fn simple(&mut self) -> Read<Command> {
        let mut assignments = Vec::new();
        let mut words: Vec<Word> = Vec::new();
        let mut redirects = Vec::new();
        let start = self.at;
        loop {
            self.blanks()?;
            self.step()?;
            if let Some(redirect) = self.redirect()? {
                redirects.push(redirect);
                continue;
            }
            if words.is_empty()
                && let Some(assignment) = self.assignment()?
            {
                assignments.push(assignment);
                continue;
            }
            // An array behind `declare` and its like, or a function's brackets.
            if self.peek() == Some(b'(') {
                let last = words.last().and_then(Word::plain).map(str::to_owned);
                match last {
                    Some(name) if words.len() == 1 && assignments.is_empty() => {
                        self.at += 1;
                        self.blanks()?;
                        self.expect(")", "a ( where none belongs")?;
                        let body = self.function(name)?;
                        return Ok(Command { body, redirects });
                    }
                    _ if words.last().is_some_and(ends_like_an_assignment) => {
                        let elements = self.elements()?;
                        words.extend(elements);
                        continue;
                    }
                    _ => return Err(self.stop("a ( where none belongs")),
                }
            }
            let word = self.word()?;
            if word.pieces.is_empty() {
                break;
            }
            words.push(word);
        }
        if self.at == start {
            return Err(self.stop("no command where one belongs"));
        }
        Ok(Command { body: Body::Simple { assignments, words }, redirects })
    }

    /// Reads `name=value`, `name+=value`, `name[…]=value` or `name=( … )`, if one is next.
    fn assignment(&mut self) -> Read<Option<Assignment>> {
        let rest = &self.bytes[self.at..];
        let length =
            rest.iter().position(|byte| !(*byte == b'_' || byte.is_ascii_alphanumeric())).unwrap_or(rest.len());
        if length == 0 || rest[0].is_ascii_digit() {
            return Ok(None);
        }
        let mut after = length;
        if rest.get(after) == Some(&b'[') {
            let line = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
            let Some(close) = rest[..line].windows(2).position(|two| two == b"]=" || two == b"]+") else {
                return Ok(None);
            };
            after = close + 1;
        }
        let appends = rest.get(after) == Some(&b'+');
        after += usize::from(appends);
        if rest.get(after) != Some(&b'=') {
            return Ok(None);
        }
        let name = self.text[self.at..self.at + length].to_owned();
        // What stands in the index may run commands too.
        let index = self.text[self.at + length..self.at + after].to_owned();
        self.at += after + 1;
        let mut elements = None;
        if self.peek() == Some(b'(') {
            elements = Some(self.elements()?);
        }
        let mut value = if elements.is_some() { Word::default() } else { self.word()? };
        if index.contains(['$', '`']) {
            let index = self.expanding(&index)?;
            value.pieces.extend(index.pieces);
        }
        Ok(Some(Assignment { name, appends, value, elements }))
    }

    /// Reads `( … )` behind `name=`.
    fn elements(&mut self) -> Read<Vec<Word>> {
        self.at += 1;
        let mut elements = Vec::new();
        loop {
            self.between()?;
            self.step()?;
            if self.take(")") {
                return Ok(elements);
            }
            let word = self.word()?;
            if word.pieces.is_empty() {
                return Err(self.stop("an array without its )"));
            }
            elements.push(word);
        }
    }

    fn redirect(&mut self) -> Read<Option<Redirect>> {
        let start = self.at;
        let digits = self.bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).take(9).count();
        let descriptor: Option<u32> = self.text[start..start + digits].parse().ok();
        self.at += digits;
        if digits == 0 && self.starts("{") {
            // `{name}>file`
            let rest = &self.bytes[start + 1..];
            let name = rest.iter().take_while(|byte| **byte == b'_' || byte.is_ascii_alphanumeric()).count();
            let then = rest.get(name..name + 2).unwrap_or_default();
            if name > 0 && (then == b"}>" || then == b"}<") {
                self.at += name + 2;
            }
        }
        if (self.starts("<(") || self.starts(">(")) || !self.peek().is_some_and(|byte| b"<>&".contains(&byte)) {
            self.at = start;
            return Ok(None);
        }
        let operators = [
            ("<<<", RedirectKind::HereString),
            ("<<-", RedirectKind::HereDocument(1)),
            ("<<", RedirectKind::HereDocument(0)),
            ("<>", RedirectKind::ReadWrite),
            ("<&", RedirectKind::Duplicate),
            ("<", RedirectKind::Read),
            (">>", RedirectKind::Append),
            (">|", RedirectKind::Write),
            (">&", RedirectKind::WriteBoth),
            (">", RedirectKind::Write),
            ("&>>", RedirectKind::Append),
            ("&>", RedirectKind::WriteBoth),
        ];
        let Some((sign, kind)) = operators.into_iter().find(|(sign, _)| self.starts(sign)) else {
            self.at = start;
            return Ok(None);
        };
        self.at += sign.len();
        self.blanks()?;
        let target_at = self.at;
        let target = self.word()?;
        if target.pieces.is_empty() {
            return Err(self.stop("a redirect without its target"));
        }
        let kind = match kind {
            RedirectKind::HereDocument(tabs) => {
                let written = &self.text[target_at..self.at];
                RedirectKind::HereDocument(self.announce(written, &target, tabs == 1)?)
            }
            RedirectKind::WriteBoth | RedirectKind::Duplicate if is_descriptor(&target) => RedirectKind::Duplicate,
            other => other,
        };
        Ok(Some(Redirect { descriptor, kind, target }))
    }

    /// Remembers a here-document whose body begins after this line.
    fn announce(&mut self, written: &str, target: &Word, strips_tabs: bool) -> Read<usize> {
        if self.documents.len() > 256 {
            return Err(self.stop("too many here-documents"));
        }
        let written = written.replace("\\\n", "");
        let expands = !written.contains(['\'', '"', '\\']);
        // The delimiter is never expanded, only unquoted.
        let text = |piece: &Piece| match piece {
            Piece::Text { text, .. } => Some(text.clone()),
            _ => None,
        };
        let unquoted: Option<String> = target.pieces.iter().map(text).collect();
        let delimiter = unquoted.unwrap_or_else(|| written.replace(['\'', '"', '\\'], ""));
        let number = self.documents.len();
        self.documents.push(Word::default());
        self.pending.push(Pending { number, delimiter, strips_tabs, expands });
        Ok(number)
    }
}

fn is_descriptor(target: &Word) -> bool {
    target.plain().is_some_and(|text| {
        let number = text.strip_suffix('-').unwrap_or(text);
        number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn ends_like_an_assignment(word: &Word) -> bool {
    word.plain().is_some_and(|text| text.ends_with('=') && text.len() > 1)
}
