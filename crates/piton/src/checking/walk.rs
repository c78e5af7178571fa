//! Which files are looked at: those that were named, and in folders those that git would not ignore.

use super::Settings;
use crate::failure::Failure;
use ignore::WalkBuilder;
use std::path::{Path, PathBuf};

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

/// Every file to look at, and those that were named although `[check]` leaves them out.
pub(crate) fn files(paths: &[PathBuf], settings: &Settings) -> Result<(Vec<Found>, Vec<String>), Failure> {
    let mut found = Vec::new();
    let mut excluded = Vec::new();
    for path in paths {
        let metadata = std::fs::metadata(path).map_err(|error| Failure::file("read", path, &error))?;
        if metadata.is_dir() {
            found.extend(below(path).filter(|(name, _)| !settings.excludes(name)));
        } else if settings.excludes(&name(path)) {
            excluded.push(name(path));
        } else {
            found.push((name(path), path.clone()));
        }
    }
    found.sort();
    found.dedup();
    Ok((found, excluded))
}

/// The files of a folder, up to a number, and whether these are all.
pub(crate) fn some_files(folder: &Path, settings: &Settings, most: usize) -> (Vec<Found>, bool) {
    let mut found: Vec<Found> = below(folder).take(most + 1).collect();
    let is_all = found.len() <= most;
    found.retain(|(name, _)| !settings.excludes(name));
    found.sort();
    (found, is_all)
}

fn below(folder: &Path) -> impl Iterator<Item = (String, PathBuf)> {
    let wanted = |entry: &ignore::DirEntry| {
        let name = entry.file_name().to_string_lossy();
        !SKIPPED_FOLDERS.contains(&name.as_ref())
    };
    // `.env`, `.github` and `.claude` begin with a dot and matter.
    let mut builder = WalkBuilder::new(folder);
    let walk = builder.hidden(false).require_git(false).git_global(has_own_ignores()).filter_entry(wanted).build();
    let files = walk.filter_map(Result::ok).filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
    let worth = files.filter(|entry| {
        let extension = entry.path().extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
        // `Dockerfile.go` builds Go.
        let builds = entry.file_name().as_encoded_bytes().starts_with(b"Dockerfile.");
        builds || !extension.is_some_and(|extension| SKIPPED.contains(&extension.as_str()))
    });
    worth.map(|entry| (name(entry.path()), entry.into_path()))
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
    let name = path.to_string_lossy().into_owned();
    name.strip_prefix("./").map_or(name.clone(), str::to_owned)
}
