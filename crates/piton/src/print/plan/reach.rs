//! The last lines of a plan: how ssh stays open, what becomes open to the world, what becomes of
//! data.

use crate::print::text::{Ink, Text, and};
use piton_plan::kind::filter_policy::Policy;
use piton_plan::kind::filter_rule::Action;
use piton_plan::{HostPlan, Plan, Resource, StageName, Step, Verb};
use piton_reach::sources::Who;
use piton_reach::{Proof, Refusal, Shown};
use std::collections::BTreeMap;

pub(super) fn lines(plan: &Plan, shown: &[Shown], text: &mut Text) {
    let hosts: Vec<&HostPlan> = plan.hosts.iter().filter(|host| !host.is_empty()).collect();
    let refusals: Vec<&Refusal> = shown.iter().filter_map(|shown| shown.as_ref().err()).collect();
    let proofs: Vec<&Proof> = shown.iter().filter_map(|shown| shown.as_ref().ok()).collect();
    match refusals.is_empty() {
        true => line(text, "Reach", &proved(ssh(&hosts), &proofs)),
        false => refusals.iter().for_each(|refusal| refused(text, refusal)),
    }
    match proofs.is_empty() {
        true => line(text, "Open", &opened(&hosts)),
        false => line(text, "Open", &newly_open(&proofs)),
    }
    line(text, "Data", &data(&hosts));
}

fn line(text: &mut Text, title: &str, words: &str) {
    text.put(Ink::Strong, &format!("{title}:")).spaces(1).wrap(Ink::Plain, words, title.len() + 2).end();
}

/// A plan that must not be applied: after which step, and because of which lines.
fn refused(text: &mut Text, refusal: &Refusal) {
    text.put(Ink::Error, "REFUSED:").spaces(1);
    text.wrap(Ink::Plain, &format!("{}: {refusal}.", refusal.host), 9).end();
    for because in refusal.because() {
        text.spaces(9).put(Ink::Dim, &because.place).put(Ink::Dim, ": ").wrap(Ink::Plain, &because.line, 11).end();
    }
}

/// The sentence on ssh, with what was shown of it.
fn proved(words: String, proofs: &[&Proof]) -> String {
    if proofs.is_empty() {
        return words;
    }
    let doubts: Vec<String> = proofs
        .iter()
        .flat_map(|proof| proof.doubts.iter().map(move |doubt| (proof, doubt)))
        .map(|(proof, doubt)| {
            // What piton could not do is said of piton; what a host did not, of the host.
            let is_pitons = ["cannot ", "could not "].iter().any(|verb| doubt.starts_with(verb));
            let doubt = if is_pitons { format!("piton {doubt}") } else { doubt.clone() };
            if proofs.len() > 1 { format!("{}: {doubt}", proof.host) } else { doubt }
        })
        .collect();
    let claim = match doubts.is_empty() {
        true => "ssh from you stays open after every step (proved).".to_owned(),
        false => "ssh from you stays open as far as can be told.".to_owned(),
    };
    let words = match words.strip_prefix("ssh stays open.") {
        Some(rest) => format!("{claim}{rest}"),
        None => words,
    };
    match doubts.is_empty() {
        true => words,
        false => format!("{words} Not proved: {}.", doubts.join("; ")),
    }
}

/// What somebody can open afterwards and could not before, as it was shown.
fn newly_open(proofs: &[&Proof]) -> String {
    let mut by_whom: BTreeMap<Who, BTreeMap<String, Vec<&str>>> = BTreeMap::new();
    for proof in proofs {
        for opened in &proof.opened {
            by_whom.entry(opened.to).or_default().entry(opened.to_string()).or_default().push(&proof.host);
        }
    }
    // The world holds the mesh and the containers: what is open to it is not said again.
    let world: Option<BTreeMap<_, _>> = by_whom.get(&Who::World).cloned();
    for (_, doors) in by_whom.iter_mut().filter(|(who, _)| **who != Who::World) {
        doors.retain(|door, hosts| world.as_ref().and_then(|world| world.get(door)) != Some(hosts));
    }
    by_whom.retain(|_, doors| !doors.is_empty());
    let everywhere = |hosts: &[&str]| proofs.len() == 1 || hosts.len() == proofs.len();
    let of = |who: Who| {
        let doors = by_whom.get(&who)?;
        let each: Vec<String> = doors
            .iter()
            .map(
                |(door, hosts)| {
                    if everywhere(hosts) { door.clone() } else { format!("{door} on {}", hosts.join(", ")) }
                },
            )
            .collect();
        let each: Vec<&str> = each.iter().map(String::as_str).collect();
        Some(format!("to {who}: {}", and(&each)))
    };
    let others: Vec<String> = [Who::Mesh, Who::Containers].into_iter().filter_map(of).collect();
    let world = of(Who::World).unwrap_or_else(|| "to the world: nothing".into());
    let newly = format!("newly open {}.", [vec![world], others].concat().join("; "));
    let still: Vec<String> = proofs
        .iter()
        .flat_map(|proof| proof.still_open.iter().map(move |door| format!("{door} on {}", proof.host)))
        .collect();
    match still.is_empty() {
        true => newly,
        false => format!(
            "{newly} STILL OPEN to the world, though its rule goes: {}. Docker publishes it past the filter: bind it to an address.",
            still.join(", ")
        ),
    }
}

/// What becomes of the operator's own way in.
fn ssh(hosts: &[&HostPlan]) -> String {
    let guarded = |host: &HostPlan| host.stages.iter().any(piton_plan::Stage::is_guarded);
    let hosts: Vec<&HostPlan> = hosts.iter().copied().filter(|host| guarded(host)).collect();
    if hosts.is_empty() {
        return "nothing that ssh depends on is touched.".into();
    }
    let mut ways: Vec<String> = hosts.iter().map(|host| way(host, hosts.len() > 1)).collect();
    ways.dedup();
    let ways: Vec<&str> = ways.iter().map(String::as_str).collect();
    let by = and(&ways);
    let back = "where that does not open, the host is put back as it was.";
    if !hosts.iter().any(|host| host.stages.iter().any(|stage| stage.name == StageName::Close)) {
        return format!("ssh stays open. A new connection as {by} proves it at the end; {back}");
    }
    let mut closing: Vec<&str> = hosts.iter().filter_map(|host| closing_port(host)).collect();
    closing.dedup();
    let closing = match closing.as_slice() {
        [] => String::new(),
        [port] => format!(", and with it the end of port {port},"),
        _ => ", and with it the end of the old ports,".into(),
    };
    format!("ssh stays open. What is marked `last`{closing} waits for a new connection as {by}; {back}")
}

/// How one comes in afterwards; the address is left out where several hosts have the same way.
fn way(host: &HostPlan, many: bool) -> String {
    match (many, &host.login.user, host.login.port) {
        (true, Some(user), Some(port)) => format!("{user} on port {port}"),
        _ => host.login.to_string(),
    }
}

/// The port on which sshd listens now and will not any more.
fn closing_port(host: &HostPlan) -> Option<&str> {
    let sshd = host.steps().find(|step| matches!(step.resource, Resource::Sshd(_)) && !step.bridge)?;
    let Resource::Sshd(wanted) = &sshd.resource else { return None };
    let ports = sshd.differences.iter().find(|difference| difference.field == "port")?.from.as_deref()?;
    let stays = |port: &str| port.parse().is_ok_and(|port: u16| wanted.ports.contains(&port));
    ports.split(',').map(str::trim).find(|port| !port.is_empty() && !stays(port))
}

/// What anyone at all can reach afterwards and could not before.
fn opened(hosts: &[&HostPlan]) -> String {
    let mut opened: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut filtered = Vec::new();
    for host in hosts {
        for step in host.steps().filter(|step| step.verb == Verb::Add) {
            if let Some(rule) = opens_to_the_world(step) {
                opened.entry(rule).or_default().push(&host.host);
            }
            if matches!(&step.resource, Resource::FilterPolicy(policy) if policy.incoming != Policy::Allow) {
                filtered.push(host.host.as_str());
            }
        }
    }
    let everywhere = |named: &[&str]| named.len() == hosts.len() && hosts.len() > 1;
    let each: Vec<String> = opened
        .iter()
        .map(|(rule, named)| match everywhere(named) || hosts.len() == 1 {
            true => rule.clone(),
            false => format!("{rule} ({})", named.join(", ")),
        })
        .collect();
    let each: Vec<&str> = each.iter().map(String::as_str).collect();
    match (each.is_empty(), filtered.is_empty()) {
        (true, true) => "nothing is newly open to the world.".into(),
        (false, true) => format!("newly open to the world: {}.", and(&each)),
        // Where there was no filter, nothing opens: everything else closes.
        (true, false) => "to the world: nothing; the filter turns the rest away.".into(),
        (false, false) => format!("to the world: {}; the filter turns the rest away.", and(&each)),
    }
}

fn opens_to_the_world(step: &Step) -> Option<String> {
    match &step.resource {
        Resource::FilterRule(rule)
            if matches!(rule.action, Action::Allow | Action::Limit)
                && rule.from.is_none_or(|from| from.prefix_len() == 0)
                && rule.interface.is_none() =>
        {
            let words = rule.to_string();
            Some(words.split_once(' ').map_or(words.clone(), |(_, port)| port.to_owned()))
        }
        _ => None,
    }
}

fn data(hosts: &[&HostPlan]) -> String {
    let touched: Vec<String> = hosts
        .iter()
        .flat_map(|host| host.steps().map(move |step| (host, step)))
        .filter(|(_, step)| step.effect.data)
        .map(|(host, step)| format!("{} on {}", step.resource.key(), host.host))
        .collect();
    let destroyed: Vec<String> = hosts
        .iter()
        .flat_map(|host| host.destroys.iter().map(move |path| format!("{path} on {}", host.host)))
        .collect();
    match (touched.is_empty(), destroyed.is_empty()) {
        (true, true) => "no volume is touched.".into(),
        (false, true) => format!("MAY BE LOST: {}.", touched.join(", ")),
        (_, false) => format!("IS DESTROYED, and nothing brings it back: {}.", destroyed.join(", ")),
    }
}
