//! What the two halves say to each other: typed messages in length-prefixed frames.
//!
//! A frame is four bytes of length, big-endian, and that much JSON. JSON because the two halves
//! are the same binary, so there is no format to negotiate, and a recorded session can be read.
//! The peer is not trusted: a frame has a limit, and what does not parse ends the session.
//!
//! Images travel as they are: a frame whose length has its highest bit set is a piece of bytes, which belongs to what
//! the message before it began. `wire/frame.rs` is how frames travel; `wire/entry.rs` is what a host says of its history.

mod entry;
mod frame;

pub use entry::{Entry, EntryStep, Outcome, StepState};
pub use frame::{Incoming, WireError, receive, receive_any, send, send_piece};

use crate::system::{Fault, FaultCode, SecretValues};
use piton_plan::kind::wireguard::PublicKey;
use piton_plan::stack::Container;
use piton_plan::{Digest, Facts, HostPlan, Key, Observed, Owned, Resource, Verb};
use piton_reach::State;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Raised whenever a message changes its meaning; both halves must agree exactly.
pub const PROTOCOL: u32 = 5;

/// From the operator's side to the host half.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Request {
    Hello(Hello),
    /// The values of the secrets that this host's stacks have marks of. They stay in this session's memory.
    Secrets {
        values: SecretValues,
    },
    /// Look at these resources; changes nothing.
    Look {
        resources: Vec<Resource>,
    },
    /// Look at the whole network, and at who may log in; changes nothing.
    Network {
        /// Accounts whose keys and rights are wanted, besides the caller's own.
        users: Vec<String>,
    },
    /// Which of these images are not here, neither in the engine nor laid down for it; changes nothing.
    Images {
        wanted: Vec<ImageName>,
    },
    /// What these names of images lead to in their registries, as the engine here finds out; changes nothing.
    Digests {
        references: Vec<String>,
    },
    /// Images as `docker load` reads them come in pieces, each answered before the next; they are laid down until a
    /// stack wants one of them.
    Lay {
        images: Vec<ImageName>,
        length: u64,
    },
    /// That was all of them, and this is what it comes to.
    Laid {
        digest: Digest,
    },
    /// Begin the change that a plan describes: takes the lock, opens the journal, arms the guard.
    Begin {
        plan: Box<HostPlan>,
        plan_id: String,
        wait: bool,
        guard: Guarding,
    },
    /// Go on, over this connection, with the change that another one began.
    Resume {
        plan_id: String,
        nonce: Nonce,
    },
    /// Run one stage of the change.
    Stage {
        index: usize,
    },
    /// Give the lock up so that another connection can go on; the change stays open.
    Release,
    /// The change stays. Only a connection that is newer than the change may say so.
    Confirm {
        plan_id: String,
        nonce: Nonce,
    },
    /// Put the open change back, newest step first.
    Undo {
        plan_id: String,
        reason: String,
    },
    /// Put the last change back, and leave that open under this id until it is confirmed;
    /// `anyway`: even what somebody changed since.
    Rollback {
        plan_id: String,
        anyway: bool,
        guard: Guarding,
    },
    /// Answer once the change of this plan is not open any more, with what became of it.
    Await {
        plan_id: String,
    },
    /// What was done here, newest first.
    History {
        limit: usize,
    },
    /// Something that one container of a stack is asked, or told to do.
    Container {
        stack: String,
        container: Box<Container>,
        asked: Asked,
    },
}

/// What is asked of a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// What it said last.
    Logs { lines: u32 },
    /// To begin anew; answered once it is ready.
    Restart,
    /// To run a program beside what it runs.
    Run { command: Vec<String> },
}

/// An image by its name, and what that must lead to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ImageName {
    pub reference: String,
    pub id: String,
}

/// What a name leads to in its registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Led {
    /// `sha256:…`, of a manifest or of an index of them.
    To(String),
    /// Nobody knows, and why.
    Nowhere(String),
}

/// How a change is guarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guarding {
    /// The host puts itself back when it hears nothing for this many seconds after a stage.
    Seconds(u32),
    /// Somebody typed `--no-guard`.
    Waived,
}

/// Made by the host for one change, and told to the operator who began it: a confirmation that
/// was meant for another change cannot be taken for this one's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nonce(String);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hello {
    pub protocol: u32,
    pub version: String,
    /// Who is at the other end, for the lock and the journal.
    pub operator: String,
    /// Why: `apply plan 7c1e…`.
    pub reason: String,
    /// The mesh interface whose public key is asked for. The private half is made now if there is
    /// none, in piton's own folder, because a plan that names no key could not be exact.
    pub mesh: Option<String>,
    /// Whether to look at what is owned, too: what a site still says as it did before then needs no
    /// second question.
    #[serde(default)]
    pub look: bool,
    /// A trouble staged on purpose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drill: Option<Drill>,
}

/// Where a change stops for a trouble that is staged on purpose. *Before* a step is after its prior
/// state was written down; *after* it is before it was noted as done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Drill {
    /// The host half kills itself.
    DieBefore(usize),
    DieAfter(usize),
    /// The host half stands still, so that something can happen to it there.
    HoldBefore(usize),
    HoldAfter(usize),
    /// The operator's side stands still between the last stage and the confirmation.
    HoldConfirm,
}

/// From the host half to the operator's side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "tell", rename_all = "snake_case")]
pub enum Reply {
    Greeting(Box<Greeting>),
    Seen {
        observed: Vec<(Key, Observed)>,
    },
    Network {
        state: Box<State>,
    },
    /// The images that are not here, and the layers that the engine has from the ground up, so that they need not be
    /// sent once more.
    Images {
        missing: Vec<ImageName>,
        layers: Vec<Vec<String>>,
    },
    /// What each name leads to, or why that is not known.
    Digests {
        found: BTreeMap<String, Led>,
    },
    /// The request was carried out.
    Done,
    /// A change is open, and whoever confirms it has to say this.
    Begun {
        nonce: Nonce,
    },
    /// Someone else is changing this host.
    Locked {
        holder: Holder,
    },
    /// The stage failed and everything this change had done was put back.
    Undone {
        because: Fault,
    },
    /// The stage failed, and so did putting it back: the host is neither as before nor as after.
    Stuck {
        because: Fault,
        undo: Fault,
    },
    /// The request was refused; nothing was changed by it.
    Refused {
        because: Fault,
    },
    History {
        entries: Vec<Entry>,
    },
    /// What a container, or a program in it, said, with no secret in it.
    Said {
        status: Option<i32>,
        out: String,
        err: String,
    },
    /// Not an answer yet: what is going on.
    Event(Event),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Greeting {
    pub protocol: u32,
    pub version: String,
    pub facts: Facts,
    pub generation: u64,
    pub owned: Vec<Owned>,
    /// What is owned as it is now, in the same order; empty when nobody asked, or when it cannot be
    /// seen, which whoever asks again is told.
    #[serde(default)]
    pub seen: Vec<Observed>,
    /// Interface to public key.
    pub mesh: BTreeMap<String, PublicKey>,
    /// The last change stopped midway, and this is how far it came.
    pub interrupted: Option<Entry>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    StepStarted {
        stage: usize,
        step: usize,
        of: usize,
        key: Key,
        verb: Verb,
    },
    StepDone {
        stage: usize,
        step: usize,
        key: Key,
    },
    /// A step is being put back.
    Undoing {
        key: Key,
    },
    /// From the operator's side itself: the session is gone, and the host will put itself back.
    Lost {
        because: String,
    },
    /// It stands still, for a drill.
    Held {
        place: String,
    },
    /// A line of a long-running program's output.
    Line {
        text: String,
    },
    /// Something that somebody has to know who was not asked, such as what was kept.
    Note {
        text: String,
    },
}

/// Who holds a host's lock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Holder {
    pub operator: String,
    pub reason: String,
    pub pid: u32,
    /// Seconds since the epoch, by the host's clock.
    pub since: u64,
    /// How long ago that was, by the same clock.
    pub age: u64,
}

impl Nonce {
    pub(crate) fn new() -> Result<Nonce, Fault> {
        let mut bytes = [0u8; 16];
        getrandom::fill(&mut bytes)
            .map_err(|error| Fault::new(FaultCode::Unsupported, "this host has no random numbers").because(error))?;
        Ok(Nonce(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }
}
