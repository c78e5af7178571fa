//! Observes and changes what `piton_plan::kind::sudoers` describes.

use super::{HostKind, Look};
use crate::saved::Footprint;
use crate::system::{Fault, FaultCode, System};
use piton_plan::kind::Sudoers;
use piton_plan::kind::sudoers::Observed;

impl HostKind for Sudoers {
    fn observe(&self, _system: &System, _look: &Look<'_>) -> Result<Observed, Fault> {
        Err(Fault::new(FaultCode::Unsupported, "sudoers cannot be observed yet"))
    }

    fn footprint(&self) -> Footprint {
        Footprint::default()
    }

    fn apply(&self, _system: &System) -> Result<(), Fault> {
        Err(Fault::new(FaultCode::Unsupported, "sudoers cannot be applied yet"))
    }
}
