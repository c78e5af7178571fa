//! Observes and changes what `piton_plan::kind::jail` describes.

use super::{HostKind, Look};
use crate::saved::Footprint;
use crate::system::{Fault, FaultCode, System};
use piton_plan::kind::Jail;
use piton_plan::kind::jail::Observed;

impl HostKind for Jail {
    fn observe(&self, _system: &System, _look: &Look<'_>) -> Result<Observed, Fault> {
        Err(Fault::new(FaultCode::Unsupported, "jail cannot be observed yet"))
    }

    fn footprint(&self) -> Footprint {
        Footprint::default()
    }

    fn apply(&self, _system: &System) -> Result<(), Fault> {
        Err(Fault::new(FaultCode::Unsupported, "jail cannot be applied yet"))
    }
}
