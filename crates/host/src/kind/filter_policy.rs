//! Whether ufw is on, its default policies, and the rules that an exclusive policy takes away.

use super::ufw::{self, Live, Ufw};
use super::{HostKind, Look, Slow, confirm};
use crate::saved::{self, Footprint, Saved, Settle, Subject, Undo};
use crate::system::{Fault, System};
use piton_plan::kind::FilterPolicy;
use piton_plan::kind::filter_policy::{Observed, Policy};

impl HostKind for FilterPolicy {
    fn observe(&self, system: &System, look: &Look<'_>) -> Result<Observed, Fault> {
        let Some(ufw) = Ufw::read(system)? else { return Ok(Observed::default()) };
        let filter = Live::of(look.filter()?);
        let live = ufw.is_live(&filter);
        let (mut incoming, mut outgoing) = (ufw.incoming, ufw.outgoing);
        if live {
            // One word for the files, the kernel and both address families: whichever strays.
            for (entry, exit) in ufw.live_policies(&filter) {
                incoming = strays(self.incoming, incoming, entry);
                outgoing = strays(self.outgoing, outgoing, exit);
            }
        }
        Ok(Observed { enabled: ufw.enabled, live, incoming, outgoing, rules: ufw.names() })
    }

    fn footprint(&self) -> Footprint {
        let rules = ufw::RULES.into_iter();
        let paths = rules.chain([ufw::SWITCH, ufw::DEFAULTS]).map(|path| Subject::Path(path.into()));
        Footprint::of(paths).with(Subject::Filter).settled_by(Settle::Filter)
    }

    fn apply(&self, system: &System) -> Result<(), Fault> {
        let ufw = ufw::installed(system)?;
        let seen = self.observe(system, &Look::new(system, Vec::new(), self.slow()))?;
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

    fn slow(&self) -> &'static [Slow] {
        &[Slow::Filter]
    }
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
