//! The proof over a plan: that the operator still gets in after every step, and what opens to whom.
//!
//! Each step is done to the state ([`crate::predict`]); after each, one way in must be open: the one
//! that the operator came by, or the one that the site declares. So a stop at any step leaves a way.
//! Before the closing stage the declared way must be open by itself, since what follows runs over it,
//! and at the end it is the only one that counts. What cannot be told is a doubt: it is said, and is
//! what the guard is for.

mod foretell;
mod next_boot;
mod opened;
mod overlap;

use crate::answer::{Answer, Because, Question, Source, Verdict};
use crate::journey::Model;
use crate::login::{Keys, fingerprint, may_become_root, may_log_in};
use crate::packet::Protocol;
use crate::predict;
use crate::routing::interface_towards;
use crate::state::State;
pub use foretell::{Foretold, foretell, foretell_all};
use ipnet::IpNet;
pub use opened::Opened;
use piton_plan::{Digest, HostPlan, Key, StageName, Step};
use serde::Serialize;
use std::fmt;
use std::net::IpAddr;

/// How the operator is connected now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Way {
    /// The operator's address and the host's, as the host's sshd saw them.
    pub client: IpAddr,
    pub server: IpAddr,
    pub port: u16,
    pub user: String,
}

/// What was shown of a plan for one host. Only this module makes one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Proof {
    pub host: String,
    /// Of the host's part of the plan: a proof is of these steps and no others.
    plan: Digest,
    /// After so many steps the question was asked.
    pub steps: usize,
    /// Nothing had to be guessed.
    pub proved: bool,
    pub doubts: Vec<String>,
    /// The last step after which the way that the operator came by is still open; none: it stays.
    pub old_way_until: Option<usize>,
    /// What is open in the end and was not before.
    pub opened: Vec<Opened>,
    /// What stays open to the world although the rule that said so goes: nothing of the filter's ever closed it.
    pub still_open: Vec<Opened>,
    /// Why the way that stays is open in the end.
    pub because: Vec<Because>,
}

impl Proof {
    /// Says of a host that nothing could be shown, and why. The guard is what is left there.
    pub fn without(plan: &HostPlan, why: String) -> Proof {
        Proof {
            host: plan.host.clone(),
            plan: Digest::of_json(plan),
            steps: plan.steps().count(),
            proved: false,
            doubts: vec![why],
            old_way_until: None,
            opened: Vec::new(),
            still_open: Vec::new(),
            because: Vec::new(),
        }
    }

    /// Whether it is of this plan.
    pub fn is_of(&self, plan: &HostPlan) -> bool {
        self.host == plan.host && self.plan == Digest::of_json(plan)
    }
}

/// Why a plan must not be applied.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Refusal {
    pub host: String,
    pub cause: Box<Cause>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// After this step nobody gets in.
    CutOff { step: usize, key: Key, way: String, because: Vec<Because> },
    /// What takes the old way away would begin before the new one is open.
    NotYet { way: String, because: Vec<Because> },
    /// It would be open to the world, and the site does not say so.
    Opens(Opened),
    /// A bridge would get a network that somebody is in whom the host has to answer, or that it reaches otherwise.
    Overlaps { key: Key, bridge: String, net: IpNet, with: String, because: Vec<Because> },
    /// One would still get in now, and perhaps not after the next boot.
    NextBoot { key: Key, why: String },
    /// Nobody looked.
    NeverShown,
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.cause {
            Cause::CutOff { key, way, .. } => write!(out, "after `{key}` you would not get in any more as {way}"),
            Cause::NotYet { way, .. } => write!(out, "{way} would not let you in when the old way is taken away"),
            Cause::Overlaps { key, bridge, net, with, .. } => {
                write!(out, "`{key}` would give the bridge {bridge} the network {net}, and {with}")
            }
            Cause::NextBoot { key, why } => {
                write!(out, "after `{key}` you may not get in any more from the next boot on: {why}")
            }
            Cause::NeverShown => write!(out, "nobody has looked whether you would still get in"),
            Cause::Opens(opened) => {
                write!(out, "{opened} would become open to the world, and the site does not say so")
            }
        }
    }
}

impl Refusal {
    pub(crate) fn never_shown(plan: &HostPlan) -> Refusal {
        Refusal { host: plan.host.clone(), cause: Box::new(Cause::NeverShown) }
    }

    /// For scripts and for `piton help`.
    pub fn code(&self) -> &'static str {
        match &*self.cause {
            Cause::CutOff { .. } => "reach/cut-off",
            Cause::NotYet { .. } => "reach/no-new-way",
            Cause::Opens(_) => "reach/opens-undeclared",
            Cause::Overlaps { .. } => "reach/overlap",
            Cause::NextBoot { .. } => "reach/next-boot",
            Cause::NeverShown => "reach/not-proved",
        }
    }

    /// The refusal with the line of the site that does it, last: it is what can be changed.
    #[must_use]
    pub fn by(mut self, line: Because) -> Refusal {
        match &mut *self.cause {
            Cause::CutOff { because, .. } | Cause::NotYet { because, .. } | Cause::Overlaps { because, .. } => {
                because.push(line);
            }
            Cause::Opens(opened) => opened.because.push(line),
            Cause::NextBoot { .. } | Cause::NeverShown => {}
        }
        self
    }

    /// Takes in a refusal of the next port of the same line, so that a range is refused once.
    pub fn takes_in(&mut self, next: &Refusal) -> bool {
        match (&mut *self.cause, &*next.cause) {
            (Cause::Opens(opened), Cause::Opens(other)) => {
                self.host == next.host && opened.because.last() == other.because.last() && opened.takes_in(other)
            }
            _ => false,
        }
    }

    /// The lines that decide.
    pub fn because(&self) -> &[Because] {
        match &*self.cause {
            Cause::CutOff { because, .. } | Cause::NotYet { because, .. } | Cause::Overlaps { because, .. } => because,
            Cause::Opens(opened) => &opened.because,
            Cause::NextBoot { .. } | Cause::NeverShown => &[],
        }
    }
}

/// Shows that a plan keeps the operator's way open, or why it does not.
pub fn prove(state: &State, plan: &HostPlan, way: &Way) -> Result<Proof, Refusal> {
    Proving::begin(state, plan, way).run()
}

/// Whether somebody gets in as a user by a port, from where a way begins, and becomes root.
pub fn gets_in(state: &State, way: &Way, port: u16, user: &str) -> bool {
    let keys = state.access.key.clone().map_or_else(|| Keys::AnyOf(Default::default()), Keys::Known);
    let interface = interface_towards(state, way.client, way.server);
    let login = Login { client: way.client, interface, server: way.server, port, user: user.to_owned(), keys };
    login.is_open(state).is_open()
}

struct Proving<'a> {
    plan: &'a HostPlan,
    before: &'a State,
    old: Login,
    new: Login,
    doubts: Vec<String>,
}

/// A way in, with all that stays the same of it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Login {
    client: IpAddr,
    interface: Option<String>,
    server: IpAddr,
    port: u16,
    user: String,
    keys: Keys,
}

impl fmt::Display for Login {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} on port {}", self.user, self.port)
    }
}

impl Login {
    /// Whether one gets in by it, and becomes root.
    fn is_open(&self, state: &State) -> Answer {
        let question = Question {
            source: Source::Outside { address: self.client, interface: self.interface.clone() },
            destination: self.server,
            protocol: Protocol::Tcp,
            port: self.port,
            source_port: None,
        };
        let answers = [
            Model::new(state).ask(&question),
            may_log_in(&state.access, &self.user, self.client, &self.keys),
            may_become_root(&state.access, &self.user),
        ];
        let mut because = Vec::new();
        let mut unknown = None;
        for answer in answers {
            match answer.verdict {
                Verdict::Closed => return answer,
                Verdict::Unknown => unknown = unknown.or(Some(answer)),
                Verdict::Open => because.extend(answer.because),
            }
        }
        unknown.unwrap_or_else(|| Answer::open(because))
    }
}

impl<'a> Proving<'a> {
    fn begin(state: &'a State, plan: &'a HostPlan, way: &Way) -> Proving<'a> {
        let keys = match &state.access.key {
            Some(known) => Keys::Known(known.clone()),
            None => {
                let account = state.access.account(&way.user);
                Keys::AnyOf(
                    account.iter().flat_map(|account| &account.keys).filter_map(|line| fingerprint(line)).collect(),
                )
            }
        };
        let old = Login {
            client: way.client,
            // Where the packets come in is the world's to decide, and stays as it is.
            interface: interface_towards(state, way.client, way.server),
            server: way.server,
            port: way.port,
            user: way.user.clone(),
            keys,
        };
        let user = plan.login.user.clone().unwrap_or_else(|| way.user.clone());
        let new = Login { port: plan.login.port.unwrap_or(22), user, ..old.clone() };
        let doubts = state.unread.iter().map(|what| format!("could not read {what}")).collect();
        Proving { plan, before: state, old, new, doubts }
    }

    fn run(mut self) -> Result<Proof, Refusal> {
        let trusts = self.explains_now();
        let mut state = self.before.clone();
        let mut steps = 0;
        let mut old_way_until = None;
        let mut last = self.new.is_open(&state);
        for stage in &self.plan.stages {
            if stage.name == StageName::Close && self.new != self.old {
                self.is_ready(&state, trusts)?;
            }
            for step in &stage.steps {
                steps += 1;
                if let Some(why) = next_boot::danger(&state, step) {
                    return Err(self.refusal(Cause::NextBoot { key: step.resource.key(), why }));
                }
                if !predict::matters(step) {
                    continue;
                }
                let guesses = predict::step(&mut state, step);
                self.doubts.extend(guesses.into_iter().map(|what| format!("cannot foretell {what}")));
                last = self.after(steps, step, &state, trusts, &mut old_way_until)?;
                overlap::overlaps(self.before, &state, step, self.old.client)
                    .map_or(Ok(()), |cause| Err(self.refusal(cause)))?;
            }
        }
        if trusts && steps > 0 && last.verdict == Verdict::Closed {
            return Err(self.refusal(Cause::NotYet { way: self.new.to_string(), because: last.because }));
        }
        self.note(&last);
        let opened = opened::opened(self.before, &state, self.plan);
        if let Some(undeclared) = opened.iter().find(|opened| opened.is_to_the_world() && !opened.declared) {
            return Err(self.refusal(Cause::Opens(undeclared.clone())));
        }
        self.doubts.sort();
        self.doubts.dedup();
        Ok(Proof {
            host: self.plan.host.clone(),
            plan: Digest::of_json(self.plan),
            steps,
            proved: self.doubts.is_empty(),
            doubts: self.doubts,
            old_way_until,
            still_open: opened::still_open(&state, self.plan),
            opened,
            because: last.because,
        })
    }

    /// The operator is in. A model that says they cannot be does not know this host, and may not refuse.
    fn explains_now(&mut self) -> bool {
        let now = self.old.is_open(self.before);
        if now.verdict == Verdict::Closed {
            let line = now.because.last().map(ToString::to_string).unwrap_or_default();
            self.doubts.push(format!("cannot explain how you got in: {line}"));
        }
        self.note(&now);
        now.verdict != Verdict::Closed
    }

    /// After a step one of the two ways must be open. Gives the answer of the way that stays.
    fn after(
        &mut self,
        number: usize,
        step: &Step,
        state: &State,
        trusts: bool,
        old_way_until: &mut Option<usize>,
    ) -> Result<Answer, Refusal> {
        let new = self.new.is_open(state);
        let old = if self.new == self.old { new.clone() } else { self.old.is_open(state) };
        if old.verdict != Verdict::Open && old_way_until.is_none() {
            *old_way_until = Some(number - 1);
        }
        match (old.verdict, new.verdict) {
            (Verdict::Open, _) | (_, Verdict::Open) => {}
            (Verdict::Closed, Verdict::Closed) if trusts => {
                // The way that was there is the one that this step took, unless it was gone before.
                let because = if *old_way_until == Some(number - 1) { old.because } else { new.because };
                let way = if *old_way_until == Some(number - 1) { &self.old } else { &self.new };
                let cause = Cause::CutOff { step: number, key: step.resource.key(), way: way.to_string(), because };
                return Err(self.refusal(cause));
            }
            (Verdict::Unknown, _) => self.note(&old),
            _ => self.note(&new),
        }
        Ok(new)
    }

    fn is_ready(&mut self, state: &State, trusts: bool) -> Result<(), Refusal> {
        let new = self.new.is_open(state);
        self.note(&new);
        match new.verdict {
            Verdict::Closed if trusts => {
                Err(self.refusal(Cause::NotYet { way: self.new.to_string(), because: new.because }))
            }
            _ => Ok(()),
        }
    }

    fn note(&mut self, answer: &Answer) {
        if answer.verdict == Verdict::Unknown {
            self.doubts.extend(answer.because.iter().map(|line| format!("cannot tell {line}")));
        }
    }

    fn refusal(&self, cause: Cause) -> Refusal {
        Refusal { host: self.plan.host.clone(), cause: Box::new(cause) }
    }
}
