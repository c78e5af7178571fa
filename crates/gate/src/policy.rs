//! What an effect means where: the default, and what the operator changed.
//!
//! Rules only come from the operator's own file; see `settings.rs` for how that is read. The first
//! thing that is asked of a place is its environment: the lab is free, everything else is held to
//! the table in `effect.rs`.

use crate::effect::Effect;
use crate::judgement::Verdict;
use crate::pattern::Fit;
use crate::place::{Place, Reach};
use crate::walk::command_fit;

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
    /// None: what loosens is for every effect but tampering with the guard; what tightens, for every command.
    pub effect: Option<Effect>,
    pub environment: Option<Environment>,
    pub host: Option<String>,
    pub path: Option<String>,
    /// Words that the command begins with; with `*`, all of it.
    pub command: Option<String>,
    pub because: Option<String>,
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
    /// A settings file could not be read: until it is mended everything is held to production, and nothing is loosened.
    pub is_unsettled: bool,
}

impl Policy {
    /// Says which environment a place is in.
    pub fn environment(&self, place: &Place, folder: Option<&str>) -> Environment {
        if self.is_unsettled {
            return Environment::Production;
        }
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

    /// Says what becomes of an effect in a place.
    pub(crate) fn verdict(&self, effect: Effect, place: &Place, folder: Option<&str>, words: &str) -> Verdict {
        let environment = self.environment(place, folder);
        let applies = |change: &&Override| {
            change.effect.map_or(effect != Effect::GuardTampering, |only| only == effect)
                && !(self.is_unsettled && change.verdict == Verdict::Allow)
                && self.is_there(change, place, folder)
                && change.path.as_deref().is_none_or(|path| place.host.is_none() && is_below(folder, path))
                && change.command.as_deref().is_none_or(|pattern| command_fit(pattern, words) == Fit::Yes)
        };
        // What tightens wins over what loosens, whatever stands first.
        let said = self.overrides.iter().filter(applies).map(|change| change.verdict).max();
        said.unwrap_or_else(|| default(effect, place, environment))
    }

    /// Rules that tighten, and that are about commands and not about one effect.
    pub(crate) fn of_whole_commands(&self) -> impl Iterator<Item = &Override> {
        self.overrides.iter().filter(|rule| rule.effect.is_none() && rule.verdict > Verdict::Allow)
    }

    /// Whether a place is of the environment and the host that a rule names.
    pub(crate) fn is_there(&self, rule: &Override, place: &Place, folder: Option<&str>) -> bool {
        let name = place.host.as_deref().or(self.hostname.as_deref());
        rule.environment.is_none_or(|only| only == self.environment(place, folder))
            && rule.host.as_deref().is_none_or(|pattern| name.is_some_and(|name| fits(pattern, name)))
    }
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

/// Whether a folder is a path of the settings, or below it; `*` stands for anything.
pub(crate) fn is_below(folder: Option<&str>, path: &str) -> bool {
    let path = path.strip_suffix("/*").unwrap_or(path).trim_end_matches('/');
    folder.is_some_and(|folder| match path.contains('*') {
        true => crate::pattern::glob(path, folder) || crate::pattern::glob(&format!("{path}/*"), folder),
        false => folder.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
    })
}

fn fits(pattern: &str, name: &str) -> bool {
    fits_name(pattern, name)
}

fn fits_name(pattern: &str, name: &str) -> bool {
    crate::pattern::glob(pattern, name)
}
