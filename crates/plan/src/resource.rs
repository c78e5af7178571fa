//! The closed list of what piton can own on a host.
//!
//! To add a kind: one file in `kind/` here, one of the same name in `host`'s `kind/`, a line in
//! each `match` below (the compiler names them), and its place in [`crate::order`].

use crate::kind::{self, Kind};
use crate::{Difference, Effect, Verb};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One thing on a host that piton owns, as it shall be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "a plan has some dozens of these, and a stack is the one that holds much"
)]
pub enum Resource {
    Package(kind::Package),
    Group(kind::Group),
    User(kind::User),
    AuthorizedKeys(kind::AuthorizedKeys),
    Sudoers(kind::Sudoers),
    Directory(kind::Directory),
    File(kind::File),
    Link(kind::Link),
    Sysctl(kind::Sysctl),
    TimeZone(kind::TimeZone),
    Updates(kind::Updates),
    Wireguard(kind::Wireguard),
    DockerDaemon(kind::DockerDaemon),
    Cron(kind::Cron),
    Timer(kind::Timer),
    Unit(kind::Unit),
    FilterRule(kind::FilterRule),
    FilterPolicy(kind::FilterPolicy),
    Sshd(kind::Sshd),
    Jail(kind::Jail),
    Stack(kind::Stack),
}

/// A resource as it was seen on a host; the variant is always its resource's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Observed {
    Package(kind::package::Observed),
    Group(kind::group::Observed),
    User(kind::user::Observed),
    AuthorizedKeys(kind::authorized_keys::Observed),
    Sudoers(kind::sudoers::Observed),
    Directory(kind::directory::Observed),
    File(kind::file::Observed),
    Link(kind::link::Observed),
    Sysctl(kind::sysctl::Observed),
    TimeZone(kind::time_zone::Observed),
    Updates(kind::updates::Observed),
    Wireguard(kind::wireguard::Observed),
    DockerDaemon(kind::docker_daemon::Observed),
    Cron(kind::cron::Observed),
    Timer(kind::timer::Observed),
    Unit(kind::unit::Observed),
    FilterRule(kind::filter_rule::Observed),
    FilterPolicy(kind::filter_policy::Observed),
    Sshd(kind::sshd::Observed),
    Jail(kind::jail::Observed),
    Stack(kind::stack::Observed),
}

/// Which resource: kind and name, unique on a host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    pub kind: String,
    pub name: String,
}

impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.kind, self.name)
    }
}

/// A line of the list that every host keeps: what piton made there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Owned {
    pub resource: Resource,
    /// The generation of the host in which piton took it.
    pub since: u64,
    /// Something was there before piton, and comes back when the resource leaves the site.
    pub replaced: bool,
}

/// Runs the same expression for whichever kind a resource is; the one place that lists them for
/// reading. It is a macro only because the kinds' `Observed` types differ.
macro_rules! for_each_kind {
    ($self:expr, $wanted:ident => $body:expr) => {
        match $self {
            Resource::Package($wanted) => $body,
            Resource::Group($wanted) => $body,
            Resource::User($wanted) => $body,
            Resource::AuthorizedKeys($wanted) => $body,
            Resource::Sudoers($wanted) => $body,
            Resource::Directory($wanted) => $body,
            Resource::File($wanted) => $body,
            Resource::Link($wanted) => $body,
            Resource::Sysctl($wanted) => $body,
            Resource::TimeZone($wanted) => $body,
            Resource::Updates($wanted) => $body,
            Resource::Wireguard($wanted) => $body,
            Resource::DockerDaemon($wanted) => $body,
            Resource::Cron($wanted) => $body,
            Resource::Timer($wanted) => $body,
            Resource::Unit($wanted) => $body,
            Resource::FilterRule($wanted) => $body,
            Resource::FilterPolicy($wanted) => $body,
            Resource::Sshd($wanted) => $body,
            Resource::Jail($wanted) => $body,
            Resource::Stack($wanted) => $body,
        }
    };
}

impl Resource {
    pub fn key(&self) -> Key {
        for_each_kind!(self, wanted => Key { kind: name_of(wanted).to_owned(), name: wanted.name() })
    }

    /// What differs between this resource and what was seen; empty when there is nothing to do.
    /// Seeing another kind's variant is a wire fault and reads as "nothing is there".
    pub fn differences(&self, seen: &Observed) -> Vec<Difference> {
        for_each_kind!(self, wanted => wanted.differences(&seen_as(wanted, seen)))
    }

    /// Whether the host has nothing of this name at all.
    pub fn is_absent(&self, seen: &Observed) -> bool {
        for_each_kind!(self, wanted => wanted.is_absent(&seen_as(wanted, seen)))
    }

    /// What will be seen once this resource has been applied.
    pub fn settled(&self, seen: &Observed) -> Observed {
        for_each_kind!(self, wanted => wanted.settled(&seen_as(wanted, seen)).into())
    }

    /// A first half of the change that only adds a way in, when the whole could take one away.
    pub fn bridge(&self, seen: &Observed) -> Option<Resource> {
        for_each_kind!(self, wanted => wanted.bridge(&seen_as(wanted, seen)).map(Resource::from))
    }

    pub fn effect(&self, verb: Verb, seen: &Observed) -> Effect {
        for_each_kind!(self, wanted => wanted.effect(verb, &seen_as(wanted, seen)))
    }

    /// What is seen where nothing of this name is.
    pub fn nothing(&self) -> Observed {
        for_each_kind!(self, wanted => nothing_of(wanted).into())
    }

    /// The packages without which this resource cannot be made.
    pub fn packages(&self) -> &'static [&'static str] {
        for_each_kind!(self, wanted => wanted.packages())
    }
}

fn name_of<K: Kind>(_: &K) -> &'static str {
    K::NAME
}

fn nothing_of<K: Kind>(_: &K) -> K::Observed
where
    K::Observed: Default,
{
    K::Observed::default()
}

fn seen_as<K: Kind>(_: &K, seen: &Observed) -> K::Observed
where
    K::Observed: TryFrom<Observed> + Default,
{
    K::Observed::try_from(seen.clone()).unwrap_or_default()
}

macro_rules! conversions {
    ($($variant:ident $module:ident),* $(,)?) => {$(
        impl From<kind::$variant> for Resource {
            fn from(wanted: kind::$variant) -> Resource {
                Resource::$variant(wanted)
            }
        }
        impl From<kind::$module::Observed> for Observed {
            fn from(seen: kind::$module::Observed) -> Observed {
                Observed::$variant(seen)
            }
        }
        impl TryFrom<Observed> for kind::$module::Observed {
            type Error = ();
            fn try_from(seen: Observed) -> Result<Self, ()> {
                match seen {
                    Observed::$variant(seen) => Ok(seen),
                    _ => Err(()),
                }
            }
        }
    )*};
}

conversions! {
    Package package, Group group, User user, AuthorizedKeys authorized_keys, Sudoers sudoers,
    Directory directory, File file, Link link, Sysctl sysctl, TimeZone time_zone, Updates updates,
    Wireguard wireguard, DockerDaemon docker_daemon, Cron cron, Timer timer, Unit unit,
    FilterRule filter_rule, FilterPolicy filter_policy, Sshd sshd, Jail jail,
    Stack stack,
}
