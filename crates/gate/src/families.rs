//! The programs that the gate knows, one data file a family: `families/*.toml`.
//!
//! A program has rules, tried from the top: the first whose pattern fits says what the command
//! does. Patterns are described in `pattern.rs`, outcomes in `outcome.rs`. `files` says which
//! arguments are read, written or deleted; what that means is decided by `paths.rs`. The text is
//! made when piton is built (`build.rs`), so that no TOML is parsed when a command is judged.

/// How a program reads its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// `-abc` is `-a -b -c`.
    Getopt,
    /// `-abc` is one option, as `find` and `java` have it.
    Words,
    /// As `Words`, and commands may be shortened: `ip r a` is `ip route add`.
    Abbreviates,
}

/// What is known of a program. Its parts are taken from the text where they are asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Program {
    pub(crate) family: &'static str,
    pub(crate) style: Style,
    /// The outcome when no rule fits.
    pub(crate) otherwise: &'static str,
    values: &'static str,
    rows: &'static str,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    pub(crate) pattern: &'static str,
    pub(crate) outcome: &'static str,
    pub(crate) why: &'static str,
    pub(crate) instead: &'static str,
}

impl Program {
    /// Takes a program's piece of the text apart: its family, style, outcome and values, each a line, then a line for each of
    /// its files (two cells) and rules (four).
    fn read(text: &'static str) -> Option<Program> {
        let mut lines = text.splitn(5, '\n');
        let family = lines.next()?;
        let style = match lines.next()? {
            "words" => Style::Words,
            "abbreviates" => Style::Abbreviates,
            _ => Style::Getopt,
        };
        let (otherwise, values) = (lines.next()?, lines.next()?);
        Some(Program { family, style, otherwise, values, rows: lines.next().unwrap_or_default() })
    }

    /// One that takes values for these options, and has no rules.
    #[cfg(test)]
    pub(crate) fn with_values(style: Style, values: &'static str) -> Program {
        Program { family: "test", style, otherwise: "allow", values, rows: "" }
    }

    /// Options that take the next word; `exec:-u` only behind the command `exec`, `compose!:-f` only right behind it,
    /// `!:-f` only before every command. `-p?` takes what is written right behind it, and never the next word.
    pub(crate) fn values(self) -> impl Iterator<Item = &'static str> {
        self.values.split('\t').filter(|value| !value.is_empty())
    }

    /// Which arguments are files, and what is done with them: a pattern and an access.
    pub(crate) fn files(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.rows.lines().filter_map(|row| row.split_once('\t')).filter(|(_, access)| !access.contains('\t'))
    }

    pub(crate) fn rules(self) -> impl Iterator<Item = Rule> {
        self.rows.lines().filter_map(|row| {
            let mut cells = row.split('\t');
            let (pattern, outcome) = (cells.next()?, cells.next()?);
            Some(Rule { pattern, outcome, why: cells.next()?, instead: cells.next()? })
        })
    }
}

static TEXT: &str = include_str!(concat!(env!("OUT_DIR"), "/programs.txt"));

/// From where to where in the text.
type Range = (u32, u32);

// The names of all programs, sorted, and what is known of each.
include!(concat!(env!("OUT_DIR"), "/places.rs"));

/// Gives what is known of a program, by its bare name.
pub(crate) fn program(name: &str) -> Option<Program> {
    let found = PLACES.binary_search_by(|[known, _]| piece(*known).cmp(name)).ok()?;
    Program::read(piece(PLACES.get(found)?[1]))
}

fn piece((start, end): Range) -> &'static str {
    TEXT.get(start as usize..end as usize).unwrap_or_default()
}
