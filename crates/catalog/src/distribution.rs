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

/// What a package held elsewhere and is only recommended by it here, by `ID`, `VERSION_ID` and that
/// package. It comes along: whoever names `docker.io` wants to type `docker`.
const SPLIT: [(&str, &str, &str, &str); 1] = [("debian", "13", "docker.io", "docker-cli")];

/// What brings the second version of compose, by `ID` and the first `VERSION_ID` that has it. Debian 12 has none:
/// there Docker's own archive does, and its package is named in `docker.packages`.
const COMPOSE: [(&str, &str, &str); 2] = [("debian", "13", "docker-compose"), ("ubuntu", "22.04", "docker-compose-v2")];

/// The package that brings `docker compose`, where the distribution has one.
pub(crate) fn compose(os: &Os) -> Option<&'static str> {
    let (_, _, name) = COMPOSE.iter().find(|(id, since, _)| *id == os.id && os.version.as_str() >= *since)?;
    Some(name)
}

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

/// A package, and those that were split off it.
pub(crate) fn whole_package<'a>(os: &Os, name: &'a str) -> impl Iterator<Item = &'a str> {
    let own = (os.id.as_str(), os.version.as_str());
    let parts = SPLIT.iter().filter(move |(id, version, from, _)| (*id, *version) == own && *from == name);
    [name].into_iter().chain(parts.map(|(.., part)| *part).collect::<Vec<_>>())
}

pub(crate) fn is_ubuntu(os: &Os) -> bool {
    os.id == "ubuntu"
}
