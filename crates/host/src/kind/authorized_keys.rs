//! Observes and changes what `piton_plan::kind::authorized_keys` describes.

use super::{HostKind, Look};
use crate::saved::Footprint;
use crate::system::{Fault, FaultCode, System};
use piton_plan::kind::AuthorizedKeys;
use piton_plan::kind::authorized_keys::Observed;

impl HostKind for AuthorizedKeys {
    fn observe(&self, _system: &System, _look: &Look<'_>) -> Result<Observed, Fault> {
        Err(Fault::new(FaultCode::Unsupported, "authorized_keys cannot be observed yet"))
    }

    fn footprint(&self) -> Footprint {
        Footprint::default()
    }

    fn apply(&self, _system: &System) -> Result<(), Fault> {
        Err(Fault::new(FaultCode::Unsupported, "authorized_keys cannot be applied yet"))
    }
}
