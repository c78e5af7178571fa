//! A plan as people read it: danger first, one line a change, and in words what becomes of ssh,
//! of open ports and of data.

mod reach;
#[cfg(test)]
mod tests;

use super::page::Page;
use super::text::{Ink, Text, count};
use super::words::{self, Words};
use piton_plan::{Aim, HostPlan, Plan, Resource, StageName, Step, Verb};
use piton_reach::Shown;

/// Where the kind and where the words of a step begin.
const KIND: usize = 6;
const NAME: usize = 16;

/// From this many on, packages are one line.
const MANY: usize = 4;

/// The plan, laid out for a width, with what was shown of it. `with_texts` shows the files that change line by line.
pub(crate) fn view(plan: &Plan, shown: &[Shown], width: usize, with_texts: bool) -> Page {
    let mut text = Text::new(width);
    header(plan, &mut text);
    for host in plan.hosts.iter().filter(|host| !host.is_empty() || !host.waits.is_empty()) {
        host_view(host, &mut text, with_texts);
    }
    for lost in &plan.unreachable {
        text.spaces(2).put(Ink::Error, &lost.host).put(Ink::Error, ": not reached, so nothing is planned for it");
        text.end().spaces(4).wrap(Ink::Plain, &lost.reason, 4).end();
    }
    if plan.hosts.iter().any(|host| !host.is_empty()) {
        reach::lines(plan, shown, &mut text);
    }
    text.done()
}

fn header(plan: &Plan, text: &mut Text) {
    let changing: Vec<&HostPlan> = plan.hosts.iter().filter(|host| !host.is_empty()).collect();
    text.put(Ink::Strong, &format!("Plan {}", plan.short_id()));
    if let Some(parents) = parents(&changing) {
        text.put(Ink::Dim, &format!(" ({parents})"));
    }
    let of_lab = if plan.aim == Aim::Lab { " of the lab" } else { "" };
    text.put(Ink::Plain, &format!(" for {}{of_lab}", count(plan.hosts.len() + plan.unreachable.len(), "host")));
    let (add, change, remove) = plan.counts();
    text.right(Ink::Strong, &format!("{add} to add · {change} to change · {remove} to remove"), 2).end();
}

/// What the plan stands on; where hosts differ, each says it in its own line.
fn parents(hosts: &[&HostPlan]) -> Option<String> {
    let first = hosts.first()?.parent;
    match hosts.iter().all(|host| host.parent == first) {
        true if first == 0 => None,
        true => Some(format!("on top of {first}")),
        false => {
            let each: Vec<String> = hosts.iter().map(|host| format!("{} {}", host.host, host.parent)).collect();
            Some(format!("on top of {}", each.join(", ")))
        }
    }
}

fn host_view(host: &HostPlan, text: &mut Text, with_texts: bool) {
    text.spaces(2).put(Ink::Strong, &host.host).end();
    let bridges: Vec<&Step> = host.steps().filter(|step| step.bridge).collect();
    let mut lines = lines(host);
    lines.sort_by_key(|line| line.danger);
    for line in &lines {
        line.put(host, text);
        for bridge in bridges.iter().filter(|bridge| line.is_of(bridge)) {
            let first = format!("first: {}", words::differences("", &bridge.differences));
            text.spaces(NAME).wrap(Ink::Dim, &first, NAME).end();
        }
        if with_texts {
            line.steps.iter().for_each(|step| texts(step, text));
        }
    }
    for key in &host.forget {
        let kind = words::kind_word(&key.kind);
        text.spaces(KIND - 2).put(Ink::Dim, "· ").put(Ink::Dim, kind).column(NAME);
        text.wrap(Ink::Dim, &format!("{} is gone already, and forgotten", key.name), NAME).end();
    }
    for wait in &host.waits {
        let kind = words::kind_word(&wait.key.kind);
        text.spaces(KIND - 2).put(Ink::Warning, "… ").put(Ink::Warning, kind).column(NAME);
        text.wrap(Ink::Plain, &format!("{} {}", wait.key.name, wait.reason), NAME).end();
    }
}

/// One line of the view: a step, or many alike.
struct PlanLine<'a> {
    danger: Danger,
    steps: Vec<&'a Step>,
    closing: bool,
}

/// What should be read first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Danger {
    Data,
    TakesAWayIn,
    Guarded,
    Restarts,
    None,
}

fn lines(host: &HostPlan) -> Vec<PlanLine<'_>> {
    let mut found: Vec<PlanLine> = Vec::new();
    for stage in &host.stages {
        let closing = stage.name == StageName::Close;
        for step in stage.steps.iter().filter(|step| !step.bridge) {
            found.push(PlanLine { danger: danger(step, closing), steps: vec![step], closing });
        }
    }
    fold_packages(found)
}

fn fold_packages(lines: Vec<PlanLine<'_>>) -> Vec<PlanLine<'_>> {
    let alike = |line: &PlanLine, verb: Verb| {
        line.steps.iter().all(|step| matches!(step.resource, Resource::Package(_)) && step.verb == verb)
    };
    let mut rest = lines;
    for verb in [Verb::Add, Verb::Remove] {
        let (packages, others): (Vec<_>, Vec<_>) = rest.into_iter().partition(|line| alike(line, verb));
        rest = others;
        match packages.first() {
            Some(first) if packages.len() >= MANY => rest.push(PlanLine {
                danger: first.danger,
                closing: first.closing,
                steps: packages.iter().flat_map(|line| line.steps.clone()).collect(),
            }),
            _ => rest.extend(packages),
        }
    }
    rest
}

fn danger(step: &Step, closing: bool) -> Danger {
    match &step.effect {
        effect if effect.data => Danger::Data,
        _ if closing => Danger::TakesAWayIn,
        effect if effect.guarded => Danger::Guarded,
        effect if !effect.restarts.is_empty() => Danger::Restarts,
        _ => Danger::None,
    }
}

impl PlanLine<'_> {
    fn is_of(&self, bridge: &Step) -> bool {
        self.steps.iter().any(|step| step.resource.key() == bridge.resource.key())
    }

    fn put(&self, host: &HostPlan, text: &mut Text) {
        let Some(first) = self.steps.first() else { return };
        let (sign, ink) = sign(first.verb);
        let words = self.words(first);
        text.spaces(KIND - 2).put(ink, sign).spaces(1).put(ink, words.kind).column(NAME);
        if !words.name.is_empty() {
            text.wrap(Ink::Strong, &words.name, NAME);
        }
        if !words.name.is_empty() && !words.what.is_empty() {
            // What stands in brackets belongs to the name.
            text.put(Ink::Plain, if words.what.starts_with('(') { " " } else { ": " });
        }
        text.wrap(Ink::Plain, &words.what, NAME);
        if let Some((ink, mark)) = self.mark(host) {
            text.right(ink, &mark, NAME);
        }
        text.end();
    }

    fn words(&self, first: &Step) -> Words {
        match self.steps.as_slice() {
            [_] => words::of(first),
            many => {
                let names: Vec<String> = many.iter().map(|step| step.resource.key().name).collect();
                let name = format!("{} packages", many.len());
                Words { kind: words::kind(&first.resource), name, what: names.join(", ") }
            }
        }
    }

    fn mark(&self, host: &HostPlan) -> Option<(Ink, String)> {
        let restarts: Vec<&str> =
            self.steps.iter().flat_map(|step| &step.effect.restarts).map(|unit| unit_name(unit)).collect();
        let restarts = (!restarts.is_empty()).then(|| format!("restarts {}", restarts.join(", ")));
        let (ink, mark) = match self.danger {
            Danger::Data => (Ink::Error, "DATA MAY BE LOST".to_owned()),
            Danger::TakesAWayIn => (Ink::Warning, "last".to_owned()),
            Danger::Guarded => (Ink::Dim, "guarded".to_owned()),
            Danger::Restarts | Danger::None => return restarts.map(|mark| (Ink::Dim, mark)),
        };
        // A first mesh or engine stops nothing.
        let fresh = host.parent == 0 && self.steps.iter().all(|step| step.verb == Verb::Add);
        let restarts = restarts.filter(|_| !fresh).map(|restarts| format!(", {restarts}")).unwrap_or_default();
        Some((ink, format!("{mark}{restarts}")))
    }
}

fn unit_name(unit: &str) -> &str {
    unit.strip_suffix(".service").unwrap_or(unit)
}

fn sign(verb: Verb) -> (&'static str, Ink) {
    match verb {
        Verb::Add => ("+", Ink::Add),
        Verb::Change => ("~", Ink::Change),
        Verb::Remove => ("-", Ink::Remove),
    }
}

/// The lines that a step changes in files.
fn texts(step: &Step, text: &mut Text) {
    for difference in &step.differences {
        let Some(lines) = &difference.text else { continue };
        text.spaces(NAME).put(Ink::Strong, &difference.field).end();
        for line in lines.lines() {
            let ink = match line.chars().next() {
                Some('+') => Ink::Add,
                Some('-') => Ink::Remove,
                Some('@') => Ink::Dim,
                _ => Ink::Plain,
            };
            text.spaces(NAME).put(ink, &line.replace('\t', "    ")).end();
        }
    }
}
