//! Observes and changes what `piton_plan::kind::wireguard` describes.

use super::{HostKind, Look};
use crate::saved::Footprint;
use crate::system::{Fault, FaultCode, System};
use piton_plan::kind::Wireguard;
use piton_plan::kind::wireguard::Observed;

impl HostKind for Wireguard {
    fn observe(&self, _system: &System, _look: &Look<'_>) -> Result<Observed, Fault> {
        Err(Fault::new(FaultCode::Unsupported, "wireguard cannot be observed yet"))
    }

    fn footprint(&self) -> Footprint {
        Footprint::default()
    }

    fn apply(&self, _system: &System) -> Result<(), Fault> {
        Err(Fault::new(FaultCode::Unsupported, "wireguard cannot be applied yet"))
    }
}

/// The public half of the key that an interface has, or will have: made now if there is none.
pub fn candidate_key(_system: &System, _interface: &str) -> Result<String, Fault> {
    Err(Fault::new(FaultCode::Unsupported, "keys cannot be made yet"))
}
