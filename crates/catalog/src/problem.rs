//! Why a site that reads well cannot be rendered for one of its hosts.
//!
//! What is wrong without knowing any host is `piton_config`'s to say; what would cut people off is
//! `piton_plan::lint`'s.

use piton_config::{Origin, Problem};

/// Something that only shows once a host's distribution, or its other sections, are known.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{host}: {what}")]
pub struct CatalogProblem {
    pub host: String,
    /// Stable: `catalog/docker-user`.
    pub code: &'static str,
    /// What is wrong, in one sentence without a full stop.
    pub what: String,
    /// What to do next.
    pub help: String,
    /// Where the value that causes it was written, when it is one value.
    pub origin: Option<Origin>,
    /// The whole story, where a file of a service's is wrong rather than what the site says of it.
    pub detail: Option<Box<Problem>>,
}

impl CatalogProblem {
    pub(crate) fn at(self, origin: &Origin) -> CatalogProblem {
        CatalogProblem { origin: Some(origin.clone()), ..self }
    }
}
