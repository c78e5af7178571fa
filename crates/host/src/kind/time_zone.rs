//! Observes and changes what `piton_plan::kind::time_zone` describes.

use super::{HostKind, Look};
use crate::saved::Footprint;
use crate::system::{Fault, FaultCode, System};
use piton_plan::kind::TimeZone;
use piton_plan::kind::time_zone::Observed;

impl HostKind for TimeZone {
    fn observe(&self, _system: &System, _look: &Look<'_>) -> Result<Observed, Fault> {
        Err(Fault::new(FaultCode::Unsupported, "time_zone cannot be observed yet"))
    }

    fn footprint(&self) -> Footprint {
        Footprint::default()
    }

    fn apply(&self, _system: &System) -> Result<(), Fault> {
        Err(Fault::new(FaultCode::Unsupported, "time_zone cannot be applied yet"))
    }
}
