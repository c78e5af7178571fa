//! Files of lines with blocks in braces: Caddyfile, Corefile, nftables.
//!
//! A brace opens a block only where it ends a line, as Caddy and CoreDNS have it; `{$NAME}` and
//! `{remote_host}` are words. Blocks that are never closed end with the file.

use super::line::{add_word, logical_lines, words};
use super::tree::{Data, Id, Tree};
use super::{DEEPEST, Fault, FaultKind};

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
    for range in logical_lines(text) {
        let mut found: Vec<_> = words(text, range.clone());
        while found.first().is_some_and(|word| &text[word.clone()] == "}") {
            let end = found.remove(0).end;
            if open.len() > 1 {
                close(&mut tree, &mut open, end);
            } else {
                let what = "this `}` closes nothing".to_owned();
                faults.push(Fault { kind: FaultKind::Syntax, range: end - 1..end, what });
            }
        }
        let opens = found.last().is_some_and(|word| &text[word.clone()] == "{");
        let brace = if opens { found.pop() } else { None };
        // `a { b }` on one line: nftables writes sets like that, and they are words.
        let words: Vec<Id> = found.into_iter().map(|word| add_word(&mut tree, text, word)).collect();
        match brace {
            Some(brace) if open.len() < DEEPEST => {
                open.push(Open { words, start: range.start, lines: Vec::new(), block_start: brace.start });
            }
            _ if words.is_empty() => {}
            _ => {
                let line = tree.add(Data::Line { words, block: None }, range);
                if let Some(block) = open.last_mut() {
                    block.lines.push(line);
                }
            }
        }
    }
    if open.len() > 1 {
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

fn close(tree: &mut Tree, open: &mut Vec<Open>, end: usize) {
    let Some(block) = open.pop() else { return };
    let lines = tree.add(Data::List(block.lines), block.block_start..end);
    let line = tree.add(Data::Line { words: block.words, block: Some(lines) }, block.start..end);
    if let Some(above) = open.last_mut() {
        above.lines.push(line);
    }
}
