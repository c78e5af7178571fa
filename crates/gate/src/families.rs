//! The programs that the gate knows, one data file a family: `families/*.toml`.
//!
//! A program has rules, tried from the top: the first whose pattern fits says what the command
//! does. Patterns are described in `pattern.rs`, outcomes in `outcome.rs`. `files` says which
//! arguments are read, written or deleted; what that means is decided by `paths.rs`. The tables are
//! made when piton is built (`build.rs`), so that nothing is parsed when a command is judged.

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

#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) family: &'static str,
    pub(crate) style: Style,
    /// Options that take the next word; `exec:-u` only behind the command `exec`, `compose!:-f` only right behind it,
    /// `!:-f` only before every command. `-p?` takes what is written right behind it, and never the next word.
    pub(crate) values: &'static [&'static str],
    pub(crate) rules: &'static [Rule],
    /// Which arguments are files, and what is done with them: a pattern and an access.
    pub(crate) files: &'static [(&'static str, &'static str)],
    /// The outcome when no rule fits.
    pub(crate) otherwise: &'static str,
}

#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) pattern: &'static str,
    pub(crate) outcome: &'static str,
    pub(crate) why: &'static str,
    pub(crate) instead: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/programs.rs"));

/// Gives what is known of a program, by its bare name.
pub(crate) fn program(name: &str) -> Option<&'static Program> {
    let found = PROGRAMS.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
    PROGRAMS.get(found).map(|(_, program)| program)
}
