//! Observes and changes what `piton_plan::kind::docker_daemon` describes.

use super::{HostKind, Look};
use crate::saved::Footprint;
use crate::system::{Fault, FaultCode, System};
use piton_plan::kind::DockerDaemon;
use piton_plan::kind::docker_daemon::Observed;

impl HostKind for DockerDaemon {
    fn observe(&self, _system: &System, _look: &Look<'_>) -> Result<Observed, Fault> {
        Err(Fault::new(FaultCode::Unsupported, "docker_daemon cannot be observed yet"))
    }

    fn footprint(&self) -> Footprint {
        Footprint::default()
    }

    fn apply(&self, _system: &System) -> Result<(), Fault> {
        Err(Fault::new(FaultCode::Unsupported, "docker_daemon cannot be applied yet"))
    }
}
