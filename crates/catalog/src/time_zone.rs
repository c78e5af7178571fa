//! `time_zone`: a name under /usr/share/zoneinfo, taken as it is written.
//!
//! Whether the name exists depends on the host's own zone data, so the host checks it.

use crate::context::Context;
use piton_plan::Resource;
use piton_plan::kind::TimeZone;

pub(crate) fn resources(context: &Context) -> Vec<Resource> {
    let zone = context.settings().time_zone.iter();
    zone.map(|zone| TimeZone { zone: zone.value.clone() }.into()).collect()
}
