//! Which files are looked at: those that were named, and in folders those that git would not ignore, and env files that it tracks all the same.

use super::ignores::{Unreadable, unreadable_above, unreadable_in};
use super::{Settings, crowd, tracked};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::path_name::name_of;
use ignore::WalkBuilder;
use std::cell::RefCell;
use std::collections::HashSet;
use std::ffi::OsStr;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Ends of names of what is surely no configuration: not worth opening.
const SKIPPED: &[&str] = &[
    "png", "jpg", "jpeg", "gif", "webp", "ico", "svg", "pdf", "zip", "gz", "xz", "zst", "tar", "bz2", "7z", "woff",
    "woff2", "ttf", "otf", "eot", "mp3", "mp4", "webm", "mov", "wav", "so", "a", "o", "exe", "dll", "dylib", "class",
    "jar", "wasm", "pyc", "rs", "go", "py", "js", "mjs", "cjs", "ts", "tsx", "jsx", "vue", "svelte", "css", "scss",
    "less", "html", "htm", "c", "h", "cc", "cpp", "hpp", "java", "kt", "swift", "rb", "php", "pl", "lua", "r", "ipynb",
    "lock", "sum", "map", "csv", "tsv", "parquet", "db", "sqlite", "gguf", "onnx", "bin", "iso", "img", "deb", "rpm",
];

/// Folders that hold other people's code or git's own data, whether ignored or not.
const SKIPPED_FOLDERS: &[&str] = &[".git", "node_modules", ".venv", "__pycache__"];

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
            let walk = Walk::below(path);
            let tracked = tracked::env_files(path).into_iter().map(|path| (name(&path), path));
            found.extend(walk.files().chain(tracked).filter(|(name, _)| !settings.excludes(name)));
            if let Some(ignores) = walk.unreadable().into_iter().next() {
                return Err(not_checked(&ignores.path, &ignores.error));
            }
            closed.append(&mut walk.closed.into_inner());
        } else if settings.excludes(&name(path)) {
            excluded.push(name(path));
        } else {
            crowd::is_text(path).map_err(|error| not_checked(path, &error))?;
            found.push((name(path), path.clone()));
        }
    }
    found.sort();
    found.dedup();
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
    let walk = Walk::below(folder);
    let mut found: Vec<Found> = walk.files().take(most + 1).collect();
    let is_all = found.len() <= most;
    found.retain(|(name, _)| !settings.excludes(name));
    found.sort();
    (found, is_all, walk.unreadable())
}

/// A folder as it is walked, but for what lies below an ignore file that cannot be read.
struct Walk {
    builder: Option<WalkBuilder>,
    unreadable: Arc<Mutex<Vec<Unreadable>>>,
    /// Folders that could not be walked, and why.
    closed: RefCell<Vec<String>>,
}

impl Walk {
    fn below(folder: &Path) -> Walk {
        if let Some(first) = unreadable_above(folder) {
            return Walk { builder: None, unreadable: Arc::new(Mutex::new(vec![first])), closed: RefCell::default() };
        }
        let unreadable: Arc<Mutex<Vec<Unreadable>>> = Arc::default();
        let noted = Arc::clone(&unreadable);
        let wanted = move |entry: &ignore::DirEntry| {
            if SKIPPED_FOLDERS.iter().any(|skipped| entry.file_name() == *skipped) {
                return false;
            }
            if !entry.file_type().is_some_and(|kind| kind.is_dir()) {
                return true;
            }
            let found = unreadable_in(entry.path());
            let is_readable = found.is_none();
            noted.lock().unwrap_or_else(PoisonError::into_inner).extend(found);
            is_readable
        };
        // `.env`, `.github` and `.claude` begin with a dot and matter.
        let mut builder = WalkBuilder::new(folder);
        builder.hidden(false).require_git(false).git_global(has_own_ignores()).filter_entry(wanted);
        Walk { builder: Some(builder), unreadable, closed: RefCell::default() }
    }

    fn files(&self) -> impl Iterator<Item = Found> {
        let walk = self.builder.iter().flat_map(|builder| builder.build());
        let met = walk.filter_map(|entry| {
            let noted = |error: &ignore::Error| {
                let is_closed = error.io_error().is_some_and(|error| error.kind() == ErrorKind::PermissionDenied);
                self.closed.borrow_mut().extend(is_closed.then(|| error.to_string()));
            };
            entry.inspect_err(noted).ok()
        });
        let files = met.filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
        let worth = files.filter(|entry| {
            let extension = entry.path().extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
            // `Dockerfile.go` builds Go.
            let builds = entry.file_name().as_encoded_bytes().starts_with(b"Dockerfile.");
            builds || !extension.is_some_and(|extension| SKIPPED.contains(&extension.as_str()))
        });
        worth.map(|entry| (name(entry.path()), entry.into_path()))
    }

    /// What was met so far.
    fn unreadable(&self) -> Vec<Unreadable> {
        std::mem::take(&mut *self.unreadable.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Whether the user has a list of what git ignores everywhere. To look for it properly takes as long as to read twenty
/// files, and few have one.
fn has_own_ignores() -> bool {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let folder =
        std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).or_else(|| Some(home.as_ref()?.join(".config")));
    let git = folder.map(|folder| folder.join("git"));
    let names_one = |path: PathBuf| {
        std::fs::read(path).is_ok_and(|text| text.to_ascii_lowercase().windows(12).any(|word| word == b"excludesfile"))
    };
    git.as_ref().is_some_and(|git| git.join("ignore").exists() || names_one(git.join("config")))
        || home.is_some_and(|home| names_one(home.join(".gitconfig")))
}

/// Without the `./` that the walk puts in front.
fn name(path: &Path) -> String {
    let inner = path.as_os_str().as_bytes().strip_prefix(b"./");
    name_of(inner.map_or(path, |inner| Path::new(OsStr::from_bytes(inner))))
}
