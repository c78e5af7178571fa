//! Problems in colours; their words and their layout are the config room's.

use super::page::Page;
use super::text::Ink;
use piton_config::{Problem, Style};
use std::collections::BTreeMap;

/// Every problem, with the lines of the files that they point into.
pub(super) fn text(problems: &[Problem], texts: &BTreeMap<String, String>) -> Page {
    let mut out = Page::default();
    for (position, problem) in problems.iter().enumerate() {
        if position > 0 {
            out.end();
        }
        let label = problem.label.as_ref().or(problem.related.first());
        let source = label.and_then(|label| texts.get(&label.span.file)).map_or("", String::as_str);
        for line in problem.to_lines(source) {
            for piece in line.pieces {
                out.put_source(ink(piece.style), &piece.text);
            }
            out.end();
        }
    }
    if problems.len() > 1 {
        out.end().put(Ink::Plain, &format!("{} problems", problems.len())).end();
    }
    out
}

fn ink(style: Style) -> Ink {
    match style {
        Style::Code | Style::Caret => Ink::Error,
        Style::What => Ink::Strong,
        Style::Frame => Ink::Dim,
        Style::Suggestion | Style::Help => Ink::Good,
        Style::Source | Style::Note | Style::Plain => Ink::Plain,
    }
}
