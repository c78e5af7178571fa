//! What comes before what. One visible list; nobody's site file can get it wrong.
//!
//! Two things decide. The *stage*: whatever may take a way in away ([`crate::Effect::narrows`])
//! waits for the closing stage, which runs over a new connection by the path that stays. So a
//! filter rule comes before the ssh port it is for, and the old port closes last. Within a
//! stage, [`rank`]: packages before what they bring, users before their keys, folders before
//! what lies in them.

use crate::subsystem::is_seen_through;
use crate::{Expect, Resource, Stage, StageName, Step, Verb};

/// The place of a resource among those that are added or changed. Removals run backwards.
fn rank(resource: &Resource) -> u32 {
    match resource {
        // Where packages come from, before any is asked for.
        Resource::File(file) if file.file.path.starts_with("/etc/apt/") => 0,
        Resource::Package(_) => 1,
        Resource::Group(_) => 2,
        Resource::User(_) => 3,
        Resource::AuthorizedKeys(_) => 4,
        Resource::Sudoers(_) => 5,
        Resource::Directory(_) => 6,
        Resource::File(_) => 7,
        Resource::Link(_) => 8,
        Resource::TimeZone(_) => 9,
        Resource::Sysctl(_) => 10,
        Resource::Updates(_) => 11,
        Resource::Cron(_) => 12,
        Resource::Timer(_) => 13,
        Resource::Unit(_) => 14,
        // Docker and the mesh write filter state of their own, so they settle before ours.
        Resource::DockerDaemon(_) => 15,
        Resource::FilterRule(_) => 16,
        Resource::Wireguard(_) => 17,
        Resource::FilterPolicy(_) => 18,
        Resource::Sshd(_) => 19,
        // Last: a jail may ban whoever failed to log in while the rest was being done.
        Resource::Jail(_) => 20,
        // After the host itself: what applications need is up before they start.
        Resource::Stack(stack) if stack.is_infrastructure() => 21,
        Resource::Stack(_) => 22,
    }
}

/// Sorts steps into their stages and gives each the precondition that can hold when it runs.
pub(crate) fn stages(steps: Vec<Step>) -> Vec<Stage> {
    let (mut close, mut open): (Vec<_>, Vec<_>) =
        steps.into_iter().partition(|step| step.effect.narrows && !step.bridge);
    sort(&mut open);
    sort(&mut close);
    let open_count = open.len();
    let mut all = open;
    all.append(&mut close);
    for index in 0..all.len() {
        let (earlier, rest) = all.split_at_mut(index);
        if let Some(step) = rest.first_mut()
            && earlier.iter().any(|before| is_seen_through(&before.resource, &step.resource))
        {
            step.expect = Expect::AtTheStart(step.expect.at_the_start().clone());
        }
    }
    let close = all.split_off(open_count);
    let stages = [(StageName::Open, all), (StageName::Close, close)];
    let filled = stages.into_iter().filter(|(_, steps)| !steps.is_empty());
    filled.map(|(name, steps)| Stage { name, steps }).collect()
}

fn sort(steps: &mut [Step]) {
    // Adding and changing first, in order; then removing, backwards. Names make it deterministic.
    steps.sort_by_key(|step| {
        let rank = rank(&step.resource);
        let place = match step.verb {
            Verb::Add | Verb::Change => rank,
            Verb::Remove => 1000 - rank,
        };
        (place, step.resource.key())
    });
}
