//! The host half: answers typed requests on stdin and stdout, as root, for one session.
//!
//! It decides nothing: what to do stands in the plan. What it must get right is that nothing is
//! done before it is written down, that a change is begun, gone on with and ended under one lock,
//! and that an operator who vanishes leaves the host as it was.
//!
//! [`change`] carries out and puts back; [`greet`] says what is here.

mod change;
mod check;
mod container;
mod destroy;
mod greet;
mod rollback;

pub use greet::Caller;
pub(crate) use greet::close_interrupted;

use crate::images::laid::{self, Laying};
use crate::images::registry;
use crate::system::{Fault, FaultCode, System};
use crate::wire::{self, Drill, Event, Hello, Incoming, PROTOCOL, Reply, Request, WireError};
use crate::{journal, kind, lock, network};
use change::Open;
use std::io::{Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// How long an operator who is in the middle of a change may say nothing, unless it was agreed
/// otherwise. They have nothing to do then but to open a connection and go on.
const SILENCE: Duration = Duration::from_secs(60);

/// How long somebody else's change is waited for, when its end is asked about.
const PATIENCE: Duration = Duration::from_secs(600);

/// The way to the operator, shared with whoever passes on what a long-running program prints.
type Output = Arc<Mutex<dyn Write + Send>>;

/// What arrives from the operator.
type Heard = Result<Incoming<Request>, WireError>;

/// One session with an operator.
pub(crate) struct Session {
    system: System,
    output: Output,
    caller: Caller,
    hello: Option<Hello>,
    open: Option<Open>,
    laying: Option<Laying>,
    silence: Duration,
    /// The operator's side is gone; nobody hears an answer.
    gone: Arc<AtomicBool>,
}

/// Answers requests until the operator ends the session, and puts back what was left open.
pub fn serve(
    system: &System,
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
    caller: Caller,
) -> Result<(), WireError> {
    // Whoever started this process closed its files to others. What piton writes says its own mode,
    // but apt, ufw and useradd take theirs from here, and make folders that their users cannot enter.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o022));
    let gone = Arc::new(AtomicBool::new(false));
    let requests = listen(input, Arc::clone(&gone));
    let output: Output = Arc::new(Mutex::new(output));
    let tells = |event: fn(String) -> Event| {
        let heard = Arc::clone(&output);
        move |text: &str| {
            // What cannot be told now is noticed by the next reply.
            let _ = send(&heard, &Reply::Event(event(text.to_owned())));
        }
    };
    let line = tells(|text| Event::Line { text });
    let system = system.clone().on_line(line).on_note(tells(|text| Event::Note { text }));
    let mut session = Session { system, output, caller, hello: None, open: None, laying: None, silence: SILENCE, gone };
    let mut ended = Ok(());
    loop {
        let request = match requests.recv_timeout(session.silence) {
            Ok(request) => request,
            // A path that the change cut in silence looks like this, long before TCP gives up.
            Err(RecvTimeoutError::Timeout) if session.open.is_some() => break,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => break,
        };
        match request {
            Ok(Incoming::Message(request)) => session.answer(request),
            Ok(Incoming::Piece(bytes)) => session.take(&bytes),
            Err(WireError::Closed) => break,
            Err(error) => {
                ended = Err(error);
                break;
            }
        }
    }
    session.gone.store(true, Ordering::SeqCst);
    session.put_back_what_is_open();
    ended
}

/// Reads requests on a thread of its own, so that a vanished operator is noticed in the middle of
/// a stage and not only after it.
fn listen(mut input: impl Read + Send + 'static, gone: Arc<AtomicBool>) -> Receiver<Heard> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        loop {
            let request = wire::receive_any::<Request>(&mut input);
            let last = request.is_err();
            if last {
                gone.store(true, Ordering::SeqCst);
            }
            if sender.send(request).is_err() || last {
                return;
            }
        }
    });
    receiver
}

fn send(output: &Output, reply: &Reply) -> Result<(), WireError> {
    let mut output = output.lock().map_err(|_| WireError::Closed)?;
    wire::send(&mut *output, reply)
}

impl Session {
    fn answer(&mut self, request: Request) {
        let reply = self.reply(request).unwrap_or_else(|because| Reply::Refused { because });
        self.tell(&reply);
    }

    /// Takes a piece of what is being laid down.
    fn take(&mut self, bytes: &[u8]) {
        let nothing = || Fault::new(FaultCode::Protocol, "bytes came, and nothing was announced");
        let taken = self.laying.as_mut().ok_or_else(nothing).and_then(|laying| laying.piece(&self.system, bytes));
        let reply = taken.map_or_else(|because| Reply::Refused { because }, |()| Reply::Done);
        self.tell(&reply);
    }

    fn reply(&mut self, request: Request) -> Result<Reply, Fault> {
        if let Request::Hello(hello) = request {
            if hello.protocol != PROTOCOL {
                let what = format!("this piton speaks protocol {PROTOCOL}, yours speaks {}", hello.protocol);
                return Err(Fault::new(FaultCode::Protocol, what).help("use the same piton on both sides"));
            }
            let greeting = greet::greeting(&self.system, &hello, &self.caller)?;
            self.hello = Some(hello);
            return Ok(Reply::Greeting(Box::new(greeting)));
        }
        if self.hello.is_none() {
            return Err(Fault::new(FaultCode::Protocol, "the session must begin with a greeting"));
        }
        match request {
            Request::Hello(_) => Err(Fault::new(FaultCode::Protocol, "the session was greeted before")),
            Request::Secrets { values } => {
                self.system = self.system.clone().with_secrets(values);
                Ok(Reply::Done)
            }
            Request::Look { resources } => Ok(Reply::Seen { observed: kind::observe_all(&self.system, &resources)? }),
            Request::Network { users } => {
                let about = self.caller.about(users);
                Ok(Reply::Network { state: Box::new(network::read(&self.system, &about)?) })
            }
            Request::Images { wanted } => {
                let (missing, layers) = laid::missing(&self.system, wanted)?;
                Ok(Reply::Images { missing, layers })
            }
            Request::Digests { references } => {
                Ok(Reply::Digests { found: registry::digests(&self.system, &references) })
            }
            Request::Lay { images, length } => {
                self.laying = Some(Laying::begin(&self.system, images, length)?);
                Ok(Reply::Done)
            }
            Request::Laid { digest } => {
                let nothing = || Fault::new(FaultCode::Protocol, "nothing was announced");
                self.laying.take().ok_or_else(nothing)?.end(&self.system, &digest)?;
                Ok(Reply::Done)
            }
            Request::Begin { plan, plan_id, wait, guard } => self.begin(*plan, plan_id, wait, guard),
            Request::Resume { plan_id, nonce } => self.resume(&plan_id, &nonce),
            Request::Stage { index } => self.stage(index),
            Request::Release => {
                if let Some(open) = &mut self.open {
                    open.release();
                }
                Ok(Reply::Done)
            }
            Request::Confirm { plan_id, nonce } => self.confirm(&plan_id, &nonce),
            Request::Undo { plan_id, reason } => self.undo(&plan_id, Fault::new(FaultCode::OperatorGone, reason)),
            Request::Rollback { plan_id, anyway, guard } => self.rollback(plan_id, anyway, guard),
            Request::Await { plan_id } => self.await_end(&plan_id),
            Request::Container { stack, container, asked } => self.container(&stack, &container, &asked),
            Request::History { limit } => {
                let changes = journal::changes(&self.system)?;
                let newest = changes.iter().rev().take(limit);
                Ok(Reply::History { entries: newest.map(journal::Change::entry).collect() })
            }
        }
    }

    /// Waits for the end of a change that somebody else, or the guard, has to do with.
    fn await_end(&self, plan_id: &str) -> Result<Reply, Fault> {
        lock::await_end(&self.system, PATIENCE, &|| self.is_gone())?;
        let changes = journal::changes(&self.system)?;
        let found = changes.iter().rev().find(|change| change.plan_id == plan_id);
        Ok(Reply::History { entries: found.map(journal::Change::entry).into_iter().collect() })
    }

    /// Sends a reply; an operator who cannot be told is an operator who is gone.
    fn tell(&mut self, reply: &Reply) {
        if send(&self.output, reply).is_err() {
            self.gone.store(true, Ordering::SeqCst);
        }
    }

    fn event(&mut self, event: Event) {
        self.tell(&Reply::Event(event));
    }

    fn is_gone(&self) -> bool {
        self.gone.load(Ordering::SeqCst)
    }

    fn drill(&self) -> Option<Drill> {
        self.hello.as_ref().and_then(|hello| hello.drill)
    }
}
