//! Finding a site's folder, and reading its file and all that the file refers to.
//!
//! What is read is bounded and must be a plain file: a site may come from somebody else. `site_folder/trust.rs` says
//! what may be read when root reads for somebody else.

mod trust;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::path_name::{name_of, path_of};
use crate::plain_file::{LARGEST, read_text};
use piton_config::{Site, Sources};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
pub(crate) use trust::Trust;

const NAME: &str = "site.toml";

/// A site that was read and resolved.
#[derive(Clone, Debug)]
pub(crate) struct SiteFolder {
    pub(crate) site: Site,
    /// The site file, as the user would name it.
    pub(crate) file: String,
    pub(crate) text: String,
}

impl SiteFolder {
    /// Reads the site that was asked for, or the one around the current folder.
    pub(crate) fn open(asked: Option<&Path>) -> Result<SiteFolder, Failure> {
        SiteFolder::open_as(asked, Trust::of_this_process())
    }

    /// For the lab, whose caller may become root in any case: whose the files are does not matter.
    pub(crate) fn open_for_the_lab(asked: Option<&Path>) -> Result<SiteFolder, Failure> {
        SiteFolder::open_as(asked, Trust::Everybody)
    }

    fn open_as(asked: Option<&Path>, trust: Trust) -> Result<SiteFolder, Failure> {
        let path = find(asked)?;
        let file = path.display().to_string();
        trust.check(&path).map_err(|error| {
            let help = "root reads a site for somebody else only where nobody else can write it; run piton as yourself, without sudo";
            Failure::new(Exit::Usage, "site/not-roots", format!("{file}: {error}"), help)
        })?;
        let text = read(&path).map_err(|error| {
            let what = format!("cannot read {file}: {error}");
            Failure::new(Exit::Usage, "site/unreadable", what, "a site file is a plain text file of at most 1 MiB")
        })?;
        SiteFolder::trusted(&path, text, trust)
    }

    /// A site file whose text is known already; what it refers to is read.
    pub(crate) fn of(path: &Path, text: String) -> Result<SiteFolder, Failure> {
        SiteFolder::trusted(path, text, Trust::of_this_process())
    }

    fn trusted(path: &Path, text: String, trust: Trust) -> Result<SiteFolder, Failure> {
        let file = name_of(path);
        let sources = sources(&text, &file, path.parent().unwrap_or(Path::new(".")), trust);
        match piton_config::resolve(&text, &file, &sources) {
            Ok(site) => Ok(SiteFolder { site, file, text }),
            Err(problems) => Err(Failure::of(Exit::Usage, problems).in_text(&file, &text)),
        }
    }

    /// The name of a site that may have mistakes everywhere else.
    pub(crate) fn written_name(asked: Option<&Path>) -> Option<String> {
        let path = find(asked).ok()?;
        Trust::of_this_process().check(&path).ok()?;
        piton_config::written_name(&read(&path).ok()?, &path.display().to_string())
    }

    /// The path of a file beside the site file, as the user would name it.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        path_of(&self.file).with_file_name(name)
    }

    /// Lets the problems of a failure show the lines of this site.
    pub(crate) fn explain(&self, failure: Failure) -> Failure {
        let texts = piton_catalog::service_texts(&self.site);
        let failure = texts.iter().fold(failure, |failure, (file, text)| failure.in_text(file, text));
        failure.in_text(&self.file, &self.text)
    }
}

/// Reads a file that a site names, from the folder of its file; nothing where that cannot be.
pub(crate) fn beside(file: &str, name: &str) -> Option<String> {
    let path = path_of(file).with_file_name(name);
    Trust::of_this_process().check(&path).ok()?;
    read(&path).ok()
}

fn find(asked: Option<&Path>) -> Result<PathBuf, Failure> {
    let help = "`piton init --from two-vps` writes a site to start from; `--site DIR` names one";
    let none = |what: String| Failure::new(Exit::Usage, "site/not-found", what, help);
    if let Some(asked) = asked {
        let path = if asked.is_dir() { asked.join(NAME) } else { asked.to_owned() };
        return match path.exists() {
            true => Ok(path),
            false => Err(none(format!("there is no {}", path.display()))),
        };
    }
    let mut climbed = PathBuf::new();
    let here = std::env::current_dir().map_err(|error| none(format!("cannot tell where this is: {error}")))?;
    for _ in here.ancestors() {
        let path = climbed.join(NAME);
        if path.is_file() {
            return Ok(path);
        }
        climbed.push("..");
    }
    Err(none(format!("there is no {NAME} here or in a parent folder")))
}

/// Reads everything the site refers to; what cannot be read is a problem at the line that names it.
fn sources(text: &str, file: &str, folder: &Path, trust: Trust) -> Sources {
    let mut sources = Sources::new();
    for reference in piton_config::references(text, file) {
        let path = folder.join(&reference.path);
        match trust.check(&path).and_then(|()| read(&path)) {
            Ok(content) => sources.insert(reference.path, content),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => sources.insert_unreadable(reference.path, error.to_string()),
        }
    }
    own_services(folder, &mut sources, trust);
    sources
}

/// More files than any service has.
const MOST_FILES: usize = 256;

/// Reads the site's own services: `services/NAME/` with its templates. What cannot be read is not there.
fn own_services(folder: &Path, sources: &mut Sources, trust: Trust) {
    let Ok(entries) = folder.join("services").read_dir() else { return };
    for entry in entries.flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let mut found = Vec::new();
        below(&entry.path(), &mut found, 0);
        for path in found.into_iter().take(MOST_FILES) {
            let inner = path.strip_prefix(entry.path()).ok().and_then(Path::to_str).map(str::to_owned);
            if let (Some(inner), Ok(text)) = (inner, trust.check(&path).and_then(|()| read(&path))) {
                sources.insert_service_file(&name, inner, text);
            }
        }
    }
}

fn below(folder: &Path, found: &mut Vec<PathBuf>, depth: usize) {
    let Ok(entries) = folder.read_dir() else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        match path.is_dir() {
            true if depth < 4 && found.len() < MOST_FILES => below(&path, found, depth + 1),
            true => {}
            false => found.push(path),
        }
    }
}

fn read(path: &Path) -> io::Result<String> {
    read_text(path, LARGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_over_the_limit_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        std::fs::write(&path, vec![b'#'; LARGEST as usize + 1]).unwrap();
        assert_eq!(read(&path).unwrap_err().kind(), ErrorKind::FileTooLarge);
    }

    #[test]
    fn a_folder_or_a_pipe_is_not_a_site_file() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read(folder.path()).is_err());
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        std::fs::write(&path, [0xff, 0xfe, 0x00]).unwrap();
        assert_eq!(read(&path).unwrap_err().kind(), ErrorKind::InvalidData);
    }
}
