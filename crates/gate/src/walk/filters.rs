//! `awk` and `sed`: what their programs do beside filtering, and the files that they are given.

use super::Walker;
use super::data::Data;
use crate::code::{self, FilterPart};
use crate::families;
use crate::paths::Access;

impl Walker<'_> {
    /// What a program of awk or sed does beside filtering.
    fn filter(&mut self, parts: Vec<FilterPart>) {
        for part in parts {
            match part {
                FilterPart::Runs(command) => {
                    self.text(&command, &Data::default());
                }
                FilterPart::Hidden => self.unknown("the program runs a command that is only known when it runs", ""),
                FilterPart::Reads(file) => self.judge_secret(&file),
                FilterPart::Writes(file) => {
                    let path = self.path(&file);
                    self.access(&path, Access::Write);
                }
            }
        }
    }
}

/// `awk`: `system("…")` and pipes in its program.
pub(super) fn awk(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    let program = families::program("awk")?;
    let read = crate::argv::Argv::read(program, argv);
    let from_file = read.options.iter().any(|given| matches!(given.name.as_str(), "-f" | "--file"));
    if from_file {
        for file in read.values("-f").map(str::to_owned).collect::<Vec<_>>() {
            walker.code_file(&file);
        }
    } else if let Some(text) = read.positional(0) {
        let parts = code::awk(text);
        if text.contains("in ENVIRON") {
            super::variables::shows_environment(walker);
        }
        walker.filter(parts);
    }
    walker.words = argv.join(" ");
    walker.rule = "files/awk".to_owned();
    // Only the names of what is in a file of secrets.
    let hides = read.values("-F").any(|separator| separator == "=")
        && read
            .positional(0)
            .is_some_and(|text| matches!(text.replace(' ', "").as_str(), "{print$1}" | "/=/{print$1}"));
    let in_place = read.values("-i").chain(read.values("--include")).any(|library| library == "inplace");
    for at in read.positionals.iter().skip(usize::from(!from_file)) {
        let path = walker.path(&argv[*at]);
        if !hides || in_place {
            walker.access(&path, if in_place { Access::Write } else { Access::Read });
        }
    }
    // What is left has this in it: `ps aux | awk '/sshd/{print $2}'`.
    if super::flow::is_a_name_behind_a_hole(&stdin.text) {
        return Some(stdin.clone());
    }
    let named =
        read.positional(0).and_then(|text| text.strip_prefix('/')?.split_once('/')).map(|(name, _)| name.to_owned());
    Some(super::flow::named_by(named.as_ref(), stdin))
}

/// `sed`: its `e` and `w` commands; with `-i` it writes.
pub(super) fn sed(walker: &mut Walker, argv: &[String], stdin: &Data) -> Option<Data> {
    let program = families::program("sed")?;
    let read = crate::argv::Argv::read(program, argv);
    let given = |names: &[&str]| read.options.iter().any(|option| names.contains(&option.name.as_str()));
    let mut texts: Vec<String> = read.values("-e").chain(read.values("--expression")).map(str::to_owned).collect();
    let scripted = !texts.is_empty() || given(&["-f", "--file"]);
    if !scripted && let Some(text) = read.positional(0) {
        texts.push(text.to_owned());
    }
    for text in &texts {
        walker.filter(code::sed(text));
    }
    walker.words = argv.join(" ");
    walker.rule = "files/sed".to_owned();
    let in_place = given(&["-i", "--in-place"]);
    // Only the names of what is in a file of secrets: `s/=.*//`.
    let hides = texts.iter().any(|text| text.starts_with("s/=.*"));
    for at in read.positionals.iter().skip(usize::from(!scripted)) {
        let path = walker.path(&argv[*at]);
        if in_place {
            walker.access(&path, Access::Write);
        } else if !hides {
            walker.access(&path, Access::Read);
        }
    }
    Some(stdin.changed())
}
