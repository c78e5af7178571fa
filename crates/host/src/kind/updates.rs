//! Observes and changes what `piton_plan::kind::updates` describes.

use super::{HostKind, Look};
use crate::saved::Footprint;
use crate::system::{Fault, FaultCode, System};
use piton_plan::kind::Updates;
use piton_plan::kind::updates::Observed;

impl HostKind for Updates {
    fn observe(&self, _system: &System, _look: &Look<'_>) -> Result<Observed, Fault> {
        Err(Fault::new(FaultCode::Unsupported, "updates cannot be observed yet"))
    }

    fn footprint(&self) -> Footprint {
        Footprint::default()
    }

    fn apply(&self, _system: &System) -> Result<(), Fault> {
        Err(Fault::new(FaultCode::Unsupported, "updates cannot be applied yet"))
    }
}
