//! Where distributions differ, as data.
//!
//! Only what no section owns alone is here: the archives of automatic updates are in `updates.rs`.
//! Which versions the lab rehearses is the lab's list.

use crate::CatalogProblem;
use crate::context::Context;
use piton_plan::Os;

/// The distributions whose packages and paths piton knows, by `ID` of os-release.
const KNOWN: [&str; 2] = ["debian", "ubuntu"];

/// Packages of a profile's list that a distribution no longer has, by `ID` and `VERSION_ID`.
/// They are left out there: what they brought is part of something else by now.
const WITHOUT: [(&str, &str, &str); 1] = [("debian", "13", "software-properties-common")];

pub(crate) fn problems(context: &Context) -> Vec<CatalogProblem> {
    let os = &context.facts.os;
    if KNOWN.contains(&os.id.as_str()) {
        return Vec::new();
    }
    let what = format!("the host runs {} {}, and piton knows only Debian and Ubuntu", os.id, os.version);
    vec![context.problem("catalog/unknown-distribution", what, "use Debian 12 or later, or Ubuntu 22.04 or later")]
}

pub(crate) fn has_package(os: &Os, name: &str) -> bool {
    !WITHOUT.contains(&(os.id.as_str(), os.version.as_str(), name))
}

pub(crate) fn is_ubuntu(os: &Os) -> bool {
    os.id == "ubuntu"
}
