//! `secrets.age` in a site's folder: opened with the operator's keys, and written so that they open it again.
//!
//! It is sealed to the lines of `secrets.recipients` beside it or, where there is no such file, to the site's own
//! `[access] keys`. What would be written is opened once more before it takes the old file's place: nobody can
//! seal themselves out.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::print::Screen;
use crate::site_folder::SiteFolder;
use piton_config::{Problem, Site};
use piton_secrets::{Identity, IdentityError, OpenError, Recipient, Secrets, open, seal};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

pub(crate) const NAME: &str = "secrets.age";
const RECIPIENTS: &str = "secrets.recipients";

/// More than any site's secrets, and more than any key.
const LARGEST: u64 = 8 << 20;

/// The file of a site, and the keys that open it.
pub(crate) struct SealedFile {
    path: PathBuf,
    recipients: Recipients,
    identities: Vec<Identity>,
    /// The files that `identities` come from, for words.
    tried: Vec<PathBuf>,
}

/// To whom it is sealed, and where that is said.
struct Recipients {
    keys: Vec<Recipient>,
    said: String,
}

impl SealedFile {
    /// The file of a site, with the operator's keys. A passphrase is asked for when a key has one.
    pub(crate) fn of(folder: &SiteFolder, identity: &[PathBuf], screen: &Screen) -> Result<SealedFile, Failure> {
        let recipients = recipients(folder)?;
        let path = folder.beside(NAME);
        let (identities, tried) = identities(identity, screen)?;
        Ok(SealedFile { path, recipients, identities, tried })
    }

    /// A file of its own for a lab, sealed to the key that the lab made.
    pub(crate) fn of_lab(path: PathBuf, key: &Path) -> Result<SealedFile, Failure> {
        let text = read_text(key).map_err(|error| Failure::file("read", key, &error))?;
        let identities = Identity::read(&text, None).map_err(|error| unusable(key, &error))?;
        let keys = identities.iter().map(|identity| identity.recipient().clone()).collect();
        let recipients = Recipients { keys, said: key.display().to_string() };
        Ok(SealedFile { path, recipients, identities, tried: vec![key.to_owned()] })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What is in it; nothing where there is no file yet.
    pub(crate) fn read(&self) -> Result<Secrets, Failure> {
        let sealed = match read_bytes(&self.path) {
            Ok(sealed) => sealed,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Secrets::default()),
            Err(error) => return Err(Failure::file("read", &self.path, &error)),
        };
        let opened = open(&sealed, &self.identities).map_err(|error| self.not_opened(&error))?;
        let text = std::str::from_utf8(&opened).map_err(|_| self.not_opened(&OpenError::Damaged))?;
        Secrets::read(text).map_err(|error| {
            let what = format!("what {} holds is no list of secrets: {error}", self.path.display());
            Failure::new(Exit::Failed, "secrets/unreadable", what, "mend it with `piton secrets edit`")
        })
    }

    /// Seals and writes, in one step that cannot leave half a file.
    pub(crate) fn write(&self, secrets: &Secrets) -> Result<(), Failure> {
        let text = secrets.text();
        let sealed = seal(text.as_bytes(), &self.recipients.keys).map_err(|error| {
            let what = format!("the secrets cannot be sealed: {error}");
            Failure::new(Exit::Failed, "secrets/not-sealed", what, "name a key under [access] keys")
        })?;
        match open(&sealed, &self.identities) {
            Ok(again) if again.as_slice() == text.as_bytes() => {}
            _ => return Err(self.sealed_out()),
        }
        replace(&self.path, &sealed).map_err(|error| Failure::file("write", &self.path, &error))
    }

    fn sealed_out(&self) -> Failure {
        let what = format!("what {} would be sealed to, you could not open again", self.path.display());
        let problem = Problem::new("secrets/sealed-out", what)
            .note(format!("sealed to: {}", self.recipients.said))
            .note(self.tried())
            .help(format!(
                "name your private key with `--identity`, or put its public half into {RECIPIENTS} (`age1…` or `ssh-ed25519 …`, a line each)"
            ));
        Failure::of(Exit::Failed, vec![problem])
    }

    fn not_opened(&self, error: &OpenError) -> Failure {
        let what = format!("{} cannot be opened: {error}", self.path.display());
        let (code, help) = match error {
            OpenError::WrongIdentity => (
                "secrets/wrong-identity",
                "name the private key it is sealed to with `--identity`, or have whoever can open it add yours",
            ),
            OpenError::NotAge | OpenError::Damaged => {
                ("secrets/damaged", "take it from your last commit or backup; nothing was changed")
            }
        };
        Failure::of(Exit::Failed, vec![Problem::new(code, what).note(self.tried()).help(help)])
    }

    fn tried(&self) -> String {
        let names: Vec<String> = self.tried.iter().map(|path| path.display().to_string()).collect();
        match names.is_empty() {
            true => "no private key was found: neither ~/.ssh/id_ed25519 nor ~/.config/age/keys.txt is there".into(),
            false => format!("tried with: {}", names.join(", ")),
        }
    }
}

fn recipients(folder: &SiteFolder) -> Result<Recipients, Failure> {
    let path = folder.beside(RECIPIENTS);
    match read_text(&path) {
        Ok(text) => listed(&path, &text),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(of_access(&folder.site)),
        Err(error) => Err(Failure::file("read", &path, &error)),
    }
}

fn listed(path: &Path, text: &str) -> Result<Recipients, Failure> {
    let mut keys = Vec::new();
    for (number, line) in text.lines().enumerate().map(|(number, line)| (number + 1, line.trim())) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let key = line.parse().map_err(|error| {
            let what = format!("{}:{number}: {error}", path.display());
            let help = "a line is `age1…` or an ssh-ed25519 public key";
            Failure::new(Exit::Usage, "secrets/recipient", what, help)
        })?;
        keys.push(key);
    }
    Ok(Recipients { keys, said: path.display().to_string() })
}

/// The operators' own keys; one that cannot be sealed to is passed over.
fn of_access(site: &Site) -> Recipients {
    let mut keys: Vec<Recipient> = Vec::new();
    let access = site.hosts.iter().filter_map(|host| host.settings.access.as_ref());
    for key in access.flat_map(|access| &access.keys).filter_map(|key| key.value.parse().ok()) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    Recipients { keys, said: "the ssh-ed25519 keys under [access] keys".to_owned() }
}

fn identities(named: &[PathBuf], screen: &Screen) -> Result<(Vec<Identity>, Vec<PathBuf>), Failure> {
    let usual = || {
        let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
        [".ssh/id_ed25519", ".config/age/keys.txt"].map(|path| home.join(path)).to_vec()
    };
    let (paths, must) = if named.is_empty() { (usual(), false) } else { (named.to_vec(), true) };
    let mut found = Vec::new();
    let mut tried = Vec::new();
    for path in paths {
        let text = match read_text(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound && !must => continue,
            Err(error) => return Err(Failure::file("read", &path, &error)),
        };
        match identity(&path, &text, screen) {
            Ok(identities) => found.extend(identities),
            // One of the usual places holds something else: that is nobody's mistake.
            Err(IdentityError::Type(_) | IdentityError::Unknown) if !must => continue,
            Err(error) => return Err(unusable(&path, &error)),
        }
        tried.push(path);
    }
    Ok((found, tried))
}

fn identity(path: &Path, text: &str, screen: &Screen) -> Result<Vec<Identity>, IdentityError> {
    match Identity::read(text, None) {
        Err(IdentityError::NeedsPassphrase) => {
            let answer = screen.ask_hidden(&format!("Passphrase of {}: ", path.display()));
            Identity::read(text, Some(&answer.ok_or(IdentityError::NeedsPassphrase)?))
        }
        other => other,
    }
}

fn unusable(path: &Path, error: &IdentityError) -> Failure {
    let what = format!("the private key {} cannot be used: {error}", path.display());
    let help = match error {
        IdentityError::NeedsPassphrase => "run this at a terminal, or name another key with `--identity`",
        IdentityError::WrongPassphrase => "try again",
        _ => "name another one with `--identity`",
    };
    Failure::new(Exit::Usage, "secrets/identity", what, help)
}

fn read_text(path: &Path) -> io::Result<Zeroizing<String>> {
    let mut bytes = read_bytes(path)?;
    String::from_utf8(std::mem::take(&mut *bytes))
        .map(Zeroizing::new)
        .map_err(|_| io::Error::new(ErrorKind::InvalidData, "not text in UTF-8"))
}

fn read_bytes(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    if !path.metadata()?.is_file() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "not a plain file"));
    }
    let mut bytes = Zeroizing::new(Vec::new());
    File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > LARGEST {
        true => Err(io::Error::new(ErrorKind::FileTooLarge, "larger than 8 MiB")),
        false => Ok(bytes),
    }
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = path.with_extension(format!("age.{}", std::process::id()));
    let written = (|| {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)
    })();
    written.inspect_err(|_| drop(fs::remove_file(&unfinished)))
}
