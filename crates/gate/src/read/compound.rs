//! Statements: pipelines, groups, loops, branches, functions. What stands between them is in `simple.rs`.

use super::syntax::{Body, Command, Script, Statement};
use super::{Read, Reader};
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
            self.name_of_a_coprocess()?;
            let command = self.deeper(|inner| inner.command())?;
            let script = Script { statements: vec![Statement { pipeline: vec![command], perhaps: false }] };
            return Ok(Some(Body::Parts { words: Vec::new(), scripts: vec![script] }));
        }
        Ok(None)
    }

    /// `coproc NAME { … }`: only before a compound command there is a name.
    fn name_of_a_coprocess(&mut self) -> Read<()> {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().take_while(|byte| **byte == b'_' || byte.is_ascii_alphanumeric()).count();
        let behind = self.text.get(self.at + length..).unwrap_or_default();
        let opens = behind.trim_start_matches([' ', '\t']);
        if length > 0
            && behind.len() > opens.len()
            && (opens.starts_with("{ ") || opens.starts_with("{\n") || opens.starts_with('('))
        {
            self.at += length;
            self.blanks()?;
        }
        Ok(())
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

    pub(super) fn function(&mut self, name: String) -> Read<Body> {
        self.between()?;
        let body = self.deeper(|inner| inner.command())?;
        Ok(Body::Function { name, body: Rc::new(body) })
    }
}
