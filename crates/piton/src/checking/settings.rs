//! `[check]` as it was decided for a repository: in `piton.toml` or `site.toml`, here or above.
//!
//! The nearest file that has the section counts, and the search ends at the top of the repository. What lies in another
//! repository than piton was started in has that one's.
//! Patterns in it are a .gitignore's, counted from the folder of the file; what is asked here are
//! paths as they are shown, counted from where piton was started.

use crate::arguments::CheckArguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::plain_file::{LARGEST, LARGEST_MADE, read_text};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use piton_check::{Finding, Project, RULES, Selection, baseline};
use piton_config::{CheckSettings, Origin, Problem, SettingsFile, Valued, check_settings};
use std::path::{Component, Path, PathBuf};

#[derive(Debug)]
pub(crate) struct Settings {
    /// Where piton was started.
    here: PathBuf,
    /// What patterns and the paths of a baseline are counted from.
    root: PathBuf,
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
                [Ok(Some(_)), Ok(Some(_))] => return Err(decided_twice(&shown)),
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
        let Ok(metadata) = std::fs::metadata(&path) else { return Ok(None) };
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
        let named = said.select.iter().chain(&said.ignore).chain(said.ignore_in.iter().flat_map(|(_, rules)| rules));
        let mut problems: Vec<Problem> = named.filter_map(|name| unknown(name, &name.origin)).collect();
        let texts = |values: &[Valued<String>]| values.iter().map(|value| value.value.clone()).collect::<Vec<_>>();
        let exclude = pattern(&said.exclude, &mut problems);
        let ignore_in = said.ignore_in.iter().map(|(fits, rules)| {
            let rules = Selection { ignore: texts(rules), strict: true, ..Selection::default() };
            (pattern(std::slice::from_ref(fits), &mut problems), rules)
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
        let strangers =
            arguments.select.iter().chain(&arguments.ignore).filter_map(|name| unknown(name, &Origin::Default));
        let strangers: Vec<Problem> = strangers.collect();
        if !strangers.is_empty() {
            return Err(Failure::of(Exit::Usage, strangers));
        }
        let mut selection = self.own();
        if !arguments.select.is_empty() {
            selection.select.clone_from(&arguments.select);
        }
        selection.ignore.extend(arguments.ignore.iter().cloned());
        selection.strict |= arguments.strict;
        Ok(selection)
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

    /// A path as it is written in a baseline: from the top of what was decided, wherever piton was started.
    pub(crate) fn known_as(&self, shown: &str) -> String {
        let below = self.path_below(shown);
        below.map_or_else(|| shown.to_owned(), |path| path.to_string_lossy().into_owned())
    }

    /// Takes out what the baseline knows.
    pub(crate) fn subtract_known(&self, project: &Project, findings: Vec<Finding>) -> Result<Vec<Finding>, Failure> {
        let Some(file) = &self.baseline else { return Ok(findings) };
        let known = read_text(file, LARGEST_MADE).map_err(|error| no_baseline(file, &error.to_string()))?;
        if !baseline::is_one(&known) {
            return Err(no_baseline(file, "it holds something else"));
        }
        Ok(baseline::subtract(project, findings, &known, &|path| self.known_as(path)))
    }

    /// A shown path counted from the root; nothing for what lies outside of it.
    fn path_below(&self, shown: &str) -> Option<PathBuf> {
        let path = lexical(&self.here.join(shown));
        path.strip_prefix(&self.root).ok().map(Path::to_owned)
    }
}

/// A path without `.` and `..`, as it reads.
fn lexical(path: &Path) -> PathBuf {
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

fn pattern(lines: &[Valued<String>], problems: &mut Vec<Problem>) -> Gitignore {
    let mut builder = GitignoreBuilder::new("");
    for line in lines {
        if let Err(error) = builder.add_line(None, line) {
            let problem = Problem::new("settings/bad-pattern", format!("`{}` is no pattern", line.value));
            problems.push(problem.at(&line.origin, "").note(error.to_string()).help("write it as in a .gitignore"));
        }
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

fn no_baseline(file: &Path, why: &str) -> Failure {
    let what = format!("cannot read the known findings in {}: {why}", file.display());
    Failure::new(Exit::Usage, "settings/no-baseline", what, "`piton check --write-baseline FILE` writes one")
}

fn decided_twice(shown: &Path) -> Failure {
    let what =
        format!("{} and {} both have [check]", shown.join("site.toml").display(), shown.join("piton.toml").display());
    Failure::new(Exit::Usage, "settings/twice", what, "keep one of the two")
}

/// What is wrong with the name of a rule or family.
fn unknown(name: &str, origin: &Origin) -> Option<Problem> {
    let one = Selection { select: vec![name.to_owned()], ..Selection::default() };
    if RULES.iter().any(|rule| one.wants(rule)) {
        return None;
    }
    let code = if origin.span().is_some() { "settings/unknown-rule" } else { "usage" };
    let near = piton_config::nearest(name, RULES.iter().map(|rule| rule.id)).or_else(|| {
        let families = RULES.iter().filter_map(|rule| rule.id.split_once('-')).map(|(family, _)| family);
        piton_config::nearest(name, families)
    });
    let problem = Problem::new(code, format!("there is no rule `{name}`, and no family of that name"));
    Some(problem.at(origin, "").suggest(near).help("`piton rules` lists them"))
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
