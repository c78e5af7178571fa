//! `[filter]`: ufw's default policy and rules, among them the two that nobody should have to
//! remember: the ssh port and the mesh port.
//!
//! Nothing here depends on the order of rules; the planner and ufw decide that.

use crate::context::Context;
use piton_config::{Policy, Rule, RuleAction, Transport};
use piton_plan::Resource;
use piton_plan::kind::filter_policy;
use piton_plan::kind::filter_rule::{Action, Ports, Protocol};
use piton_plan::kind::{FilterPolicy, FilterRule, Kind};

pub(crate) fn resources(context: &Context) -> Vec<Resource> {
    let Some(filter) = &context.settings().filter else { return Vec::new() };
    let mut rules: Vec<FilterRule> = filter.rules.iter().map(|written| rule(written)).collect();
    rules.extend(ssh(context, &rules));
    rules.extend(mesh(context));
    rules.extend(services(context, &rules));
    // A rule is what it says: the one that was written first, with its reason, stays.
    let mut names = std::collections::BTreeSet::new();
    rules.retain(|rule| names.insert(rule.name()));
    let policy = FilterPolicy {
        incoming: policy(*filter.incoming),
        outgoing: policy(*filter.outgoing),
        only: filter.exclusive.then_some(names),
    };
    rules.into_iter().map(Resource::from).chain([policy.into()]).collect()
}

/// Lets ssh in, unless a rule of the user's names its port (such as `limit`, or an allow from one
/// place only: to open the port to everyone besides would undo what the user wrote).
fn ssh(context: &Context, written: &[FilterRule]) -> Option<FilterRule> {
    let port = context.ssh_port();
    let is_let_in = written.iter().any(|rule| rule.ports.is_some() && rule.lets_tcp_in(port));
    (!is_let_in).then(|| because("ssh", FilterRule::allow(Protocol::Tcp, port)))
}

fn mesh(context: &Context) -> Option<FilterRule> {
    let member = context.member()?;
    Some(because("mesh", FilterRule::allow(Protocol::Udp, *member.mesh.port)))
}

/// The ports of services, unless a rule of the site's lets in all of that already.
fn services(context: &Context, written: &[FilterRule]) -> Vec<FilterRule> {
    let covers = |rule: &FilterRule, wanted: &FilterRule| {
        rule.action == Action::Allow
            && rule.interface.is_none()
            && rule.to.is_none()
            && rule.ports.is_none()
            && rule.protocol.is_none()
            && (rule.from.is_none() || rule.from == wanted.from)
    };
    let wanted = crate::services::filter_rules(context.services, context.host);
    wanted.into_iter().filter(|wanted| !written.iter().any(|rule| covers(rule, wanted))).collect()
}

fn because(comment: &str, rule: FilterRule) -> FilterRule {
    FilterRule { comment: Some(comment.to_owned()), ..rule }
}

fn rule(written: &Rule) -> FilterRule {
    FilterRule {
        action: match written.action {
            RuleAction::Allow => Action::Allow,
            RuleAction::Deny => Action::Deny,
            RuleAction::Reject => Action::Reject,
            RuleAction::Limit => Action::Limit,
        },
        protocol: written.protocol.map(|protocol| match protocol {
            Transport::Tcp => Protocol::Tcp,
            Transport::Udp => Protocol::Udp,
        }),
        ports: written.ports.map(|(first, last)| Ports { first, last }),
        // From everywhere is no `from`: ufw does not keep the difference either.
        from: written.from.filter(|range| range.prefix_len() > 0),
        to: None,
        interface: written.interface.clone(),
        // Ufw refuses a comment with an apostrophe in it.
        comment: written.why.as_ref().map(|why| why.replace('\'', "`")),
    }
}

fn policy(written: Policy) -> filter_policy::Policy {
    match written {
        Policy::Allow => filter_policy::Policy::Allow,
        Policy::Deny => filter_policy::Policy::Deny,
        Policy::Reject => filter_policy::Policy::Reject,
    }
}
