//! Which files are looked at: those that were named, and in folders those that git would not ignore, and env files that it tracks all the same.

use super::ignores::{Ignores, Present};
use super::repository::{Place, Unreadable};
use super::{Settings, crowd, tracked};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::path_name::name_of;
use std::collections::HashSet;
use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Ends of names of what is surely no configuration: not worth opening.
const SKIPPED: &[&str] = &[
    "png", "jpg", "jpeg", "gif", "webp", "ico", "svg", "pdf", "zip", "gz", "xz", "zst", "tar", "bz2", "7z", "woff",
    "woff2", "ttf", "otf", "eot", "mp3", "mp4", "webm", "mov", "wav", "so", "a", "o", "exe", "dll", "dylib", "class",
    "jar", "wasm", "pyc", "rs", "go", "py", "js", "mjs", "cjs", "ts", "tsx", "jsx", "vue", "svelte", "css", "scss",
    "less", "html", "htm", "c", "h", "cc", "cpp", "hpp", "java", "kt", "swift", "rb", "php", "pl", "lua", "r", "ipynb",
    "lock", "sum", "map", "csv", "tsv", "parquet", "db", "sqlite", "gguf", "onnx", "bin", "iso", "img", "deb", "rpm",
];

/// What holds other people's code or git's own data, whether ignored or not.
const SKIPPED_NAMES: &[&str] = &[".git", "node_modules", ".venv", "__pycache__"];

/// A file to look at: its name as shown, and where it is.
pub(crate) type Found = (String, PathBuf);

/// What is looked at, and what is to be said about the rest.
#[derive(Debug, Default)]
pub(crate) struct Files {
    pub(crate) found: Vec<Found>,
    /// Named, although `[check]` leaves them out.
    pub(crate) excluded: Vec<String>,
    /// Folders that cannot be read, and why.
    pub(crate) closed: Vec<String>,
}

/// Every file to look at.
pub(crate) fn files(paths: &[PathBuf], settings: &Settings) -> Result<Files, Failure> {
    let Files { mut found, mut excluded, mut closed } = Files::default();
    for path in paths {
        let metadata = std::fs::metadata(path).map_err(|error| not_checked(path, &error))?;
        if metadata.is_dir() {
            let place = Place::of(path).map_err(|error| not_checked(path, &error))?;
            let mut walk = Walk::below(path, &place);
            let wanted = |(name, _): &Found| !settings.excludes(name);
            found.extend(walk.by_ref().filter(wanted));
            if let Some(ignores) = walk.unreadable.first() {
                return Err(not_checked(&ignores.path, &ignores.error));
            }
            closed.append(&mut walk.closed);
            let tracked = tracked::env_files(path, &place).into_iter().map(|path| (name(&path), path));
            found.extend(tracked.filter(wanted));
        } else if settings.excludes(&name(path)) {
            excluded.push(name(path));
        } else {
            crowd::is_text(path).map_err(|error| not_checked(path, &error))?;
            found.push((name(path), path.clone()));
        }
    }
    found.sort();
    // An env file that git tracks may have been met as well.
    found.dedup_by(|left, right| left.0 == right.0);
    if paths.len() > 1 {
        // The same file may have been named in several ways.
        let mut seen = HashSet::new();
        found.retain(|(_, path)| seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())));
    }
    Ok(Files { found, excluded, closed })
}

/// What somebody asked for and does not get is no success.
fn not_checked(path: &Path, error: &std::io::Error) -> Failure {
    let mut failure = Failure::file("check", path, error);
    failure.exit = Exit::Usage;
    if path == Path::new("-") {
        let help = "to check what comes from stdin, say what it is: `piton check --stdin-filename compose.yaml`";
        failure.problems = failure.problems.into_iter().map(|problem| problem.help(help)).collect();
    }
    failure
}

/// The files of a folder, up to a number, whether these are all, and why a part of it is not looked at.
pub(crate) fn some_files(folder: &Path, settings: &Settings, most: usize) -> (Vec<Found>, bool, Vec<Unreadable>) {
    let Ok(place) = Place::of(folder) else { return (Vec::new(), true, Vec::new()) };
    let mut walk = Walk::below(folder, &place);
    let mut found: Vec<Found> = walk.by_ref().take(most + 1).collect();
    let is_all = found.len() <= most;
    found.retain(|(name, _)| !settings.excludes(name));
    found.sort();
    (found, is_all, walk.unreadable)
}

/// The files of a folder as they are met, but for what lies below a list of ignored files that cannot be read.
///
/// Of a folder only its names are asked for. Whoever asks whether each kind of list is there asks several times a folder.
struct Walk<'a> {
    folder: &'a Path,
    place: &'a Place,
    /// Folders still to be read, with what holds in them because of those above.
    ahead: Vec<(PathBuf, Rc<Ignores>)>,
    /// Files of the folder that was read last.
    met: Vec<PathBuf>,
    unreadable: Vec<Unreadable>,
    /// Folders that could not be read, and why.
    closed: Vec<String>,
}

impl<'a> Walk<'a> {
    fn below(folder: &'a Path, place: &'a Place) -> Walk<'a> {
        let mut walk =
            Walk { folder, place, ahead: Vec::new(), met: Vec::new(), unreadable: Vec::new(), closed: Vec::new() };
        match Ignores::above(place) {
            Ok(ignores) => walk.ahead.push((folder.to_owned(), ignores)),
            Err(unreadable) => walk.unreadable.push(unreadable),
        }
        walk
    }

    /// Reads a folder: what is in it is met, or still ahead.
    fn read(&mut self, folder: &Path, ignores: Rc<Ignores>) -> io::Result<()> {
        let (mut entries, mut present) = (Vec::new(), Present::default());
        for entry in folder.read_dir()?.flatten() {
            let name = entry.file_name();
            present.note(name.as_encoded_bytes());
            // A link may lead anywhere, and is not followed.
            let Ok(kind) = entry.file_type() else { continue };
            let is_wanted = kind.is_dir() || kind.is_file() && is_worth(&name);
            if is_wanted && !SKIPPED_NAMES.iter().any(|skipped| name == *skipped) {
                entries.push((name, kind.is_dir()));
            }
        }
        let ignores = match ignores.within(folder, present) {
            Ok(ignores) => ignores,
            Err(unreadable) => {
                self.unreadable.push(unreadable);
                return Ok(());
            }
        };
        for (name, is_folder) in entries {
            let path = if folder == Path::new(".") { PathBuf::from(name) } else { folder.join(name) };
            let whole = || self.place.whole.join(path.strip_prefix(self.folder).unwrap_or(&path));
            if !ignores.leave_out(&path, is_folder, &whole) {
                match is_folder {
                    true => self.ahead.push((path, Rc::clone(&ignores))),
                    false => self.met.push(path),
                }
            }
        }
        Ok(())
    }
}

impl Iterator for Walk<'_> {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        loop {
            if let Some(path) = self.met.pop() {
                return Some((name(&path), path));
            }
            let (folder, ignores) = self.ahead.pop()?;
            if let Err(error) = self.read(&folder, ignores)
                && error.kind() == ErrorKind::PermissionDenied
            {
                self.closed.push(format!("{}: {error}", folder.display()));
            }
        }
    }
}

/// Whether a file may be a configuration, by its name.
fn is_worth(name: &OsStr) -> bool {
    let extension = Path::new(name).extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    // `Dockerfile.go` builds Go.
    name.as_encoded_bytes().starts_with(b"Dockerfile.")
        || !extension.is_some_and(|extension| SKIPPED.contains(&extension.as_str()))
}

/// Without the `./` that somebody put in front.
fn name(path: &Path) -> String {
    let inner = path.as_os_str().as_bytes().strip_prefix(b"./");
    name_of(inner.map_or(path, |inner| Path::new(OsStr::from_bytes(inner))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::process::Command;

    fn git(folder: &Path, words: &[&str]) -> String {
        let done = Command::new("git").arg("-C").arg(folder).args(words).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    fn write(folder: &Path, name: &str, text: &str) {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A repository in which lists of several folders disagree, and the same as another of its working trees.
    fn repository() -> (tempfile::TempDir, [PathBuf; 2]) {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (folder.path().join("first"), folder.path().join("second"));
        fs::create_dir(&first).unwrap();
        git(&first, &["init", "-q"]);
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
        git(&first, &[&identity[..], &["commit", "-q", "--allow-empty", "-m", "first"]].concat());
        git(&first, &["worktree", "add", "-q", "../second"]);
        // Above a repository git looks for nothing.
        write(folder.path(), ".gitignore", "*\n");
        write(&first, ".git/info/exclude", "secret.*\n!kept/secret.yml\n");
        for tree in [&first, &second] {
            write(
                tree,
                ".gitignore",
                "\u{feff}*.log\n/top.yml\nbuilt/\n!important.log\ndeep/**/left.yml\n[a\n# a comment\n\\#odd\ntrail \n",
            );
            write(tree, "sub/.gitignore", "!*.log\n*.yml\n!stays.yml\nnot-a-folder/\r\n");
            write(tree, "sub/more/.gitignore", "!top.yml\nstays.yml\n");
            fs::create_dir_all(tree.join("odd/.gitignore")).unwrap();
            for name in [
                "top.yml",
                "sub/top.yml",
                "sub/stays.yml",
                "sub/more/top.yml",
                "sub/more/stays.yml",
                "a.log",
                "important.log",
                "sub/a.log",
                "built/a.yml",
                "sub/built/a.yml",
                "sub/not-a-folder",
                "deep/left.yml",
                "deep/a/b/left.yml",
                "left.yml",
                "secret.yml",
                "kept/secret.yml",
                "#odd",
                "trail",
                ".hidden/x.yml",
                "odd/x.yml",
            ] {
                write(tree, name, "");
            }
        }
        (folder, [first, second])
    }

    fn walked(folder: &Path) -> Vec<String> {
        let place = Place::of(folder).unwrap();
        let mut walk = Walk::below(folder, &place);
        let below = |path: PathBuf| path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
        let mut found: Vec<String> = walk.by_ref().map(|(_, path)| below(path)).collect();
        assert!(walk.unreadable.is_empty() && walk.closed.is_empty());
        found.sort();
        found
    }

    #[test]
    fn what_is_left_out_is_what_git_leaves_out() {
        let (_kept, trees) = repository();
        for tree in &trees {
            for below in ["", "sub", "sub/more", "deep/a"] {
                let folder = tree.join(below);
                let told = git(&folder, &["ls-files", "-z", "--others", "--exclude-standard"]);
                let mut told: Vec<&str> = told.split('\0').filter(|name| !name.is_empty()).collect();
                told.sort_unstable();
                assert_eq!(walked(&folder), told, "{}", folder.display());
            }
        }
    }

    #[test]
    fn a_list_for_searches_counts_for_more_than_any_of_gits() {
        let (_kept, [tree, _]) = repository();
        write(&tree, ".ignore", "!built/\n");
        write(&tree, "sub/.ignore", "stays.yml\n");
        let found = walked(&tree);
        let has = |name: &str| found.iter().any(|found| found == name);
        assert!(has("built/a.yml") && has("sub/more/top.yml"));
        assert!(!has("sub/stays.yml") && !has("sub/more/stays.yml"));
    }
}
