//! A problem laid out as lines: the sentence, the place with a caret, the facts, the help.
//!
//! Pure text with a style tag on each piece: the command line turns tags into colours, tests read
//! [`Problem::to_text`]. What the user wrote is shown as it is, with two exceptions: control
//! characters (a site file must not drive the terminal) and lines of a private key.

use crate::{Label, Problem};

/// What a piece of a line is, for whoever colours it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `error[site/unknown-host]`.
    Code,
    /// The sentence after the code.
    What,
    /// Arrows, line numbers, bars.
    Frame,
    /// The user's own text.
    Source,
    /// The carets and the text after them.
    Caret,
    Note,
    Suggestion,
    /// The word `help`.
    Help,
    Plain,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub style: Style,
    pub text: String,
}

/// One line of output, without its newline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    pub pieces: Vec<Piece>,
}

impl Line {
    fn with(mut self, style: Style, text: impl AsRef<str>) -> Self {
        self.pieces.push(Piece { style, text: printable(text.as_ref()) });
        self
    }
}

impl Problem {
    /// Lays the problem out; `source` is the text of the file that its labels point into.
    pub fn to_lines(&self, source: &str) -> Vec<Line> {
        self.to_lines_in(&|_| source)
    }

    /// Lays the problem out where its labels point into several files, whose texts are asked for by name.
    pub fn to_lines_in<'a>(&'a self, text_of: &dyn Fn(&str) -> &'a str) -> Vec<Line> {
        let mut lines = vec![
            Line::default()
                .with(Style::Code, format!("{}[{}]", self.level.name(), self.code))
                .with(Style::What, format!(": {}", self.what)),
        ];
        let places: Vec<Place> =
            self.label.iter().chain(&self.related).map(|label| Place::of(label, text_of(&label.span.file))).collect();
        let width = places.iter().map(|place| place.line_number.to_string().len()).max().unwrap_or(0);
        for place in &places {
            place.draw(width, &mut lines);
        }
        self.facts(width, &mut lines);
        if let Some(help) = &self.help {
            lines.push(Line::default().with(Style::Help, "help").with(Style::Plain, format!(": {help}")));
        }
        lines
    }

    fn facts(&self, width: usize, lines: &mut Vec<Line>) {
        let margin = format!("{:width$} = ", "");
        let meant = self.suggestion.as_ref().map(|name| format!("did you mean `{name}`?"));
        for (position, note) in self.notes.iter().enumerate() {
            let mut line = Line::default().with(Style::Frame, &margin).with(Style::Note, note);
            if let (0, Some(meant)) = (position, &meant) {
                line = line.with(Style::Note, "        ").with(Style::Suggestion, meant);
            }
            lines.push(line);
        }
        if let (true, Some(meant)) = (self.notes.is_empty(), &meant) {
            lines.push(Line::default().with(Style::Frame, &margin).with(Style::Suggestion, meant));
        }
    }

    /// Gives the problem as plain text, each line ended.
    pub fn to_text(&self, source: &str) -> String {
        let mut text = String::new();
        for line in self.to_lines(source) {
            for piece in line.pieces {
                text.push_str(&piece.text);
            }
            text.push('\n');
        }
        text
    }
}

struct Place<'a> {
    label: &'a Label,
    line_number: usize,
    column: usize,
    /// None: the line is part of a private key.
    line: Option<&'a str>,
    padding: String,
    carets: usize,
}

impl<'a> Place<'a> {
    fn of(label: &'a Label, source: &'a str) -> Self {
        let start = floor(source, label.span.range.start);
        let end = floor(source, label.span.range.end).max(start);
        let line_start = source[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = source[start..].find('\n').map_or(source.len(), |newline| start + newline);
        let line = source[line_start..line_end].trim_end_matches('\r');
        let before = &source[line_start..start];
        Place {
            label,
            line_number: line_number(source, start),
            column: before.chars().count() + 1,
            line: (!inside_private_key(source, line_start, line_end)).then_some(line),
            padding: before.chars().map(|letter| if letter == '\t' { '\t' } else { ' ' }).collect(),
            carets: source[start..end.min(line_start + line.len()).max(start)].chars().count().max(1),
        }
    }

    fn draw(&self, width: usize, lines: &mut Vec<Line>) {
        let Label { span, text } = self.label;
        let position = format!("{}:{}:{}", span.file, self.line_number, self.column);
        lines.push(Line::default().with(Style::Frame, format!("{:width$}--> ", "")).with(Style::Plain, position));
        let Some(line) = self.line else {
            let hidden =
                format!("{:width$} | (not shown: a private key){}{text}", "", if text.is_empty() { "" } else { " " });
            lines.push(Line::default().with(Style::Frame, hidden));
            return;
        };
        lines.push(Line::default().with(Style::Frame, format!("{:width$} |", "")));
        let numbered = format!("{:>width$} | ", self.line_number);
        lines.push(Line::default().with(Style::Frame, numbered).with(Style::Source, line));
        let carets = format!("{} {text}", "^".repeat(self.carets));
        lines.push(
            Line::default()
                .with(Style::Frame, format!("{:width$} | {}", "", self.padding))
                .with(Style::Caret, carets.trim_end()),
        );
    }
}

/// Gives the line on which a byte of the source stands, counted from one.
pub(crate) fn line_number(source: &str, offset: usize) -> usize {
    source.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
}

/// Steps back to the start of a character: a span may come from an older text.
fn floor(source: &str, offset: usize) -> usize {
    let mut offset = offset.min(source.len());
    while !source.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// Says whether a line lies in a pasted private key, which must not be printed a second time.
fn inside_private_key(source: &str, line_start: usize, line_end: usize) -> bool {
    let mut begin_at = 0;
    while let Some(found) = source[begin_at..].find("PRIVATE KEY-----") {
        let begin = begin_at + found;
        let after = begin + "PRIVATE KEY-----".len();
        let end = source[after..].find("PRIVATE KEY-----").map_or(source.len(), |close| after + close);
        if begin < line_end && line_start <= end {
            return true;
        }
        begin_at = (end + "PRIVATE KEY-----".len()).min(source.len());
        if !source.is_char_boundary(begin_at) {
            return false;
        }
    }
    false
}

fn printable(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() && letter != '\t' { '\u{fffd}' } else { letter }).collect()
}
