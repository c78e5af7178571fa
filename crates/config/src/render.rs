//! A problem laid out as lines: the sentence, the place with a caret, the facts, the help.
//!
//! Pure text with a style tag on each piece: the command line turns tags into colours, tests read
//! [`Problem::to_text`]. What the user wrote is shown as it is, but for control
//! characters (a site file must not drive the terminal), lines of a private key, and what of a line is beyond any screen.

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
    line: Option<Excerpt>,
}

/// What is shown of a line: all of it, or of one that no screen has room for the part around the mistake.
struct Excerpt {
    text: String,
    /// What stands below the text, up to the carets.
    padding: String,
    carets: usize,
}

/// The longest line that is shown whole, in characters.
const WIDE: usize = 300;

/// How much of a longer one is shown before the mistake, and how much from there on.
const BEFORE: usize = 40;
const AFTER: usize = 120;

impl Excerpt {
    /// `before` and `marked` are how many characters of the line stand before the mistake, and belong to it.
    fn of(line: &str, before: usize, marked: usize) -> Excerpt {
        let is_wide = line.chars().nth(WIDE).is_some();
        let (skipped, shown) = if is_wide { (before.saturating_sub(BEFORE), BEFORE + AFTER) } else { (0, WIDE) };
        let mut rest = line.chars().skip(skipped);
        let part: String = rest.by_ref().take(shown).collect();
        let (cut_before, cut_after) = (skipped > 0, rest.next().is_some());
        let blank = part.chars().take(before - skipped).map(|letter| if letter == '\t' { '\t' } else { ' ' });
        Excerpt {
            padding: cut_before.then_some("  ").into_iter().flat_map(str::chars).chain(blank).collect(),
            carets: marked.min(part.chars().count().saturating_sub(before - skipped)).max(1),
            text: format!("{}{part}{}", if cut_before { "… " } else { "" }, if cut_after { " …" } else { "" }),
        }
    }
}

impl<'a> Place<'a> {
    fn of(label: &'a Label, source: &'a str) -> Self {
        let start = floor(source, label.span.range.start);
        let end = floor(source, label.span.range.end).max(start);
        let line_start = source[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = source[start..].find('\n').map_or(source.len(), |newline| start + newline);
        let line = source[line_start..line_end].trim_end_matches('\r');
        let before = source[line_start..start].chars().count();
        let marked = source[start..end.min(line_start + line.len()).max(start)].chars().count();
        Place {
            label,
            line_number: line_number(source, start),
            column: before + 1,
            line: (!inside_private_key(source, line_start, line_end)).then(|| Excerpt::of(line, before, marked)),
        }
    }

    fn draw(&self, width: usize, lines: &mut Vec<Line>) {
        let Label { span, text } = self.label;
        let position = format!("{}:{}:{}", span.file, self.line_number, self.column);
        lines.push(Line::default().with(Style::Frame, format!("{:width$}--> ", "")).with(Style::Plain, position));
        let Some(line) = &self.line else {
            let hidden =
                format!("{:width$} | (not shown: a private key){}{text}", "", if text.is_empty() { "" } else { " " });
            lines.push(Line::default().with(Style::Frame, hidden));
            return;
        };
        lines.push(Line::default().with(Style::Frame, format!("{:width$} |", "")));
        let numbered = format!("{:>width$} | ", self.line_number);
        lines.push(Line::default().with(Style::Frame, numbered).with(Style::Source, &line.text));
        let carets = format!("{} {text}", "^".repeat(line.carets));
        lines.push(
            Line::default()
                .with(Style::Frame, format!("{:width$} | {}", "", line.padding))
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

#[cfg(test)]
mod tests {
    use crate::{Label, Problem, Span};

    /// What is shown of a place in a file of one line.
    fn shown(source: &str, range: std::ops::Range<usize>) -> Vec<String> {
        let mut problem = Problem::new("text-parse-error", "no");
        problem.label = Some(Label { span: Span { file: "a".into(), range }, text: String::new() });
        problem.to_text(source).lines().skip(3).map(after_bar).collect()
    }

    fn after_bar(line: &str) -> String {
        line.split_once("| ").map_or("", |(_, rest)| rest).to_owned()
    }

    #[test]
    fn of_a_line_beyond_any_screen_the_part_around_the_mistake_is_shown() {
        let line = format!("{}WRONG{}", "é".repeat(50_000), "b".repeat(50_000));
        let lines = shown(&line, 100_000..100_005);
        assert_eq!(lines[0], format!("… {}WRONG{} …", "é".repeat(40), "b".repeat(115)));
        assert_eq!(lines[1], format!("{}^^^^^", " ".repeat(42)));
    }

    #[test]
    fn a_mistake_that_is_all_of_a_long_line_is_marked_as_far_as_it_is_shown() {
        let line = "x".repeat(1000);
        assert_eq!(shown(&line, 0..1000), [format!("{} …", "x".repeat(160)), "^".repeat(160)]);
        assert_eq!(shown(&line, 1000..1000), [format!("… {}", "x".repeat(40)), format!("{}^", " ".repeat(42))]);
    }

    #[test]
    fn a_line_of_three_hundred_characters_is_whole() {
        let line = "x".repeat(300);
        assert_eq!(shown(&line, 299..300), [line.clone(), format!("{}^", " ".repeat(299))]);
    }
}
