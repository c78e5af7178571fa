//! Text that may be printed: a type, so that nothing a host says can reach a terminal past it.
//!
//! Much of what piton tells comes from hosts and from files: names, reasons, ssh's last words.
//! Here control characters end, and with them whatever moves a cursor, sets a title, reorders
//! letters or hides them. Colours are put in here, by piton, and come from nowhere else.

use super::text::Ink;
use std::ops::Deref;

/// Words that cannot do anything but be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Page(String);

impl Page {
    /// Puts words on the page that stay on their line.
    pub(crate) fn put(&mut self, ink: Ink, words: &str) -> &mut Page {
        let style = ink.style();
        self.0.push_str(&format!("{style}{}{style:#}", printable(words)));
        self
    }

    /// Puts a line of some file on the page; its tabs stay, so that what points at it still does.
    pub(super) fn put_source(&mut self, ink: Ink, line: &str) {
        let style = ink.style();
        let pieces: Vec<String> = line.split('\t').map(printable).collect();
        self.0.push_str(&format!("{style}{}{style:#}", pieces.join("\t")));
    }

    pub(crate) fn spaces(&mut self, count: usize) -> &mut Page {
        self.0.extend(std::iter::repeat_n(' ', count));
        self
    }

    /// Ends the line, and leaves no blanks behind it.
    pub(crate) fn end(&mut self) -> &mut Page {
        self.0.truncate(self.0.trim_end_matches(' ').len());
        self.0.push('\n');
        self
    }

    pub(crate) fn push(&mut self, more: &Page) -> &mut Page {
        self.0.push_str(&more.0);
        self
    }

    /// clap's help, which has its own colours and holds no word from anywhere else.
    pub(crate) fn of_help(styled: &clap::builder::StyledStr) -> Page {
        Page(styled.ansi().to_string())
    }
}

/// Words without colours; their lines stay.
impl From<&str> for Page {
    fn from(words: &str) -> Page {
        let lines: Vec<String> = words.split('\n').map(printable).collect();
        Page(lines.join("\n"))
    }
}

impl From<String> for Page {
    fn from(words: String) -> Page {
        words.as_str().into()
    }
}

impl From<&String> for Page {
    fn from(words: &String) -> Page {
        words.as_str().into()
    }
}

impl Deref for Page {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// Words in which nothing can move a cursor or turn the order of letters around.
pub(crate) fn printable(words: &str) -> String {
    // Nearly all are, and looking at bytes is cheaper.
    if words.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return words.to_owned();
    }
    words.chars().map(|letter| if is_harmless(letter) { letter } else { '\u{fffd}' }).collect()
}

fn is_harmless(letter: char) -> bool {
    let turns =
        matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !letter.is_control() && !turns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_cannot_drive_the_terminal() {
        let mut page = Page::from("a\u{1b}[2J\u{9b}2Jb\r\nc\u{7}");
        page.put(Ink::Plain, "\n\u{202e}d").end();
        assert_eq!(&*page, "a\u{fffd}[2J\u{fffd}2Jb\u{fffd}\nc\u{fffd}\u{fffd}\u{fffd}d\n");
    }

    #[test]
    fn a_line_of_a_file_keeps_its_tabs() {
        let mut page = Page::default();
        page.put_source(Ink::Plain, "\tport\u{1b}");
        assert_eq!(&*page, "\tport\u{fffd}");
    }
}
