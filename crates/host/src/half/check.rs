//! What must be true of a host before a change, before a step, after a stage, and before going back.

use crate::journal::Change;
use crate::kind;
use crate::saved::{Entry, Saved};
use crate::system::files::Standing;
use crate::system::{Fault, FaultCode, System};
use crate::wire::StepState;
use piton_plan::{Digest, Expect, HostPlan, Observed, Resource, Step, Verb};

/// The host must be as it was when the plan was made, and its programs must take what they will be
/// given.
pub(super) fn before_change(system: &System, plan: &HostPlan) -> Result<(), Fault> {
    // A bridge is half of a change that is looked at whole.
    let steps: Vec<&Step> = plan.steps().filter(|step| !step.bridge).collect();
    let resources: Vec<Resource> = steps.iter().map(|step| step.resource.clone()).collect();
    let seen = kind::observe_all(system, &resources)?;
    for (step, (key, seen)) in steps.iter().zip(&seen) {
        if &Digest::of_json(seen) != step.expect.at_the_start() {
            return Err(stale(&key.to_string()));
        }
    }
    let wanted = steps.iter().filter(|step| step.verb != Verb::Remove);
    wanted.into_iter().try_for_each(|step| kind::preflight(system, &step.resource))
}

pub(super) fn before_step(system: &System, step: &Step) -> Result<(), Fault> {
    let Expect::Seen(expected) = &step.expect else { return Ok(()) };
    let seen: Option<Observed> =
        kind::observe_all(system, std::slice::from_ref(&step.resource))?.pop().map(|(_, seen)| seen);
    match seen {
        Some(seen) if &Digest::of_json(&seen) == expected => Ok(()),
        _ => Err(stale(&step.resource.key().to_string())),
    }
}

fn stale(key: &str) -> Fault {
    Fault::new(FaultCode::Stale, format!("{key} is not as it was when the plan was made")).help("make a new plan")
}

/// After a stage, what it made is what was wanted; else something on the host works against it.
pub(super) fn after_stage(system: &System, steps: &[Step]) -> Result<(), Fault> {
    let made: Vec<&Step> = steps.iter().filter(|step| step.verb != Verb::Remove).collect();
    let resources: Vec<Resource> = made.iter().map(|step| step.resource.clone()).collect();
    let seen = kind::observe_all(system, &resources)?;
    for (resource, (key, seen)) in resources.iter().zip(&seen) {
        if let Some(left) = resource.differences(seen).first() {
            let is = left.from.as_deref().unwrap_or("nothing");
            let what = format!(
                "{key} was applied, but {} is {is} and not {}",
                left.field,
                left.to.as_deref().unwrap_or("nothing")
            );
            return Err(Fault::new(FaultCode::NotEffective, what)
                .help("something else on this host sets it: look for it, or take it out of the site"));
        }
    }
    Ok(())
}

/// What the change made is still as it made it; else going back would take somebody's work along.
pub(super) fn before_going_back(system: &System, change: &Change) -> Result<(), Fault> {
    let steps = change.plan.steps().enumerate().filter(|(number, step)| {
        step.verb != Verb::Remove && !step.bridge && change.state_of(*number) == StepState::Done
    });
    let resources: Vec<Resource> = steps.map(|(_, step)| step.resource.clone()).collect();
    let seen = kind::observe_all(system, &resources)?;
    let touched = resources.iter().zip(&seen).filter(|(resource, (_, seen))| !resource.differences(seen).is_empty());
    let names: Vec<String> = touched.map(|(_, (key, _))| key.to_string()).collect();
    if let Some(path) = in_use(system, change)? {
        let what = format!("{path} came with this change, and has something in it by now");
        return Err(Fault::new(FaultCode::Stale, what)
            .help("`piton rollback --anyway` keeps such a folder, and puts the rest back"));
    }
    if names.is_empty() {
        return Ok(());
    }
    let what = format!("changed since by somebody else: {}", names.join(", "));
    Err(Fault::new(FaultCode::Stale, what)
        .help("look at `piton plan`; to lose what was done since, `piton rollback --anyway`"))
}

/// The first folder that going back would take away, if it could.
fn in_use(system: &System, change: &Change) -> Result<Option<String>, Fault> {
    let made = |saved: &Saved| match saved {
        Saved::Path { path, entry: Entry::Nothing { .. } } => Some(path.clone()),
        _ => None,
    };
    let came: Vec<String> = change.to_undo().iter().flat_map(|(_, saved, _)| saved.iter().filter_map(made)).collect();
    for path in &came {
        // What the change itself made in it goes before it does.
        let own = |name: &std::path::PathBuf| came.contains(&format!("{path}/{}", name.display()));
        if let Some((above, name)) = system.folder_above(path)?
            && system.standing(path)? == Standing::Directory
            && let Some(folder) = above.below(&name)?
            && folder.names()?.iter().any(|name| !own(name))
        {
            return Ok(Some(path.clone()));
        }
    }
    Ok(None)
}
