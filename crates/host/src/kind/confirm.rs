//! Looking again after a change: what was done must be what is seen.

use super::{HostKind, Look};
use crate::system::{Fault, FaultCode, System};
use piton_plan::Difference;
use std::time::{Duration, Instant};

/// Fails unless the resource now is as it shall be.
pub(super) fn took_effect<K: HostKind>(wanted: &K, system: &System) -> Result<(), Fault> {
    took_effect_within(wanted, system, Duration::ZERO)
}

/// As [`took_effect`], for what a daemon does a moment after it was told to.
pub(super) fn took_effect_within<K: HostKind>(wanted: &K, system: &System, patience: Duration) -> Result<(), Fault> {
    let end = Instant::now() + patience;
    loop {
        let seen = wanted.observe(system, &Look::new(system, wanted.units(), wanted.slow()))?;
        let differences = wanted.differences(&seen);
        let Some(first) = differences.first() else { return Ok(()) };
        if Instant::now() >= end {
            let what = format!("{} {} was changed, and still is not as it shall be", K::NAME, wanted.name());
            return Err(Fault::new(FaultCode::NotEffective, what).because(words(first)));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn words(difference: &Difference) -> String {
    let nothing = || "nothing".to_owned();
    let is = difference.from.clone().unwrap_or_else(nothing);
    let shall = difference.to.clone().unwrap_or_else(nothing);
    format!("{} is {is}, and shall be {shall}", difference.field)
}
