//! Judges a shell command before it runs: allow, ask or deny, because of which words, and what to do instead.
//!
//! Pure: text in, judgement out. Files that a command names (scripts, makefiles) are asked for
//! through [`World`], so that whoever calls decides what may be read. The way through:
//!
//! - `read/` turns shell text into a tree, every byte of it;
//! - `walk/` goes through the tree as a shell would, follows variables, pipes and every hop (`sudo`,
//!   `ssh`, `docker exec`), and holds each single command against
//! - `families.rs` and `families/*.toml`, the data files that say which command has which effect,
//!   and `paths.rs`, which says what a path is to a host;
//! - `policy.rs` turns effects into verdicts, by environment, host and path.
//!
//! What cannot be known is `ask`, never `allow`, and no text takes long: reading is bounded in
//! depth and steps, walking in commands.

mod argv;
mod code;
mod effect;
mod families;
mod judgement;
mod outcome;
mod paths;
mod pattern;
mod place;
mod policy;
mod read;
mod recipes;
mod redact;
mod settings;
mod sql;
mod walk;

pub use effect::{Effect, MEANINGS, Meaning};
pub use judgement::{Finding, Judgement, Verdict};
pub use place::{Place, Reach};
pub use policy::{Belongs, Environment, Override, Policy, Site};
pub use redact::redact;
pub use settings::{SettingsProblem, settings, settings_schema};

use std::collections::BTreeMap;

/// Longer commands are not read: Linux gives a shell no more than this in one word.
pub const LONGEST: usize = 128 * 1024;

/// A command that somebody wants to run, and what is known of where.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub command: String,
    /// The folder that it would run in.
    pub folder: Option<String>,
    /// Variables that are known beforehand.
    pub variables: BTreeMap<String, String>,
    /// The home, to tell `~/x` and `/home/me/x` apart from others.
    pub home: Option<String>,
}

/// What a caller says about a file that a command names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum File {
    Text(String),
    /// A program that is no text.
    Binary,
    Missing,
    /// There, and too long or not readable.
    Closed,
}

/// The files of this machine, as far as the caller shows them.
pub trait World {
    fn file(&self, path: &str) -> File;
}

/// A world in which no file can be seen.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFiles;

impl World for NoFiles {
    fn file(&self, _path: &str) -> File {
        File::Missing
    }
}

/// Judges a command.
pub fn judge(request: &Request, policy: &Policy, world: &dyn World) -> Judgement {
    walk::judge(request, policy, world)
}

/// Judges that a program writes or reads a file itself, as editors of agents do.
pub fn judge_file(path: &str, is_write: bool, request: &Request, policy: &Policy, world: &dyn World) -> Judgement {
    walk::judge_file(path, is_write, request, policy, world)
}

/// A text with what is not known shown as `…`, short enough for a line.
pub(crate) fn shown(text: &str) -> String {
    const LONG: usize = 200;
    let letters = text.chars().filter(|letter| !matches!(*letter, read::NETWORK | read::ENVIRONMENT | read::SECRETS));
    let mut out: String = letters.take(LONG).map(|letter| if letter == read::HOLE { '…' } else { letter }).collect();
    if text.chars().nth(LONG).is_some() {
        out.push('…');
    }
    out
}
