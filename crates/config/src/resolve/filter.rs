//! `[filter]`, and `allow` of hosts: rules with their sources looked up.

use super::Context;
use crate::layers::View;
use crate::near::nearest;
use crate::problem::{Problem, Problems};
use crate::rule::{self, Draft, Source};
use crate::tree::{Data, Node};
use crate::{Filter, Rule, RuleAction, Valued};
use ipnet::IpNet;

pub(super) fn filter(context: &Context, problems: &mut Problems) -> Option<Filter> {
    let own = context.host.node.table().and_then(|table| table.get("allow"));
    let Some(view) = context.layers.section("filter") else {
        report_unused(own, context, problems);
        own.into_iter().flat_map(Node::list).for_each(|node| drop(read("allow", node, context, problems)));
        return None;
    };
    // The first rule that fits wins, so that denials must stand before what they take away from.
    let denied = listed(&view, "deny").map(|node| ("deny", node));
    let allowed = listed(&view, "allow").chain(own.into_iter().flat_map(Node::list)).map(|node| ("allow", node));
    let mut rules: Vec<Valued<Rule>> = Vec::new();
    for (list, node) in denied.chain(allowed) {
        let Some(rule) = read(list, node, context, problems) else { continue };
        rules.retain(|known| !same(&known.value, &rule));
        rules.push(Valued { value: rule, origin: node.origin.clone() });
    }
    Some(Filter {
        incoming: view.known("incoming"),
        outgoing: view.known("outgoing"),
        exclusive: view.known("exclusive"),
        rules,
    })
}

fn listed<'a>(view: &View<'a>, key: &'static str) -> impl Iterator<Item = &'a Node> {
    view.nodes(key).flat_map(Node::list)
}

fn same(left: &Rule, right: &Rule) -> bool {
    Rule { why: None, ..left.clone() } == Rule { why: None, ..right.clone() }
}

fn report_unused(own: Option<&Node>, context: &Context, problems: &mut Problems) {
    // With an unknown profile nobody knows what would have been managed.
    let general = context.layers.general();
    let unknown = general.has("profile") && general.node("profile").is_none();
    if let Some(node) = own.filter(|node| !node.list().is_empty() && !unknown) {
        problems.push(
            Problem::new(
                "site/no-filter",
                format!("`{}` allows something, but its filter is not managed", context.host_name()),
            )
            .at(&node.origin, "nothing would come of this")
            .help("add [filter], or profile = \"hardened\", or remove the list"),
        );
    }
}

fn read(list: &str, node: &Node, context: &Context, problems: &mut Problems) -> Option<Rule> {
    let (text, why) = match &node.data {
        Data::Table(table) => (table.get("rule")?, table.get("why").and_then(Node::text)),
        _ => (node, None),
    };
    let draft = rule::parse(text.text()?).ok()?;
    Some(Rule {
        action: action(list, &draft, text, problems)?,
        from: match &draft.from {
            None => None,
            Some(source) => Some(look_up(source, text, context, problems)?),
        },
        protocol: draft.protocol,
        ports: draft.ports,
        interface: draft.interface,
        why: why.map(str::to_owned),
    })
}

fn action(list: &str, draft: &Draft, text: &Node, problems: &mut Problems) -> Option<RuleAction> {
    match (list, draft.action) {
        ("allow", None | Some(RuleAction::Allow)) => Some(RuleAction::Allow),
        ("allow", Some(RuleAction::Limit)) => Some(RuleAction::Limit),
        ("deny", None | Some(RuleAction::Deny)) => Some(RuleAction::Deny),
        ("deny", Some(RuleAction::Reject)) => Some(RuleAction::Reject),
        _ => {
            let other = if list == "allow" { "deny" } else { "allow" };
            problems.push(
                Problem::new("site/bad-rule", format!("a rule of `{list}` says the opposite"))
                    .at(&text.origin, format!("in the list `{list}`"))
                    .help(format!("move it to `{other}` of [filter]")),
            );
            None
        }
    }
}

fn look_up(source: &Source, text: &Node, context: &Context, problems: &mut Problems) -> Option<IpNet> {
    let members = context.members;
    match source {
        Source::Net(range) => Some(*range),
        Source::Mesh => {
            if let (Some(range), Some(_)) = (&members.range, members.address_of(context.host_name())) {
                return Some(range.value);
            }
            report_no_mesh(context.host_name(), "mesh", text, context, problems);
            None
        }
        Source::Host(name) => {
            if let Some(address) = members.address_of(name) {
                return Some(IpNet::from(address.value));
            }
            if members.knows(name) {
                report_no_mesh(name, name, text, context, problems);
                return None;
            }
            let names = members.names();
            problems.push(
                Problem::new("site/unknown-host", format!("a rule lets in `{name}`, which is not a host"))
                    .at(&text.part(name), "no host has this name")
                    .note(format!("hosts: {}", names.join(", ")))
                    .suggest(nearest(name, names.iter().copied().chain(["mesh"])))
                    .help("name a host of the site, `mesh`, an address or a range"),
            );
            None
        }
    }
}

fn report_no_mesh(host: &str, word: &str, text: &Node, context: &Context, problems: &mut Problems) {
    if context.members.meant(host) {
        return;
    }
    let problem = Problem::new("site/no-mesh", format!("a rule lets in `{word}`, but `{host}` is not in the mesh"))
        .at(&text.part(word), "who is that?");
    // A rule of the whole site stands far from the host that it does not fit.
    let problem = if word == host { problem } else { problem.related(&context.host.key_origin, "on this host") };
    problems.push(
        problem.help(format!(
            "give it an address, as in mesh = \"10.0.0.1\" under [hosts.{host}], or write an address here"
        )),
    );
}
