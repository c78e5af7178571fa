//! Observes and changes what `piton_plan::kind::group` describes.

use super::{HostKind, Look};
use crate::saved::Footprint;
use crate::system::{Fault, FaultCode, System};
use piton_plan::kind::Group;
use piton_plan::kind::group::Observed;

impl HostKind for Group {
    fn observe(&self, _system: &System, _look: &Look<'_>) -> Result<Observed, Fault> {
        Err(Fault::new(FaultCode::Unsupported, "group cannot be observed yet"))
    }

    fn footprint(&self) -> Footprint {
        Footprint::default()
    }

    fn apply(&self, _system: &System) -> Result<(), Fault> {
        Err(Fault::new(FaultCode::Unsupported, "group cannot be applied yet"))
    }
}
