//! The secrets in the operator's editor: in a file of memory that only its owner reads, and that is wiped afterwards.

use crate::exit::Exit;
use crate::failure::Failure;
use piton_secrets::Secrets;
use rustix::fs::{FsWord, statfs};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use zeroize::Zeroizing;

/// Kept away, with what is in it, whatever happens.
struct Sheet {
    path: PathBuf,
}

/// What a person made of the secrets; none when they left them as they are.
pub(super) fn edit(secrets: &Secrets) -> Result<Option<Secrets>, Failure> {
    let before = secrets.text();
    let sheet = Sheet::write(&before)?;
    let editor = ["VISUAL", "EDITOR"].iter().find_map(|name| std::env::var(name).ok().filter(|it| !it.is_empty()));
    let editor = editor.unwrap_or_else(|| "vi".to_owned());
    let mut words = editor.split_whitespace();
    // Swap and backup files of vi lie beside the sheet, and go with its folder.
    let ran = Command::new(words.next().unwrap_or("vi")).args(words).arg(&sheet.path).status();
    let status = ran.map_err(|error| {
        Failure::usage(format!("the editor `{editor}` cannot be run: {error}"), "set VISUAL or EDITOR")
    })?;
    if !status.success() {
        return Err(Failure::new(Exit::Failed, "secrets/editor", format!("`{editor}` failed"), "nothing was changed"));
    }
    let after = sheet.read()?;
    if *after == *before {
        return Ok(None);
    }
    let edited = Secrets::read(&after).map_err(|error| {
        let what = format!("what you wrote is no list of secrets: {error}");
        Failure::new(Exit::Usage, "secrets/unreadable", what, "a line is `name = \"value\"`; nothing was changed")
    })?;
    Ok(Some(edited))
}

impl Sheet {
    fn write(text: &str) -> Result<Sheet, Failure> {
        let memory = memory().ok_or_else(|| {
            let what = "there is no folder in memory here, and a secret is not written to a disk";
            Failure::new(Exit::Failed, "secrets/no-memory", what, "use `piton secrets set NAME`")
        })?;
        let folder = memory.join(format!("piton-secrets-{}", std::process::id()));
        let sheet = Sheet { path: folder.join("secrets.toml") };
        sheet.fill(&folder, text).map_err(|error| Failure::file("write", &sheet.path, &error))?;
        Ok(sheet)
    }

    fn fill(&self, folder: &Path, text: &str) -> io::Result<()> {
        use std::os::unix::fs::DirBuilderExt;
        fs::DirBuilder::new().mode(0o700).create(folder)?;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.path)?;
        file.write_all(text.as_bytes())
    }

    fn read(&self) -> Result<Zeroizing<String>, Failure> {
        let failed = |error| Failure::file("read", &self.path, &error);
        let mut text = Zeroizing::new(String::new());
        File::open(&self.path).and_then(|mut file| file.read_to_string(&mut text)).map_err(failed)?;
        Ok(text)
    }
}

impl Drop for Sheet {
    fn drop(&mut self) {
        if let Some(folder) = self.path.parent() {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// A folder that is no disk: the session's own, or the machine's.
fn memory() -> Option<PathBuf> {
    const TMPFS: FsWord = 0x0102_1994;
    let own = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let places = own.into_iter().chain([PathBuf::from("/dev/shm")]);
    places.into_iter().find(|place| statfs(place).is_ok_and(|it| it.f_type == TMPFS))
}
