//! What the gate says about a command: a verdict, and for each thing found which words did it, where, why, and what to
//! do instead.

use crate::effect::Effect;
use serde::Serialize;

/// From free to forbidden; the order is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Allow,
    /// Not without the operator's approval.
    Ask,
    Deny,
}

impl Verdict {
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Allow => "allow",
            Verdict::Ask => "ask",
            Verdict::Deny => "deny",
        }
    }

    pub fn from_name(name: &str) -> Option<Verdict> {
        [Verdict::Allow, Verdict::Ask, Verdict::Deny].into_iter().find(|verdict| verdict.name() == name)
    }
}

/// One thing that a command would do and that the policy has a word on.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    pub verdict: Verdict,
    #[serde(serialize_with = "as_name")]
    pub effect: Effect,
    /// `family/program`, as in the data files.
    pub rule: String,
    /// The command that does it, as it would run; what is not known stands as `…`.
    pub words: String,
    /// The way there: `host prod-1`, `container tables`. Empty on this machine itself.
    pub place: Vec<String>,
    pub why: String,
    pub instead: String,
}

/// All of what was found, the worst first.
#[derive(Clone, Debug, Serialize)]
pub struct Judgement {
    pub verdict: Verdict,
    pub findings: Vec<Finding>,
}

impl Judgement {
    pub(crate) fn of(mut findings: Vec<Finding>) -> Judgement {
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.verdict));
        let verdict = findings.first().map_or(Verdict::Allow, |finding| finding.verdict);
        Judgement { verdict, findings }
    }

    /// Several judgements as one.
    pub fn all(judgements: impl IntoIterator<Item = Judgement>) -> Judgement {
        Judgement::of(judgements.into_iter().flat_map(|judgement| judgement.findings).collect())
    }

    /// The finding that decides; none when the command is free.
    pub fn decisive(&self) -> Option<&Finding> {
        self.findings.first().filter(|finding| finding.verdict > Verdict::Allow)
    }
}

fn as_name<S: serde::Serializer>(effect: &Effect, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(effect.name())
}
