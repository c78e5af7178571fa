//! Problems in colours; their words and their layout are the config room's.

use super::page::Page;
use super::text::Ink;
use piton_config::{Level, Problem, Style};
use std::collections::BTreeMap;

/// Every problem, with the lines of the files that they point into.
pub(super) fn text(problems: &[Problem], texts: &BTreeMap<String, String>) -> Page {
    let mut out = Page::default();
    for (position, problem) in problems.iter().enumerate() {
        if position > 0 {
            out.end();
        }
        out.push(&one(problem, &|file| texts.get(file).map_or("", String::as_str)));
    }
    if problems.len() > 1 {
        out.end().put(Ink::Plain, &format!("{} problems", problems.len())).end();
    }
    out
}

/// One problem, with the lines of the files that it points into.
pub(super) fn one<'a>(problem: &'a Problem, text_of: &dyn Fn(&str) -> &'a str) -> Page {
    let mut out = Page::default();
    for line in problem.to_lines_in(text_of) {
        for piece in line.pieces {
            out.put_source(ink(piece.style, problem.level), &piece.text);
        }
        out.end();
    }
    out
}

fn ink(style: Style, level: Level) -> Ink {
    match (style, level) {
        (Style::Code | Style::Caret, Level::Error) => Ink::Error,
        (Style::Code | Style::Caret, Level::Warning) => Ink::Warning,
        (Style::Code | Style::Caret, Level::Info) => Ink::Strong,
        (Style::What, _) => Ink::Strong,
        (Style::Frame, _) => Ink::Dim,
        (Style::Suggestion | Style::Help, _) => Ink::Good,
        (Style::Source | Style::Note | Style::Plain, _) => Ink::Plain,
    }
}
