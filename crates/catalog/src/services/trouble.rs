//! Why a service cannot be rendered for a host, on its way to becoming a [`CatalogProblem`].

use crate::CatalogProblem;
use piton_config::{Origin, Problem};

#[derive(Clone, Debug)]
pub(super) struct Trouble {
    code: &'static str,
    what: String,
    help: String,
    origin: Option<Origin>,
}

impl Trouble {
    pub(super) fn new(code: &'static str, what: impl Into<String>, help: impl Into<String>) -> Trouble {
        Trouble { code, what: what.into(), help: help.into(), origin: None }
    }

    /// The innermost place counts.
    pub(super) fn at(mut self, origin: &Origin) -> Trouble {
        self.origin.get_or_insert_with(|| origin.clone());
        self
    }

    pub(super) fn what(&self) -> &str {
        &self.what
    }

    pub(super) fn on(self, host: &str) -> CatalogProblem {
        CatalogProblem {
            host: host.to_owned(),
            code: self.code,
            what: self.what,
            help: self.help,
            origin: self.origin,
            detail: None,
        }
    }
}

/// A problem of a service's own file, which says it all.
pub(super) fn of_problem(problem: Problem, host: &str) -> CatalogProblem {
    CatalogProblem {
        host: host.to_owned(),
        code: "catalog/service",
        what: problem.what.clone(),
        help: problem.help.clone().unwrap_or_default(),
        origin: None,
        detail: Some(Box::new(problem)),
    }
}
