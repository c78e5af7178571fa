//! `[check]` as a value: read from a site file, or from a `piton.toml`.
//!
//! The keys are those of `keys/check.rs`, looked at as every other key is. Which rules there are is
//! not known here: names keep their places, and the caller judges them.

use crate::kind::Kind;
use crate::layers::{View, valued};
use crate::problem::Problems;
use crate::tree::{self, Data, Table};
use crate::{Origin, Problem, Valued, shape};

/// What a repository has decided about the rules.
#[derive(Clone, Debug, Default)]
pub struct CheckSettings {
    pub select: Vec<Valued<String>>,
    pub ignore: Vec<Valued<String>>,
    /// A pattern, and the rules that do not count where it fits.
    pub ignore_in: Vec<(Valued<String>, Vec<Valued<String>>)>,
    pub exclude: Vec<Valued<String>>,
    pub strict: bool,
    pub baseline: Option<Valued<String>>,
}

/// Which file `[check]` stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingsFile {
    /// site.toml: what else it says is somebody else's to judge.
    Site,
    /// piton.toml: beside it only the gate's own tables may stand.
    Alone,
}

/// Reads the section; nothing where the file has none.
pub fn check_settings(text: &str, file: &str, which: SettingsFile) -> Result<Option<CheckSettings>, Vec<Problem>> {
    let named = |mut problem: Problem| {
        if which == SettingsFile::Alone {
            problem.code = format!("settings/{}", problem.code.trim_start_matches("site").trim_start_matches('/'));
        }
        problem
    };
    let mut root = tree::read_written(text, file).map_err(|problem| vec![named(*problem)])?;
    if which == SettingsFile::Site {
        root.entries.retain(|entry| entry.key == "check");
    }
    let mut problems = Problems::default();
    shape::check_settings(&mut root, &mut problems);
    if !problems.is_empty() {
        return Err(problems.sorted().into_iter().map(named).collect());
    }
    Ok(root.table("check").map(settings))
}

fn settings(table: &Table) -> CheckSettings {
    let view = View::of(vec![table], Origin::Default);
    let by_pattern = table.table("ignore_in").into_iter().flat_map(|table| &table.entries);
    let ignore_in = by_pattern.map(|entry| {
        let pattern = Valued { value: entry.key.clone(), origin: entry.key_origin.clone() };
        (pattern, entry.node.list().iter().filter_map(valued).collect())
    });
    CheckSettings {
        select: view.added("select"),
        ignore: view.added("ignore"),
        ignore_in: ignore_in.collect(),
        exclude: view.added("exclude"),
        strict: view.value::<bool>("strict").is_some_and(|strict| *strict),
        baseline: view.value("baseline"),
    }
}

impl Kind {
    /// Checks each value of a table whose keys are patterns.
    pub(crate) fn check_by_pattern(self, table: &mut Table, path: &str, problems: &mut Problems) {
        for entry in &mut table.entries {
            self.check(&mut entry.node, &format!("{path}.{:?}", entry.key), problems);
            if matches!(entry.node.data, Data::Broken) {
                entry.node.data = Data::List(Vec::new());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str, which: SettingsFile) -> String {
        let found = check_settings(text, "piton.toml", which).unwrap_err();
        let line = |problem: &Problem| {
            let place = problem.label.as_ref().map_or("", |label| &text[label.span.range.clone()]);
            format!("{}: {} [{place}]{}", problem.code, problem.what, problem.suggestion.clone().unwrap_or_default())
        };
        found.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_site_says_the_same_as_a_file_of_its_own() {
        let text = "[check]\nselect = [\"compose\"]\nstrict = true\nbaseline = \"known.txt\"\nexclude = [\"old/\"]\n\
                    [check.ignore_in]\n\"lab/\" = [\"all\"]\n";
        for which in [SettingsFile::Site, SettingsFile::Alone] {
            let settings = check_settings(text, "piton.toml", which).unwrap().unwrap();
            assert_eq!(settings.select[0].value, "compose");
            assert!(settings.strict);
            assert_eq!(settings.baseline.unwrap().value, "known.txt");
            assert_eq!(settings.exclude[0].value, "old/");
            assert_eq!((&*settings.ignore_in[0].0.value, &*settings.ignore_in[0].1[0].value), ("lab/", "all"));
        }
    }

    #[test]
    fn a_file_without_the_section_has_decided_nothing() {
        assert!(check_settings("[site]\nname = 1\n", "site.toml", SettingsFile::Site).unwrap().is_none());
        assert!(check_settings("", "piton.toml", SettingsFile::Alone).unwrap().is_none());
    }

    #[test]
    fn every_mistake_has_its_place_and_what_was_probably_meant() {
        insta::assert_snapshot!(problems("[check]\nignroe = []\nstrict = \"yes\"\nselect = \"compose\"\n", SettingsFile::Alone), @r#"
        settings/unknown-key: [check] has no key `ignroe` [ignroe]ignore
        settings/wrong-type: `check.strict` must be true or false, not text ["yes"]
        settings/wrong-type: `check.select` must be a list, not text ["compose"]
        "#);
        insta::assert_snapshot!(problems("[chekc]\nstrict = true\n", SettingsFile::Alone), @"settings/unknown-key: piton.toml has no key `chekc` [chekc]check");
        insta::assert_snapshot!(problems("[check.ignore_in]\n\"lab/\" = \"all\"\n", SettingsFile::Alone), @r#"settings/wrong-type: `check.ignore_in."lab/"` must be a list, not text ["all"]"#);
        insta::assert_snapshot!(problems("[check]\nignore_in = [\"a\"]\n", SettingsFile::Alone), @r#"settings/wrong-type: `check.ignore_in` must be a table from patterns to lists, not a list [["a"]]"#);
        insta::assert_snapshot!(problems("[check\n", SettingsFile::Alone), @"settings/syntax: the file is not valid TOML: unclosed table, expected `]` []");
    }
}
