//! `[check]` as it was decided for a repository: in `piton.toml` or `site.toml`, here or above.
//!
//! The nearest file that has the section counts, and the search ends at the top of the repository. What lies in another
//! repository than piton was started in has that one's.
//! Patterns in it are a .gitignore's, counted from the folder of the file; what is asked here are
//! paths as they are shown, counted from where piton was started. What can be wrong with it is in `settings/mistakes.rs`.

mod mistakes;

use crate::arguments::CheckArguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::path_name::path_of;
use crate::plain_file::{LARGEST, read_text};
use ignore::gitignore::Gitignore;
use piton_check::{Finding, RULES, Selection};
use piton_config::{CheckSettings, Problem, SettingsFile, Valued, check_settings};
use std::path::{Component, Path, PathBuf};

#[derive(Debug)]
pub(crate) struct Settings {
    /// Where piton was started.
    pub(super) here: PathBuf,
    /// What patterns and the paths of a baseline are counted from.
    pub(super) root: PathBuf,
    select: Vec<String>,
    ignore: Vec<String>,
    strict: bool,
    pub(crate) baseline: Option<PathBuf>,
    exclude: Gitignore,
    ignore_in: Vec<(Gitignore, Selection)>,
}

impl Settings {
    /// A repository that has decided nothing.
    pub(crate) fn none(here: &Path) -> Settings {
        Settings {
            here: here.to_owned(),
            root: top(here),
            select: Vec::new(),
            ignore: Vec::new(),
            strict: false,
            baseline: None,
            exclude: Gitignore::empty(),
            ignore_in: Vec::new(),
        }
    }

    /// Reads what was decided for the folder that piton was started in.
    pub(crate) fn read(here: &Path) -> Result<Settings, Failure> {
        Settings::around(here, Path::new(""))
    }

    /// Reads what was decided for what is asked about: where piton was started if all of it lies in that repository, and
    /// else for the folder that holds all of it.
    pub(crate) fn of(here: &Path, asked: &[PathBuf]) -> Result<Settings, Failure> {
        let folder = |path: &PathBuf| match here.join(path).is_dir() {
            true => path.clone(),
            false => path.parent().unwrap_or(Path::new("")).to_owned(),
        };
        let folders: Vec<PathBuf> = asked.iter().map(folder).collect();
        let whole: Vec<PathBuf> = folders.iter().map(|folder| lexical(&here.join(folder))).collect();
        let home = top(here);
        match (folders.as_slice(), whole.first()) {
            (_, None) => Settings::read(here),
            _ if whole.iter().all(|folder| folder.starts_with(&home)) => Settings::read(here),
            ([folder], _) => Settings::around(here, folder),
            (_, Some(first)) => {
                let holds_all = |above: &&Path| whole.iter().all(|folder| folder.starts_with(above));
                Settings::around(here, first.ancestors().find(holds_all).unwrap_or(first))
            }
        }
    }

    /// Reads what was decided for a folder, which is named as seen from where piton was started.
    pub(crate) fn around(here: &Path, asked: &Path) -> Result<Settings, Failure> {
        let start = lexical(&here.join(asked));
        let top = top(&start);
        let mut shown = asked.to_owned();
        for folder in start.ancestors() {
            let found = [("site.toml", SettingsFile::Site), ("piton.toml", SettingsFile::Alone)]
                .map(|(name, which)| Settings::in_file(here, folder, &shown.join(name), which));
            match found {
                [Err(failure), _] | [_, Err(failure)] => return Err(failure),
                [Ok(Some(_)), Ok(Some(_))] => return Err(mistakes::decided_twice(&shown)),
                [Ok(Some(settings)), _] | [_, Ok(Some(settings))] => return Ok(settings),
                _ if folder == top => break,
                _ => shown.push(".."),
            }
        }
        Ok(Settings::none(here))
    }

    /// Reads one file; nothing where it is not there, or has no such section.
    fn in_file(here: &Path, folder: &Path, shown: &Path, which: SettingsFile) -> Result<Option<Settings>, Failure> {
        let path = here.join(shown);
        // A link that leads nowhere is there, and cannot be read.
        let Ok(metadata) = std::fs::symlink_metadata(&path) else { return Ok(None) };
        if metadata.is_dir() {
            return Ok(None);
        }
        let file = shown.display().to_string();
        let text = read_text(&path, LARGEST)
            .map_err(|error| Failure { exit: Exit::Usage, ..Failure::file("read", shown, &error) })?;
        let failed = |problems| Failure::of(Exit::Usage, problems).in_text(&file, &text);
        let Some(said) = check_settings(&text, &file, which).map_err(failed)? else { return Ok(None) };
        Settings::decided(here, folder, &said).map(Some).map_err(failed)
    }

    fn decided(here: &Path, root: &Path, said: &CheckSettings) -> Result<Settings, Vec<Problem>> {
        let mut problems = mistakes::in_names(said);
        let texts = |values: &[Valued<String>]| values.iter().map(|value| value.value.clone()).collect::<Vec<_>>();
        let exclude = mistakes::patterns(&said.exclude, &mut problems);
        let ignore_in = said.ignore_in.iter().map(|(fits, rules)| {
            let rules = Selection { ignore: texts(rules), strict: true, ..Selection::default() };
            (mistakes::patterns(std::slice::from_ref(fits), &mut problems), rules)
        });
        let ignore_in = ignore_in.collect();
        match problems.is_empty() {
            true => Ok(Settings {
                here: here.to_owned(),
                root: root.to_owned(),
                select: texts(&said.select),
                ignore: texts(&said.ignore),
                strict: said.strict,
                baseline: said.baseline.as_ref().map(|file| root.join(file.value.as_str())),
                exclude,
                ignore_in,
            }),
            false => Err(problems),
        }
    }

    /// What runs: the command line counts, and where it says nothing, the file does.
    pub(crate) fn selection(&self, arguments: &CheckArguments) -> Result<Selection, Failure> {
        let problems = mistakes::in_words(&arguments.select, &arguments.ignore);
        if !problems.is_empty() {
            return Err(Failure::of(Exit::Usage, problems));
        }
        let mut selection = self.own();
        if !arguments.select.is_empty() {
            selection.select.clone_from(&arguments.select);
        }
        selection.ignore.extend(arguments.ignore.iter().cloned());
        selection.strict |= arguments.strict;
        match RULES.iter().any(|rule| selection.wants(rule)) {
            true => Ok(selection),
            false => Err(mistakes::nothing_left()),
        }
    }

    /// What runs when nobody says otherwise.
    pub(crate) fn own(&self) -> Selection {
        Selection { select: self.select.clone(), ignore: self.ignore.clone(), strict: self.strict }
    }

    /// Whether it was decided that a rule does not count where this was found.
    pub(crate) fn silences(&self, finding: &Finding) -> bool {
        let Some(path) = self.path_below(&finding.path) else { return false };
        let silent = |(fits, rules): &(Gitignore, Selection)| is_in(fits, &path) && !rules.wants(finding.rule);
        self.ignore_in.iter().any(silent)
    }

    /// Whether it was decided that a file is not looked at.
    pub(crate) fn excludes(&self, shown: &str) -> bool {
        self.path_below(shown).is_some_and(|path| is_in(&self.exclude, &path))
    }

    /// A shown path counted from the root; nothing for what lies outside of it.
    pub(super) fn path_below(&self, shown: &str) -> Option<PathBuf> {
        let path = lexical(&self.here.join(path_of(shown)));
        path.strip_prefix(&self.root).ok().map(Path::to_owned)
    }
}

/// A path without `.` and `..`, as it reads.
pub(super) fn lexical(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(out.pop()),
            Component::CurDir => {}
            part => out.push(part),
        }
    }
    out
}

/// The folder of the repository, or where piton was started.
fn top(here: &Path) -> PathBuf {
    here.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(here).to_owned()
}

fn is_in(patterns: &Gitignore, path: &Path) -> bool {
    patterns.matched_path_or_any_parents(path, false).is_ignore()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_counted_from_the_file_that_decides() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join("stack/old")).unwrap();
        std::fs::create_dir_all(root.join(".git")).unwrap();
        std::fs::write(root.join("piton.toml"), "[check]\nexclude = [\"stack/old/\", \"/top.yaml\"]\n").unwrap();
        let settings = Settings::read(&root.join("stack")).unwrap();
        assert!(settings.excludes("old/compose.yaml"));
        assert!(settings.excludes("../top.yaml"));
        assert!(!settings.excludes("top.yaml"));
        assert!(!settings.excludes("../../outside.yaml"));
        assert_eq!(settings.known_as("compose.yaml"), "stack/compose.yaml");
    }

    #[test]
    fn the_search_ends_at_the_top_of_the_repository() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("repository/stack");
        std::fs::create_dir_all(folder.path().join("repository/.git")).unwrap();
        std::fs::create_dir_all(&inner).unwrap();
        std::fs::write(folder.path().join("piton.toml"), "[check]\nstrict = true\n").unwrap();
        assert!(!Settings::read(&inner).unwrap().own().strict);
        std::fs::write(folder.path().join("repository/piton.toml"), "[check]\nstrict = true\n").unwrap();
        assert!(Settings::read(&inner).unwrap().own().strict);
    }

    #[test]
    fn another_repository_has_its_own() {
        let folder = tempfile::tempdir().unwrap();
        for (name, strict) in [("mine", false), ("theirs", true)] {
            std::fs::create_dir_all(folder.path().join(name).join(".git")).unwrap();
            std::fs::create_dir_all(folder.path().join(name).join("stack")).unwrap();
            let said = format!("[check]\nstrict = {strict}\nexclude = [\"/stack/\"]\n");
            std::fs::write(folder.path().join(name).join("piton.toml"), said).unwrap();
        }
        std::fs::write(folder.path().join("theirs/stack/compose.yaml"), "").unwrap();
        let here = folder.path().join("mine/stack");
        let of = |asked: &[&str]| Settings::of(&here, &asked.iter().map(PathBuf::from).collect::<Vec<_>>()).unwrap();
        assert!(!of(&[".."]).own().strict && !of(&["."]).own().strict && !of(&[]).own().strict);
        for asked in
            [&["../../theirs"][..], &["../../theirs/stack/compose.yaml"], &["../../theirs/stack", "../../theirs"]]
        {
            let settings = of(asked);
            assert!(settings.own().strict, "{asked:?}");
            assert!(settings.excludes("../../theirs/stack/compose.yaml"), "{asked:?}");
            assert!(!settings.excludes("compose.yaml"), "{asked:?}");
        }
        let whole = folder.path().join("theirs").to_string_lossy().into_owned();
        assert!(of(&[&whole]).excludes(&format!("{whole}/stack/compose.yaml")));
        assert!(!of(&["..", "../../theirs"]).own().strict, "two repositories, and what holds both has decided nothing");
    }
}
