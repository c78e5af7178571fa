//! What the two halves say to each other: typed messages in length-prefixed frames.
//!
//! A frame is four bytes of length, big-endian, and that much JSON. JSON because the two halves
//! are the same binary, so there is no format to negotiate, and a recorded session can be read.
//! The peer is not trusted: a frame has a limit, and what does not parse ends the session.
//!
//! Images travel as they are: a frame whose length has its highest bit set is a piece of bytes, which belongs to what
//! the message before it began.

use crate::system::{Fault, FaultCode, SecretValues};
use piton_plan::kind::wireguard::PublicKey;
use piton_plan::stack::Container;
use piton_plan::{Digest, Facts, HostPlan, Key, Observed, Owned, Resource, Verb};
use piton_reach::State;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;
use std::io::{self, Read, Write};

/// Raised whenever a message changes its meaning; both halves must agree exactly.
pub const PROTOCOL: u32 = 5;

/// Larger than any plan of a site that a person wrote, smaller than what would hurt a host.
const LONGEST: usize = 64 << 20;

/// Marks the length of a frame that is bytes and no message.
const PIECE: u32 = 1 << 31;

/// What arrives: a message, or bytes.
#[derive(Debug, PartialEq)]
pub enum Incoming<T> {
    Message(T),
    Piece(Vec<u8>),
}

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

/// One change in a host's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub generation: u64,
    pub plan_id: String,
    pub operator: String,
    pub reason: String,
    /// Seconds since the epoch, by the host's clock.
    pub began: u64,
    pub outcome: Outcome,
    /// The generation of the change that this one put back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goes_back: Option<u64>,
    /// False: somebody typed `--no-guard`.
    pub guarded: bool,
    /// A command that somebody guarded; only it knows what it did, so nobody can put it back later.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub command: bool,
    /// Why it was put back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    pub steps: Vec<EntryStep>,
}

impl Nonce {
    pub(crate) fn new() -> Result<Nonce, Fault> {
        let mut bytes = [0u8; 16];
        getrandom::fill(&mut bytes)
            .map_err(|error| Fault::new(FaultCode::Unsupported, "this host has no random numbers").because(error))?;
        Ok(Nonce(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }
}

impl Entry {
    /// The steps as the plan counted them: a bridge is the first half of a later step, and part of it.
    pub fn whole_steps(&self) -> Vec<EntryStep> {
        let mut whole: Vec<EntryStep> = Vec::new();
        for step in &self.steps {
            match whole.iter_mut().find(|earlier| earlier.key == step.key) {
                Some(earlier) => {
                    earlier.verb = step.verb;
                    earlier.state = earlier.state.followed_by(step.state);
                }
                None => whole.push(step.clone()),
            }
        }
        whole
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntryStep {
    pub key: Key,
    pub verb: Verb,
    pub state: StepState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Never begun.
    Untouched,
    /// Begun, and not known to have ended.
    Begun,
    Done,
    Undone,
}

impl StepState {
    /// What two halves of a step are together.
    fn followed_by(self, second: StepState) -> StepState {
        match (self, second) {
            (StepState::Done, StepState::Untouched) => StepState::Begun,
            (first, StepState::Untouched) => first,
            (_, second) => second,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Confirmed over a new connection, or in no need of it.
    Kept,
    /// Put back because a step failed or the new way in did not work.
    Undone,
    /// Put back later, by a person.
    RolledBack,
    /// Still open: under way, or waiting to be confirmed.
    Open,
    /// The host half ended without a word.
    Interrupted,
}

/// Why a message could not be had.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    #[error("the other side ended the session")]
    Closed,
    #[error("the session broke: {0}")]
    Io(#[from] io::Error),
    #[error("a message of {0} bytes is over the limit")]
    TooLong(usize),
    #[error("a message could not be understood: {0}")]
    Garbled(String),
}

pub fn send<T: Serialize>(out: &mut (impl Write + ?Sized), message: &T) -> Result<(), WireError> {
    let body = serde_json::to_vec(message).map_err(|error| WireError::Garbled(error.to_string()))?;
    let length = u32::try_from(body.len()).ok().filter(|_| body.len() <= LONGEST);
    let length = length.ok_or(WireError::TooLong(body.len()))?;
    let mut frame = Vec::with_capacity(body.len() + 4);
    frame.extend_from_slice(&length.to_be_bytes());
    frame.extend_from_slice(&body);
    out.write_all(&frame)?;
    Ok(out.flush()?)
}

/// Sends bytes that are no message.
pub fn send_piece(out: &mut (impl Write + ?Sized), bytes: &[u8]) -> Result<(), WireError> {
    let length = u32::try_from(bytes.len()).ok().filter(|_| bytes.len() <= LONGEST);
    let length = length.ok_or(WireError::TooLong(bytes.len()))?;
    out.write_all(&(length | PIECE).to_be_bytes())?;
    out.write_all(bytes)?;
    Ok(out.flush()?)
}

/// Receives a message where nothing else may come.
pub fn receive<T: DeserializeOwned>(input: &mut impl Read) -> Result<T, WireError> {
    match receive_any(input)? {
        Incoming::Message(message) => Ok(message),
        Incoming::Piece(_) => Err(WireError::Garbled("bytes where a message belongs".into())),
    }
}

pub fn receive_any<T: DeserializeOwned>(input: &mut impl Read) -> Result<Incoming<T>, WireError> {
    let mut head = [0u8; 4];
    match input.read_exact(&mut head) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(WireError::Closed),
        other => other?,
    }
    let word = u32::from_be_bytes(head);
    let length = (word & !PIECE) as usize;
    if length > LONGEST {
        return Err(WireError::TooLong(length));
    }
    // Grows with what really arrives: a lying length must not make the host reserve 64 MiB.
    let mut body = Vec::new();
    let read = input.take(length as u64).read_to_end(&mut body)?;
    if read < length {
        return Err(WireError::Closed);
    }
    if word & PIECE != 0 {
        return Ok(Incoming::Piece(body));
    }
    let message = serde_json::from_slice(&body).map_err(|error| WireError::Garbled(error.to_string()))?;
    Ok(Incoming::Message(message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_message_arrives_as_it_was_sent() {
        let sent = Request::Undo { plan_id: "7c1e".into(), reason: "lost".into() };
        let mut bytes = Vec::new();
        send(&mut bytes, &sent).unwrap();
        assert_eq!(receive::<Request>(&mut bytes.as_slice()).unwrap(), sent);
    }

    #[test]
    fn a_session_that_ends_between_messages_is_closed_and_not_an_error_of_reading() {
        assert!(matches!(receive::<Request>(&mut [].as_slice()), Err(WireError::Closed)));
    }

    #[test]
    fn a_message_that_ends_early_is_closed() {
        let mut bytes = Vec::new();
        send(&mut bytes, &Request::Release).unwrap();
        bytes.pop();
        assert!(matches!(receive::<Request>(&mut bytes.as_slice()), Err(WireError::Closed)));
    }

    #[test]
    fn a_bridge_and_its_step_are_one_step() {
        let step =
            |name: &str, verb, state| EntryStep { key: Key { kind: "file".into(), name: name.into() }, verb, state };
        let mut entry = Entry {
            generation: 1,
            plan_id: "7c1e".into(),
            operator: "ada@desk".into(),
            reason: "piton apply".into(),
            began: 0,
            outcome: Outcome::Interrupted,
            goes_back: None,
            guarded: true,
            command: false,
            because: None,
            steps: vec![
                step("a", Verb::Change, StepState::Done),
                step("b", Verb::Add, StepState::Done),
                step("a", Verb::Change, StepState::Untouched),
            ],
        };
        let states = |entry: &Entry| entry.whole_steps().iter().map(|step| step.state).collect::<Vec<_>>();
        assert_eq!(states(&entry), [StepState::Begun, StepState::Done], "half of it was done");
        entry.steps[2].state = StepState::Done;
        assert_eq!(states(&entry), [StepState::Done, StepState::Done]);
        entry.steps[0].state = StepState::Undone;
        entry.steps[2].state = StepState::Untouched;
        assert_eq!(states(&entry), [StepState::Undone, StepState::Done]);
    }

    #[test]
    fn bytes_arrive_as_they_are_and_only_where_they_may() {
        let mut bytes = Vec::new();
        send_piece(&mut bytes, b"{\"ask\":\"release\"}").unwrap();
        let piece = receive_any::<Request>(&mut bytes.as_slice()).unwrap();
        assert_eq!(piece, Incoming::Piece(b"{\"ask\":\"release\"}".to_vec()));
        assert!(matches!(receive::<Request>(&mut bytes.as_slice()), Err(WireError::Garbled(_))));
    }

    #[test]
    fn a_length_over_the_limit_is_refused_before_anything_is_read() {
        let bytes = [0xff, 0xff, 0xff, 0xff, b'x'];
        assert!(matches!(receive::<Request>(&mut bytes.as_slice()), Err(WireError::TooLong(_))));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = receive::<Request>(&mut bytes.as_slice());
            let _ = receive::<Reply>(&mut bytes.as_slice());
        }
    }
}
