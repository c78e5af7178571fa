//! `time_zone`.

use crate::context::Context;
use piton_plan::Resource;
use piton_plan::kind::TimeZone;

pub(crate) fn resources(context: &Context) -> Vec<Resource> {
    let zone = context.settings().time_zone.iter();
    zone.map(|zone| TimeZone { zone: zone.value.clone() }.into()).collect()
}
