//! What an effect means where: the default, and what the operator changed.
//!
//! Rules only come from the operator's own file; see `settings.rs` for how that is read. The first
//! thing that is asked of a place is its environment: the lab is free, everything else is held to
//! the table in `effect.rs`.

use crate::effect::Effect;
use crate::judgement::Verdict;
use crate::place::{Place, Reach};

/// What sort of world a command runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    Production,
    Stage,
    Development,
    Lab,
    /// Nobody said; held to the same as production.
    Unnamed,
}

impl Environment {
    pub fn from_name(name: &str) -> Option<Environment> {
        Some(match name {
            "prod" | "production" => Environment::Production,
            "stage" | "staging" => Environment::Stage,
            "dev" | "development" => Environment::Development,
            "lab" => Environment::Lab,
            _ => return None,
        })
    }

    pub fn name(self) -> &'static str {
        match self {
            Environment::Production => "prod",
            Environment::Stage => "stage",
            Environment::Development => "dev",
            Environment::Lab => "lab",
            Environment::Unnamed => "unnamed",
        }
    }
}

/// Which environment a host, or a folder of this machine, belongs to.
#[derive(Clone, Debug)]
pub struct Belongs {
    pub environment: Environment,
    /// A host's name as ssh is given it; `*` at either end stands for anything.
    pub host: Option<String>,
    /// A folder of this machine, with all below it.
    pub path: Option<String>,
}

/// A site file whose hosts, and whose folder, belong to an environment. The caller reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    pub environment: Environment,
    /// The folder of the site, or its site.toml.
    pub path: String,
}

/// A verdict of the operator's for an effect.
#[derive(Clone, Debug)]
pub struct Override {
    pub verdict: Verdict,
    /// None: every effect but tampering with the guard.
    pub effect: Option<Effect>,
    pub environment: Option<Environment>,
    pub host: Option<String>,
    pub path: Option<String>,
    /// Words that the command begins with, or a pattern with `*` for all of it.
    pub command: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct Policy {
    pub belongs: Vec<Belongs>,
    pub sites: Vec<Site>,
    pub overrides: Vec<Override>,
    /// What this machine is called.
    pub hostname: Option<String>,
    /// Who works here came over the network: a home is then no sign of a machine of one's own.
    pub is_remote: bool,
}

impl Policy {
    /// Says which environment a place is in.
    pub fn environment(&self, place: &Place, folder: Option<&str>) -> Environment {
        let name = place.host.as_deref().or(self.hostname.as_deref());
        let fits = |belongs: &&Belongs| {
            let host = belongs.host.as_deref().is_none_or(|pattern| name.is_some_and(|name| fits(pattern, name)));
            let path = belongs.path.as_deref().is_none_or(|path| place.host.is_none() && is_below(folder, path));
            host && path && (belongs.host.is_some() || belongs.path.is_some())
        };
        if let Some(belongs) = self.belongs.iter().find(fits) {
            return belongs.environment;
        }
        match &place.host {
            Some(host) if ["lab-*", "*.lab", "*-lab"].iter().any(|pattern| fits_name(pattern, host)) => {
                Environment::Lab
            }
            None if !self.is_remote && is_a_workshop(folder) => Environment::Development,
            _ => Environment::Unnamed,
        }
    }

    /// Says whether a rule stops a command by its words, whatever its effect.
    pub(crate) fn stops_by_words(&self, words: &str) -> bool {
        self.overrides.iter().any(|change| {
            let by_words = change.effect.is_none() && change.verdict > Verdict::Allow;
            by_words && change.command.as_deref().is_some_and(|command| begins_with(words, command))
        })
    }

    /// Says what becomes of an effect in a place.
    pub(crate) fn verdict(&self, effect: Effect, place: &Place, folder: Option<&str>, words: &str) -> Verdict {
        let environment = self.environment(place, folder);
        let name = place.host.as_deref().or(self.hostname.as_deref());
        let applies = |change: &&Override| {
            change.effect.map_or(effect != Effect::GuardTampering, |only| only == effect)
                && change.environment.is_none_or(|only| only == environment)
                && change.host.as_deref().is_none_or(|pattern| name.is_some_and(|name| fits(pattern, name)))
                && change.path.as_deref().is_none_or(|path| place.host.is_none() && is_below(folder, path))
                && change.command.as_deref().is_none_or(|command| begins_with(words, command))
        };
        // What tightens wins over what loosens, whatever stands first.
        let said = self.overrides.iter().filter(applies).map(|change| change.verdict).max();
        said.unwrap_or_else(|| default(effect, place, environment))
    }
}

/// `docker restart`, `docker *`: the words that a command begins with, or a pattern that it fits as a whole.
fn begins_with(words: &str, command: &str) -> bool {
    words == command || words.starts_with(&format!("{command} ")) || command.contains('*') && fits_name(command, words)
}

fn default(effect: Effect, place: &Place, environment: Environment) -> Verdict {
    let meaning = effect.meaning();
    let guards = matches!(effect, Effect::GuardTampering | Effect::AgentUnguarded);
    match (environment, place.reach) {
        (Environment::Lab, _) if !guards => Verdict::Allow,
        (_, Reach::Fresh) if is_contained(effect) => Verdict::Allow,
        (Environment::Development, _) if is_daily_work(effect) => Verdict::Allow,
        (_, Reach::Host) => meaning.on_host,
        (_, Reach::Container | Reach::Fresh) => meaning.in_container,
    }
}

/// What goes away together with a throwaway container.
fn is_contained(effect: Effect) -> bool {
    use Effect::{HostAccess, HostNetwork, HostOutage, ServiceChange, ServiceStop, StackChange, SystemChange};
    matches!(effect, HostNetwork | HostAccess | HostOutage | ServiceStop | ServiceChange | StackChange | SystemChange)
}

/// What a developer does on their own machine all day.
fn is_daily_work(effect: Effect) -> bool {
    matches!(effect, Effect::StackChange)
}

/// A folder that one works in, on one's own machine.
fn is_a_workshop(folder: Option<&str>) -> bool {
    let below = |place: &str| folder.is_some_and(|folder| folder.starts_with(place));
    ["/home/", "/Users/", "/tmp/", "/workspace", "/workspaces/", "~/"].iter().any(|place| below(place))
}

fn is_below(folder: Option<&str>, path: &str) -> bool {
    folder.is_some_and(|folder| {
        folder.strip_prefix(path.trim_end_matches('/')).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

fn fits(pattern: &str, name: &str) -> bool {
    fits_name(pattern, name)
}

fn fits_name(pattern: &str, name: &str) -> bool {
    crate::pattern::glob(pattern, name)
}
