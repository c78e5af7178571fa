//! Observes and changes what `piton_plan::kind::package` describes.

use super::{HostKind, Look};
use crate::saved::Footprint;
use crate::system::{Fault, FaultCode, System};
use piton_plan::kind::Package;
use piton_plan::kind::package::Observed;

impl HostKind for Package {
    fn observe(&self, _system: &System, _look: &Look<'_>) -> Result<Observed, Fault> {
        Err(Fault::new(FaultCode::Unsupported, "package cannot be observed yet"))
    }

    fn footprint(&self) -> Footprint {
        Footprint::default()
    }

    fn apply(&self, _system: &System) -> Result<(), Fault> {
        Err(Fault::new(FaultCode::Unsupported, "package cannot be applied yet"))
    }
}

/// Installs packages as one transaction of apt's.
pub(super) fn install(_system: &System, _names: &[&str]) -> Result<(), Fault> {
    Err(Fault::new(FaultCode::Unsupported, "packages cannot be installed yet"))
}
