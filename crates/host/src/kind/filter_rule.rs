//! One rule of ufw's, in its files and in the kernel.

use super::ufw::{self, Ufw, tuple};
use super::{HostKind, Look, Slow, confirm};
use crate::saved::{Footprint, Saved, Settle, Subject};
use crate::system::{Fault, System};
use piton_plan::kind::FilterRule;
use piton_plan::kind::filter_rule::{Action, Observed};

impl HostKind for FilterRule {
    fn observe(&self, _system: &System, look: &Look<'_>) -> Result<Observed, Fault> {
        let Some(ufw) = look.ufw()? else { return Ok(Observed::default()) };
        let present = ufw.has(self);
        let live = look.filter()?;
        // Off until the next boot is as off as any: only then has the kernel nothing to compare.
        let live = if present { ufw.loaded(self, live) } else { ufw.is_live(live).then_some(false) };
        Ok(Observed { present, live })
    }

    fn footprint(&self) -> Footprint {
        Footprint::of(ufw::RULES.map(|path| Subject::Path(path.into()))).settled_by(Settle::Filter)
    }

    fn apply(&self, system: &System) -> Result<(), Fault> {
        let ufw = ufw::installed(system)?;
        if !ufw.has(self) {
            ufw::run(system, &addition(self, &ufw))?;
        } else if self.observe(system, &Look::new(system, Vec::new(), self.slow()))?.live == Some(false) {
            // ufw skips a rule that its files have, whatever the kernel says.
            ufw::run(system, &["reload".to_owned()])?;
        }
        confirm::took_effect(self, system)
    }

    /// Deletes the rule, unless it was there before piton, and gives back the one that it replaced.
    /// The rule files are not put back as a whole: other rules came and went since.
    fn remove(&self, system: &System, original: &[Saved]) -> Result<(), Fault> {
        let originals = ufw::saved_tuples(original);
        let before = originals.iter().find(|tuple| tuple.rule().is_some_and(|rule| same_packets(&rule, self)));
        if before.and_then(tuple::Tuple::rule).is_some_and(|rule| rule.action == self.action) {
            return Ok(());
        }
        let Some(ufw) = Ufw::read(system)? else { return Ok(()) };
        if ufw.tuples().filter_map(tuple::Tuple::rule).any(|rule| tuple::same(&rule, self)) {
            ufw::run(system, &tuple::delete_arguments(self))?;
        }
        match before {
            Some(before) => ufw::run(system, &before.add_arguments()),
            None => Ok(()),
        }
    }

    fn slow(&self) -> &'static [Slow] {
        &[Slow::Filter]
    }
}

/// The arguments after `ufw` that add a rule to what is there.
///
/// ufw takes the first rule that fits and adds at the end, so that a refusal behind a wider allow
/// would refuse nobody: refusals go to the front. For packets that have a rule already ufw skips
/// `prepend`, and only its plain form changes what that rule does.
fn addition(rule: &FilterRule, ufw: &Ufw) -> Vec<String> {
    let refuses = matches!(rule.action, Action::Deny | Action::Reject);
    let mut others = ufw.tuples().filter_map(tuple::Tuple::rule);
    let known = others.any(|other| same_packets(&other, rule));
    let front = (refuses && !known).then(|| "prepend".to_owned());
    front.into_iter().chain(tuple::add_arguments(rule)).collect()
}

/// Whether two rules are for the same packets, of which ufw keeps one.
fn same_packets(one: &FilterRule, other: &FilterRule) -> bool {
    tuple::same(&FilterRule { action: other.action, ..one.clone() }, other)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Host;
    use super::*;
    use crate::saved::save;
    use piton_plan::kind::filter_rule::Protocol;

    const RULES: &str = "### RULES ###\n### tuple ### allow tcp 222 0.0.0.0/0 any 0.0.0.0/0 in\n### END RULES ###\n";

    fn host() -> Host {
        let host = Host::new();
        host.write(ufw::SWITCH, "ENABLED=no\n");
        host.write(ufw::DEFAULTS, "IPV6=no\n");
        host.write(ufw::RULES[0], RULES);
        host
    }

    fn rule(action: Action, port: u16) -> FilterRule {
        FilterRule { action, ..FilterRule::allow(Protocol::Tcp, port) }
    }

    #[test]
    fn a_refusal_goes_to_the_front_unless_it_replaces_a_rule() {
        let ufw = ufw::installed(&host().system).unwrap();
        let first = |rule: &FilterRule| addition(rule, &ufw).remove(0);
        assert_eq!(first(&rule(Action::Deny, 25)), "prepend");
        assert_eq!(first(&rule(Action::Deny, 222)), "deny", "ufw would skip a prepend for the same packets");
        assert_eq!(first(&rule(Action::Limit, 25)), "limit");
    }

    #[test]
    fn a_rule_that_was_there_before_stays_when_it_leaves_the_site() {
        let host = host();
        let ssh = rule(Action::Allow, 222);
        let original = save(&host.system, &ssh.footprint()).unwrap();
        // There is no ufw here to run: anything but leaving the rule alone is a fault.
        ssh.remove(&host.system, &original).unwrap();
        assert!(rule(Action::Deny, 222).remove(&host.system, &original).is_err(), "gives back what it replaced");
    }

    #[test]
    fn without_ufw_a_rule_is_not_there() {
        let host = Host::new();
        assert_eq!(host.observe(&rule(Action::Allow, 222)), Observed::default());
    }
}
