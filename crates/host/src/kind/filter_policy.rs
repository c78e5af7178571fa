//! Whether ufw is on, its default policies, and the rules that an exclusive policy takes away.

use super::ufw::{self, Ufw};
use super::{HostKind, Look, Slow, confirm};
use crate::saved::{self, Footprint, Saved, Settle, Subject, Undo, UnitSaved};
use crate::system::{Fault, System};
use piton_plan::kind::FilterPolicy;
use piton_plan::kind::filter_policy::{Observed, Policy};

impl HostKind for FilterPolicy {
    fn observe(&self, _system: &System, look: &Look<'_>) -> Result<Observed, Fault> {
        let Some(ufw) = look.ufw()? else { return Ok(Observed::default()) };
        let filter = look.filter()?;
        let live = ufw.is_live(filter);
        let (mut incoming, mut outgoing) = (ufw.incoming, ufw.outgoing);
        if live {
            // One word for the files, the kernel and both address families: whichever strays.
            for (entry, exit) in ufw.live_policies(filter) {
                incoming = strays(self.incoming, incoming, entry);
                outgoing = strays(self.outgoing, outgoing, exit);
            }
        }
        // ufw's own switch is read by its unit: without that nothing filters after the next boot.
        let enabled = ufw.enabled && look.unit(ufw::UNIT)?.is_enabled();
        Ok(Observed { enabled, live, incoming, outgoing, rules: ufw.names() })
    }

    fn footprint(&self) -> Footprint {
        let rules = ufw::RULES.into_iter();
        let paths = rules.chain([ufw::SWITCH, ufw::DEFAULTS]).map(|path| Subject::Path(path.into()));
        let filter = Footprint::of(paths).with(Subject::Filter).with(Subject::Unit(ufw::UNIT.into()));
        filter.settled_by(Settle::Filter)
    }

    fn apply(&self, system: &System) -> Result<(), Fault> {
        let ufw = ufw::installed(system)?;
        let seen = self.observe(system, &Look::new(system, self.units(), self.slow()))?;
        if seen.incoming != self.incoming {
            set_default(system, self.incoming, "incoming")?;
        }
        if seen.outgoing != self.outgoing {
            set_default(system, self.outgoing, "outgoing")?;
        }
        for stranger in self.strangers(&seen) {
            // One delete takes both twins of a rule.
            if let Some(tuple) = ufw.tuples().find(|tuple| tuple.name() == *stranger) {
                ufw::run(system, &tuple.delete_arguments())?;
            }
        }
        start_at_boot(system)?;
        if !seen.enabled || !seen.live {
            ufw::run(system, &["--force", "enable"].map(str::to_owned))?;
        }
        confirm::took_effect(self, system)
    }

    /// Gives back the default policies and the switch as they were, and the strangers' rules.
    fn remove(&self, system: &System, original: &[Saved]) -> Result<(), Fault> {
        let Some(ufw) = Ufw::read(system)? else { return Ok(()) };
        let defaults = ufw::saved_text(original, ufw::DEFAULTS).unwrap_or_default();
        let switch = ufw::saved_text(original, ufw::SWITCH).unwrap_or_default();
        let was_on = ufw::setting(&switch, "ENABLED") == Some("yes");
        if !was_on && ufw.enabled {
            ufw::run(system, &["disable".to_owned()])?;
        }
        set_default(system, ufw::policy(&defaults, "DEFAULT_INPUT_POLICY"), "incoming")?;
        set_default(system, ufw::policy(&defaults, "DEFAULT_OUTPUT_POLICY"), "outgoing")?;
        if !was_on {
            // Going off, ufw has opened what a filter of somebody's own had closed.
            saved::restore(system, &Saved::policies_only(original), &[], Undo::Later)?;
        }
        saved::restore(system, &unit_at_boot(system, original)?, &[], Undo::Later)?;
        let Some(only) = &self.only else { return Ok(()) };
        let there = ufw.names();
        for tuple in ufw::saved_tuples(original) {
            let name = tuple.name();
            if !only.contains(&name) && !there.contains(&name) {
                ufw::run(system, &tuple.add_arguments())?;
            }
        }
        Ok(())
    }

    fn units(&self) -> Vec<String> {
        vec![ufw::UNIT.into()]
    }

    fn slow(&self) -> &'static [Slow] {
        &[Slow::Filter]
    }
}

/// Lets the unit that loads the filter come up at boot. It is not started: ufw loads its rules itself.
fn start_at_boot(system: &System) -> Result<(), Fault> {
    let unit = system.unit(ufw::UNIT)?;
    if unit.is_masked() {
        system.systemctl(&["unmask", ufw::UNIT])?;
    }
    match system.unit(ufw::UNIT)?.is_enabled() {
        true => Ok(()),
        false => system.systemctl(&["enable", ufw::UNIT]),
    }
}

/// Whether the unit came up at boot, as it was saved; stopping it now would open the host.
fn unit_at_boot(system: &System, original: &[Saved]) -> Result<Vec<Saved>, Fault> {
    let active = system.unit(ufw::UNIT)?.is_active();
    let at_boot = |saved: &Saved| match saved {
        Saved::Unit { name, state } => {
            Some(Saved::Unit { name: name.clone(), state: UnitSaved { active, ..state.clone() } })
        }
        _ => None,
    };
    Ok(original.iter().filter_map(at_boot).collect())
}

/// The one of two answers that is not as wanted.
fn strays(wanted: Policy, files: Policy, kernel: Policy) -> Policy {
    if files == wanted { kernel } else { files }
}

fn set_default(system: &System, policy: Policy, direction: &str) -> Result<(), Fault> {
    ufw::run(system, &["default".to_owned(), policy.to_string(), direction.to_owned()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_that_is_not_as_wanted_is_the_one_that_is_seen() {
        use Policy::{Allow, Deny};
        assert_eq!(strays(Deny, Deny, Deny), Deny);
        assert_eq!(strays(Deny, Allow, Deny), Allow, "the files stray");
        assert_eq!(strays(Deny, Deny, Allow), Allow, "the kernel strays");
        assert_eq!(strays(Allow, Allow, Deny), Deny, "the kernel strays the other way");
    }
}
