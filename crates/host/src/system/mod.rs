//! One machine as the host half sees it: its files, programs, units and accounts.
//!
//! Everything that touches the machine goes through [`System`], so that a temporary folder can
//! stand in for `/`. This room knows no kind of resource; those are in [`crate::kind`]. It never
//! resolves names through NSS: the binary is static, and a host's directory service may be down.

pub mod accounts;
mod fault;
pub mod files;
pub(crate) mod folder;
pub mod packages;
mod pipe;
mod run;
mod secrets;
pub(crate) mod sysctl;
pub mod units;
mod walk;

pub use fault::{Fault, FaultCode};
pub use run::{Call, Ran};
pub use secrets::SecretValues;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// A machine, or a folder that stands in for one.
#[derive(Clone)]
pub struct System {
    root: PathBuf,
    on_line: Option<OnLine>,
    on_note: Option<OnLine>,
    secrets: Option<Arc<SecretValues>>,
}

type OnLine = Arc<dyn Fn(&str) + Send + Sync>;

impl System {
    /// The machine that this process runs on.
    pub fn host() -> System {
        System { root: PathBuf::from("/"), on_line: None, on_note: None, secrets: None }
    }

    /// A folder that stands in for a machine. Programs are looked up in it as well, so a test
    /// that has not put a program there cannot change the real machine with it.
    pub fn at(root: impl Into<PathBuf>) -> System {
        System { root: root.into(), on_line: None, on_note: None, secrets: None }
    }

    /// Hears every line that a long-running program prints, to show progress.
    pub fn on_line(mut self, hear: impl Fn(&str) + Send + Sync + 'static) -> System {
        self.on_line = Some(Arc::new(hear));
        self
    }

    /// Hears what somebody has to know who was not asked, such as what was kept.
    pub fn on_note(mut self, hear: impl Fn(&str) + Send + Sync + 'static) -> System {
        self.on_note = Some(Arc::new(hear));
        self
    }

    /// Has these values where the marks of files and inputs stand, for as long as this handle lives.
    pub fn with_secrets(mut self, values: SecretValues) -> System {
        self.secrets = Some(Arc::new(values));
        self
    }

    /// The values that the operator sent along; none when there was no need to.
    pub(crate) fn secrets(&self) -> Option<&SecretValues> {
        self.secrets.as_deref()
    }

    /// Says something that is worth knowing, to whoever listens with [`System::on_note`].
    pub fn tell(&self, line: &str) {
        if let Some(hear) = &self.on_note {
            hear(line);
        }
    }

    /// Whether this is the machine that the process runs on, and not a folder that stands in for one.
    pub fn is_host(&self) -> bool {
        self.root.as_os_str() == "/"
    }

    /// Where an absolute path of the host lies.
    pub fn path(&self, absolute: &str) -> PathBuf {
        self.root.join(absolute.trim_start_matches('/'))
    }

    pub fn exists(&self, absolute: &str) -> bool {
        self.path(absolute).symlink_metadata().is_ok()
    }

    /// Where a program lies, looked up as root's login shell would.
    pub fn program(&self, name: &str) -> Option<PathBuf> {
        if name.starts_with('/') {
            return Some(self.path(name)).filter(|path| path.is_file());
        }
        PATH.split(':').map(|folder| self.path(folder).join(name)).find(|path| path.is_file())
    }
}

/// What programs are looked up in, and are given as PATH.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

impl fmt::Debug for System {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "System({})", self.root.display())
    }
}
