//! One session with one host, from the operator's side: ask, and get the answer as a type.

use crate::system::Fault;
use crate::transport::{Freshness, Link, Reaching, Trouble, connect};
use crate::wire::{self, Event, Greeting, Hello, Reply, Request, WireError};
use piton_plan::{Key, Login, Observed, Resource};
use piton_reach::State;

/// A greeted host.
pub struct Session {
    pub login: Login,
    pub greeting: Greeting,
    link: Link,
}

/// Why a question to a host has no answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SessionError {
    #[error(transparent)]
    Trouble(#[from] Trouble),
    #[error(transparent)]
    Refused(#[from] Fault),
    /// The session ended before the answer came: what was asked for may or may not have happened.
    #[error("the session was lost: {0}")]
    Lost(String),
}

impl Session {
    /// Connects and greets.
    pub fn open(
        login: &Login,
        reaching: &Reaching,
        freshness: Freshness,
        hello: &Hello,
    ) -> Result<Session, SessionError> {
        let mut greeting = Vec::new();
        let said = wire::send(&mut greeting, &Request::Hello(hello.clone()));
        said.map_err(|error| SessionError::Lost(error.to_string()))?;
        let mut link = connect(login, reaching, freshness, &greeting)?;
        let answer = answer(&mut link, &mut |_| {});
        let answer = answer.map_err(|error| link.too_slow().map_or(error, SessionError::from))?;
        link.greeted();
        match answer {
            Reply::Greeting(greeting) => Ok(Session { login: login.clone(), greeting: *greeting, link }),
            other => Err(unexpected(other)),
        }
    }

    pub fn look(&mut self, resources: Vec<Resource>) -> Result<Vec<(Key, Observed)>, SessionError> {
        match self.ask(&Request::Look { resources }, &mut |_| {})? {
            Reply::Seen { observed } => Ok(observed),
            other => Err(unexpected(other)),
        }
    }

    /// The host's network as it is, with the ways in of these users.
    pub fn network(&mut self, users: Vec<String>) -> Result<State, SessionError> {
        match self.ask(&Request::Network { users }, &mut |_| {})? {
            Reply::Network { state } => Ok(*state),
            other => Err(unexpected(other)),
        }
    }

    /// Asks, and hears what is going on until the answer comes.
    pub fn ask(&mut self, request: &Request, hear: &mut dyn FnMut(Event)) -> Result<Reply, SessionError> {
        ask(&mut self.link, request, hear)
    }

    /// Says nothing more, and waits until the host has had enough.
    pub(crate) fn until_it_ends(&mut self) {
        while wire::receive::<Reply>(self.link.output()).is_ok() {}
    }

    /// Ends the session in good order.
    pub fn close(mut self) {
        self.link.close();
    }
}

fn ask(link: &mut Link, request: &Request, hear: &mut dyn FnMut(Event)) -> Result<Reply, SessionError> {
    let sent = link.input().map_err(WireError::from).and_then(|input| wire::send(input, request));
    if let Err(error) = sent {
        return Err(lost(link, &error));
    }
    answer(link, hear)
}

fn answer(link: &mut Link, hear: &mut dyn FnMut(Event)) -> Result<Reply, SessionError> {
    loop {
        match wire::receive::<Reply>(link.output()) {
            Ok(Reply::Event(event)) => hear(event),
            Ok(Reply::Refused { because }) => return Err(SessionError::Refused(because)),
            Ok(reply) => return Ok(reply),
            Err(error) => return Err(lost(link, &error)),
        }
    }
}

fn lost(link: &mut Link, error: &WireError) -> SessionError {
    let (_, said) = link.last_words();
    let last = said.lines().map(str::trim).rfind(|line| !line.is_empty()).map(str::to_owned);
    SessionError::Lost(last.unwrap_or_else(|| error.to_string()))
}

pub(crate) fn unexpected(reply: Reply) -> SessionError {
    // The kind of the reply, without what it holds: it comes from a host.
    let kind = serde_json::to_value(&reply)
        .ok()
        .and_then(|value| value.get("tell").and_then(|tell| tell.as_str().map(str::to_owned)));
    SessionError::Lost(format!("the host answered with `{}`, which was not asked for", kind.unwrap_or_default()))
}
