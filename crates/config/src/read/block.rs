//! Files of lines with blocks in braces: Caddyfile, Corefile, nftables.
//!
//! A brace opens a block only where it ends a line, as Caddy and CoreDNS have it; `{$NAME}` and
//! `{remote_host}` are words. Blocks that are never closed end with the file.

use super::line::{add_word, logical_lines, words};
use super::tree::{Data, Id, Tree};
use super::{DEEPEST, Fault, FaultKind};
use std::ops::Range;

struct Open {
    words: Vec<Id>,
    start: usize,
    lines: Vec<Id>,
    block_start: usize,
}

pub(super) fn read(text: &str) -> (Tree, Vec<Fault>) {
    let mut tree = Tree::default();
    let mut faults = Vec::new();
    let mut open = vec![Open { words: Vec::new(), start: 0, lines: Vec::new(), block_start: 0 }];
    let kept = kept_texts(text);
    for range in whole_lines(text, &kept) {
        let found = whole_words(text, range.clone(), &kept);
        let braces = braces(text, &found);
        // Words of the line that is being gathered; a line may open or close a block in its middle.
        let mut line: Vec<Id> = Vec::new();
        let mut start = range.start;
        for (word, brace) in found.into_iter().zip(braces) {
            let written = &text[word.clone()];
            if line.is_empty() {
                start = word.start;
            }
            if brace == Brace::None || !matches!(written.trim_end_matches([',', ';']), "{" | "}") {
                line.push(add_word(&mut tree, text, word.clone()));
            }
            match brace {
                Brace::Opens if open.len() < DEEPEST => {
                    let words = std::mem::take(&mut line);
                    open.push(Open { words, start, lines: Vec::new(), block_start: word.start });
                }
                Brace::Closes => {
                    finish(&mut tree, &mut open, &mut line, start..word.start);
                    if open.len() > 1 {
                        close(&mut tree, &mut open, word.end);
                    } else if faults.is_empty() {
                        // Whatever follows may be counted wrong for this one.
                        let what = "this `}` closes nothing".to_owned();
                        faults.push(Fault { kind: FaultKind::Syntax, range: word.end - 1..word.end, what });
                    }
                }
                _ => {}
            }
        }
        finish(&mut tree, &mut open, &mut line, start..range.end);
    }
    if open.len() > 1 && faults.is_empty() {
        let start = open.last().map_or(0, |block| block.block_start);
        let what = "this block is never closed".to_owned();
        faults.push(Fault { kind: FaultKind::Syntax, range: start..start + 1, what });
    }
    while open.len() > 1 {
        close(&mut tree, &mut open, text.len());
    }
    let lines = open.pop().map(|top| top.lines).unwrap_or_default();
    let root = tree.add(Data::List(lines), 0..text.len());
    tree.roots.push(root);
    (tree, faults)
}

/// How many texts without an end are looked for: each costs a walk to the end of the file.
const MOST_OPEN: usize = 32;

/// The texts between backticks and the here-documents of Caddy, in order: whatever stands in them is no word and no brace.
fn kept_texts(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut open = 0;
    if !text.contains('`') && !text.contains("<<") {
        return found;
    }
    for line in logical_lines(text) {
        let past = found.last().map_or(0, |last| last.end);
        let mut at = line.start.max(past);
        while let Some(start) = next_sign(text, at..line.end).filter(|_| open < MOST_OPEN) {
            at = match end_of_kept(text, start) {
                Some(end) => {
                    found.push(start..end);
                    end
                }
                None => {
                    open += 1;
                    start + 1
                }
            };
        }
    }
    found
}

/// Where a word of a line begins with a sign for such a text.
fn next_sign(text: &str, range: Range<usize>) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = range.start;
    let mut quoted = false;
    while at < range.end {
        let begins = at == range.start || bytes[at - 1].is_ascii_whitespace();
        match bytes[at] {
            b'"' if quoted || begins => quoted = !quoted,
            b'\\' if quoted => at += 1,
            _ if quoted || !begins => {}
            b'#' => return None,
            b'`' => return Some(at),
            b'<' if bytes.get(at + 1) == Some(&b'<') => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Where such a text ends: behind the second backtick, or behind the word of the here-document.
fn end_of_kept(text: &str, start: usize) -> Option<usize> {
    if text[start..].starts_with('`') {
        return text[start + 1..].find('`').map(|end| start + 1 + end + 1);
    }
    let name = text[start + 2..].split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').next()?;
    let mut at = start + text[start..].find('\n')? + 1;
    for line in text[at..].split_inclusive('\n') {
        if !name.is_empty() && line.trim_start().starts_with(name) {
            return Some(at + line.len() - line.trim_start().len() + name.len());
        }
        at += line.len();
    }
    None
}

/// The lines of a text; one on which a kept text begins reaches to the end of the line on which that ends.
fn whole_lines(text: &str, kept: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for line in logical_lines(text) {
        if found.last().is_some_and(|last| line.start < last.end) {
            continue;
        }
        let mut end = line.end;
        let first = kept.partition_point(|kept| kept.start < line.start);
        for kept in &kept[first..] {
            if kept.start >= end {
                break;
            }
            if kept.end > end {
                end = text[kept.end..].find('\n').map_or(text.len(), |newline| kept.end + newline);
            }
        }
        found.push(line.start..end);
    }
    found
}

/// The words of a line, each kept text being one.
fn whole_words(text: &str, range: Range<usize>, kept: &[Range<usize>]) -> Vec<Range<usize>> {
    let first = kept.partition_point(|kept| kept.start < range.start);
    let mut found = Vec::new();
    let mut at = range.start;
    for kept in kept[first..].iter().take_while(|kept| kept.start < range.end) {
        found.extend(words(text, at..kept.start));
        at = kept.end.min(range.end);
        found.push(kept.start..at);
    }
    found.extend(words(text, at..range.end));
    found
}

fn close(tree: &mut Tree, open: &mut Vec<Open>, end: usize) {
    let Some(block) = open.pop() else { return };
    let lines = tree.add(Data::List(block.lines), block.block_start..end);
    let line = tree.add(Data::Line { words: block.words, block: Some(lines) }, block.start..end);
    if let Some(above) = open.last_mut() {
        above.lines.push(line);
    }
}

/// Adds the words gathered as a line of the innermost block.
fn finish(tree: &mut Tree, open: &mut [Open], words: &mut Vec<Id>, range: Range<usize>) {
    if words.is_empty() {
        return;
    }
    let line = tree.add(Data::Line { words: std::mem::take(words), block: None }, range);
    if let Some(block) = open.last_mut() {
        block.lines.push(line);
    }
}

/// What a word does to blocks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Brace {
    None,
    Opens,
    Closes,
}

/// Which words of a line open or close a block; those that do both within the line (`{ 22, 80 }`, `{host}`) do neither.
fn braces(text: &str, words: &[Range<usize>]) -> Vec<Brace> {
    let mut braces = vec![Brace::None; words.len()];
    let mut waiting: Vec<usize> = Vec::new();
    for (position, word) in words.iter().enumerate() {
        let written = &text[word.clone()];
        let bare = written.trim_end_matches([',', ';']);
        let more = written.matches('{').count().cmp(&written.matches('}').count());
        if written.starts_with(['"', '\'', '`']) || written.starts_with("<<") {
            continue;
        }
        match more {
            std::cmp::Ordering::Greater if bare.ends_with('{') || bare.starts_with('{') => waiting.push(position),
            std::cmp::Ordering::Less if bare.ends_with('}') && waiting.pop().is_none() => {
                braces[position] = Brace::Closes;
            }
            _ => {}
        }
    }
    for position in waiting {
        braces[position] = Brace::Opens;
    }
    braces
}

#[cfg(test)]
mod tests {
    use crate::read::{Kind, read};

    fn faults(text: &str) -> usize {
        read("x", text.as_bytes(), Some(Kind::Nftables)).faults.len()
    }

    #[test]
    fn blocks_may_open_and_close_in_the_middle_of_a_line() {
        let text = "table inet filter {\n  chain input { type filter hook input priority 0; policy drop;\n    iif lo accept }\n}\n";
        let document = read("x", text.as_bytes(), Some(Kind::Nftables));
        assert_eq!(document.faults, []);
        let table = document.root().lines().next().unwrap();
        let chain = table.block().unwrap().lines().next().unwrap();
        assert_eq!((chain.word_text(0), chain.word_text(1)), ("chain", "input"));
        let inner: Vec<&str> = chain.block().unwrap().lines().map(|line| line.word_text(0)).collect();
        assert_eq!(inner, ["type", "iif"]);
    }

    #[test]
    fn sets_over_several_lines_are_blocks_and_sets_in_one_are_words() {
        assert_eq!(faults("set a {\n  elements = {\n    10.0.0.1,\n    10.0.0.2 }\n}\n"), 0);
        assert_eq!(faults("set a {\n  elements={10.0.0.1,\n    10.0.0.2}\n}\n"), 0);
        assert_eq!(
            faults("chain a {\n  ct state {established, related} accept\n  tcp dport { 22, 80 } accept\n}\n"),
            0
        );
        assert_eq!(faults("a { b }\n"), 0);
    }

    #[test]
    fn braces_in_backticks_and_here_documents_are_text() {
        let text = "a.org {\n\trespond /x `{\"m\": \"a:443\"}` 200 # `\n\trespond /y `{\n  \"b\": {\n}` 200\n\trespond <<JSON\n\t\t{ \"c\": 1\n\t\tJSON 200\n\tabort\n}\nb.org {\n\tabort\n}\n";
        let document = read("Caddyfile", text.as_bytes(), None);
        assert_eq!(document.faults, []);
        let sites: Vec<Vec<usize>> = document
            .root()
            .lines()
            .map(|site| site.block().unwrap().lines().map(|line| line.words().count()).collect())
            .collect();
        assert_eq!(sites, [vec![4, 4, 3, 1], vec![1]]);
    }

    #[test]
    fn what_is_wrong_is_still_told() {
        assert_eq!(faults("chain a {\n  accept\n}2\n"), 1);
        assert_eq!(faults("chain a {\n  accept\n}\n}\n"), 1);
        assert_eq!(faults("chain a {\n  accept\n}\n}\n}\nchain b {\n"), 1, "one wrong brace makes many");
    }
}
