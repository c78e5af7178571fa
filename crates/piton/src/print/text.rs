//! Text with inks and columns, for laying out what people read.
//!
//! It only decides where words stand; what words may be is [`Page`]'s.

use super::page::Page;
use anstyle::{AnsiColor, Color, Style};

/// What a piece of text is; how it looks is decided in [`Ink::style`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    Plain,
    Strong,
    Dim,
    Add,
    Change,
    Remove,
    Warning,
    Error,
    Good,
}

impl Ink {
    pub(crate) fn style(self) -> Style {
        let color = |color: AnsiColor| Style::new().fg_color(Some(Color::Ansi(color)));
        match self {
            Ink::Plain => Style::new(),
            Ink::Strong => Style::new().bold(),
            Ink::Dim => Style::new().dimmed(),
            Ink::Add | Ink::Good => color(AnsiColor::Green),
            Ink::Change | Ink::Warning => color(AnsiColor::Yellow),
            Ink::Remove => color(AnsiColor::Red),
            Ink::Error => color(AnsiColor::Red).bold(),
        }
    }
}

/// A page that is being written.
#[derive(Debug)]
pub(crate) struct Text {
    out: Page,
    column: usize,
    width: usize,
}

impl Text {
    pub(crate) fn new(width: usize) -> Text {
        Text { out: Page::default(), column: 0, width }
    }

    pub(crate) fn put(&mut self, ink: Ink, words: &str) -> &mut Text {
        self.column += words.chars().count();
        self.out.put(ink, words);
        self
    }

    pub(crate) fn spaces(&mut self, count: usize) -> &mut Text {
        self.column += count;
        self.out.spaces(count);
        self
    }

    /// Goes on at a column, or after two spaces when that is behind already.
    pub(crate) fn column(&mut self, column: usize) -> &mut Text {
        let gap = if column > self.column { column - self.column } else { 2 };
        self.spaces(gap)
    }

    /// Puts words at the right edge; where there is no room, on a line of their own at `indent`.
    pub(crate) fn right(&mut self, ink: Ink, words: &str, indent: usize) -> &mut Text {
        let length = words.chars().count();
        if self.column + 2 + length > self.width {
            self.end();
            return self.spaces(indent).put(ink, words);
        }
        let gap = self.width - length - self.column;
        self.spaces(gap).put(ink, words)
    }

    /// Puts words, going on at `indent` of the next line where the page ends.
    pub(crate) fn wrap(&mut self, ink: Ink, words: &str, indent: usize) -> &mut Text {
        let mut line = String::new();
        for word in words.split(' ').filter(|word| !word.is_empty()) {
            let reached = self.column + line.chars().count();
            if !line.is_empty() && reached + 1 + word.chars().count() > self.width {
                self.put(ink, &line).end().spaces(indent);
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        if line.is_empty() { self } else { self.put(ink, &line) }
    }

    pub(crate) fn end(&mut self) -> &mut Text {
        self.out.end();
        self.column = 0;
        self
    }

    pub(crate) fn done(self) -> Page {
        self.out
    }
}

/// `1 host`, `2 hosts`.
pub(crate) fn count(number: usize, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {one}s"),
    }
}

/// A path as a shell takes it.
pub(crate) fn shell_word(path: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "/._-".contains(letter);
    if path.chars().all(plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', "'\\''")) }
}

/// A list as a sentence has it: `a, b and c`.
pub(crate) fn and(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: Text) -> String {
        anstream::adapter::strip_str(&text.done()).to_string()
    }

    #[test]
    fn what_does_not_fit_at_the_right_gets_its_own_line() {
        let mut text = Text::new(20);
        text.put(Ink::Plain, "short").right(Ink::Dim, "note", 4).end();
        text.put(Ink::Plain, "sixteen letters!").right(Ink::Dim, "note", 4).end();
        assert_eq!(plain(text), "short           note\nsixteen letters!\n    note\n");
    }

    #[test]
    fn long_words_wrap_under_their_own_column() {
        let mut text = Text::new(12);
        text.spaces(2).wrap(Ink::Plain, "one two three four", 4).end();
        assert_eq!(plain(text), "  one two\n    three\n    four\n");
    }

    #[test]
    fn a_host_cannot_drive_the_terminal() {
        let mut text = Text::new(40);
        text.put(Ink::Plain, "a\u{1b}[2Jb\r\nc").end();
        assert_eq!(plain(text), "a\u{fffd}[2Jb\u{fffd}\u{fffd}c\n");
    }

    #[test]
    fn lists_read_as_sentences() {
        assert_eq!(and(&["a"]), "a");
        assert_eq!(and(&["a", "b", "c"]), "a, b and c");
        assert_eq!(shell_word("plans/l\u{e4}n.json"), "plans/l\u{e4}n.json");
        assert_eq!(shell_word("my plan's.json"), "'my plan'\\''s.json'");
        assert_eq!(count(1, "host"), "1 host");
        assert_eq!(count(0, "step"), "0 steps");
    }
}
