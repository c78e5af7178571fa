//! `[sysctl]`: kernel parameters, in one file that is read after the distribution's.
//!
//! Which parameters a kernel has is not known here: one that is missing is the host's to report.

use crate::context::Context;
use piton_plan::Resource;
use piton_plan::kind::Sysctl;

/// S4's name; 99 because the last file that is read wins.
const FILE: &str = "99-security.conf";

pub(crate) fn resources(context: &Context) -> Vec<Resource> {
    let written = &context.settings().sysctl;
    if written.is_empty() {
        return Vec::new();
    }
    let values = written.iter().map(|(key, value)| (key.clone(), value.value.clone())).collect();
    vec![Sysctl { file: FILE.into(), values }.into()]
}
