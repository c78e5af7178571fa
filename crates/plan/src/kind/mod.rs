//! One file per kind of resource: what it shall be, what was seen, and how the two compare.
//!
//! A kind is pure data and pure functions. What observing, applying and undoing it does on a
//! real host stands in the `host` room, in the file of the same name.

pub mod authorized_keys;
pub mod cron;
pub mod directory;
pub mod docker_daemon;
pub mod file;
pub mod filter_policy;
pub mod filter_rule;
pub mod group;
pub mod jail;
pub mod link;
pub mod package;
pub mod sshd;
pub mod stack;
pub mod sudoers;
pub mod sysctl;
pub mod time_zone;
pub mod timer;
pub mod unit;
pub mod updates;
pub mod user;
pub mod wireguard;

pub use authorized_keys::AuthorizedKeys;
pub use cron::Cron;
pub use directory::Directory;
pub use docker_daemon::DockerDaemon;
pub use file::File;
pub use filter_policy::FilterPolicy;
pub use filter_rule::FilterRule;
pub use group::Group;
pub use jail::Jail;
pub use link::Link;
pub use package::Package;
pub use sshd::Sshd;
pub use stack::Stack;
pub use sudoers::Sudoers;
pub use sysctl::Sysctl;
pub use time_zone::TimeZone;
pub use timer::Timer;
pub use unit::Unit;
pub use updates::Updates;
pub use user::User;
pub use wireguard::Wireguard;

use crate::{Difference, Effect, FileSpec, FileState, Verb};
use std::collections::BTreeMap;

/// What every kind of resource can say of itself.
pub trait Kind: Sized {
    /// What a host answers when asked for it; the default value means "nothing is there".
    type Observed;

    /// The kind's name in plans and output.
    const NAME: &'static str;

    /// The name that tells it from others of its kind on one host.
    fn name(&self) -> String;

    /// What is not as it shall be; empty when there is nothing to do.
    fn differences(&self, seen: &Self::Observed) -> Vec<Difference>;

    /// Whether nothing of this name is there.
    fn is_absent(&self, seen: &Self::Observed) -> bool;

    /// What will be seen after applying. Then [`Kind::differences`] is empty: the property that
    /// makes "plan after apply is empty" true, and that every kind is tested for.
    fn settled(&self, seen: &Self::Observed) -> Self::Observed;

    fn effect(&self, _verb: Verb, _seen: &Self::Observed) -> Effect {
        Effect::default()
    }

    fn packages(&self) -> &'static [&'static str] {
        &[]
    }

    fn bridge(&self, _seen: &Self::Observed) -> Option<Self> {
        None
    }
}

/// The files of a kind as they were seen, by path; a path that is missing was not there.
pub type SeenFiles = BTreeMap<String, FileState>;

fn file_differences(wanted: &[FileSpec], seen: &SeenFiles) -> Vec<Difference> {
    wanted.iter().flat_map(|file| file.differences(seen.get(&file.path))).collect()
}

fn written(files: &[FileSpec]) -> SeenFiles {
    files.iter().map(|file| (file.path.clone(), file.state())).collect()
}
