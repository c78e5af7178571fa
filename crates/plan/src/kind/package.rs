//! A package of the distribution.

use super::Kind;
use crate::{Difference, Effect, Verb};
use serde::{Deserialize, Serialize};

/// A package that shall be installed, in whatever version the distribution's signed archive holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Package {
    pub name: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// The installed version.
    pub version: Option<String>,
}

impl Kind for Package {
    type Observed = Observed;
    const NAME: &'static str = "package";

    fn name(&self) -> String {
        self.name.clone()
    }

    fn differences(&self, seen: &Observed) -> Vec<Difference> {
        match seen.version {
            Some(_) => Vec::new(),
            None => vec![Difference::add("installed", "yes")],
        }
    }

    fn is_absent(&self, seen: &Observed) -> bool {
        seen.version.is_none()
    }

    fn settled(&self, seen: &Observed) -> Observed {
        Observed { version: seen.version.clone().or_else(|| Some("installed".into())) }
    }

    fn effect(&self, verb: Verb, _seen: &Observed) -> Effect {
        Effect { narrows: verb == Verb::Remove, ..Effect::default() }
    }
}
