//! One session with one host, from the operator's side: ask, and get the answer as a type.

use crate::images::{Archives, Bundle, PIECE};
use crate::system::{Fault, SecretValues};
use crate::transport::{Freshness, Link, Reaching, Trouble, UNTIL_SEEN, connect};
use crate::wire::{self, Event, Greeting, Hello, ImageName, Led, Reply, Request, WireError};
use piton_plan::{Digesting, Key, Login, Observed, Resource};
use piton_reach::State;
use std::collections::BTreeMap;
use std::io::Read;

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
        match in_time(&mut link, |link| answer(link, &mut |_| {}))? {
            Reply::Greeting(greeting) => Ok(Session { login: login.clone(), greeting: *greeting, link }),
            other => Err(unexpected(other)),
        }
    }

    /// How these resources are. What the greeting has told already is not asked for again; that
    /// holds for the first look only, since the host goes on living.
    pub fn look(&mut self, resources: Vec<Resource>) -> Result<Vec<(Key, Observed)>, SessionError> {
        let seen = std::mem::take(&mut self.greeting.seen);
        let owned = self.greeting.owned.iter().map(|owned| &owned.resource);
        let told: Vec<(&Resource, Observed)> = owned.zip(seen).collect();
        // As it is owned, and not only of the same name: what is wanted decides how it is seen.
        let known =
            |resource: &Resource| told.iter().find(|(owned, _)| *owned == resource).map(|(_, seen)| seen.clone());
        let known: Vec<Option<Observed>> = resources.iter().map(known).collect();
        let unknown = resources.iter().zip(&known).filter(|(_, known)| known.is_none());
        let asked: Vec<Resource> = unknown.map(|(resource, _)| resource.clone()).collect();
        let mut answers = if asked.is_empty() { Vec::new() } else { self.ask_for(asked)? }.into_iter();
        // In the order of the question: a plan's digest must not depend on how it was answered.
        let answer = |(resource, known): (&Resource, Option<Observed>)| match known {
            Some(seen) => Some((resource.key(), seen)),
            None => answers.next(),
        };
        Ok(resources.iter().zip(known).filter_map(answer).collect())
    }

    fn ask_for(&mut self, resources: Vec<Resource>) -> Result<Vec<(Key, Observed)>, SessionError> {
        let question = Request::Look { resources };
        match in_time(&mut self.link, |link| ask(link, &question, &mut |_| {}))? {
            Reply::Seen { observed } => Ok(observed),
            other => Err(unexpected(other)),
        }
    }

    /// Hands over the values of secrets, for this session.
    pub fn give(&mut self, values: SecretValues) -> Result<(), SessionError> {
        // What the greeting saw was seen without them.
        self.greeting.seen.clear();
        self.ask_done(&Request::Secrets { values })
    }

    /// The host's network as it is, with the ways in of these users.
    pub fn network(&mut self, users: Vec<String>) -> Result<State, SessionError> {
        match self.ask(&Request::Network { users }, &mut |_| {})? {
            Reply::Network { state } => Ok(*state),
            other => Err(unexpected(other)),
        }
    }

    /// What these names of images lead to, as the host's engine finds out.
    pub fn digests(&mut self, references: Vec<String>) -> Result<BTreeMap<String, Led>, SessionError> {
        match self.ask(&Request::Digests { references }, &mut |_| {})? {
            Reply::Digests { found } => Ok(found),
            other => Err(unexpected(other)),
        }
    }

    /// Asks, and hears what is going on until the answer comes.
    pub fn ask(&mut self, request: &Request, hear: &mut dyn FnMut(Event)) -> Result<Reply, SessionError> {
        ask(&mut self.link, request, hear)
    }

    /// Sends the images that the host lacks of these, so that its stacks find them; `hear` is told how many bytes have
    /// gone, and of how many. What is not at hand is left to the host, which may be able to pull it.
    pub fn lay(
        &mut self,
        wanted: Vec<ImageName>,
        archives: &Archives,
        hear: &mut dyn FnMut(u64, u64),
    ) -> Result<(), SessionError> {
        let (missing, layers) = match self.ask(&Request::Images { wanted }, &mut |_| {})? {
            Reply::Images { missing, layers } => (missing, layers),
            other => return Err(unexpected(other)),
        };
        let bundle = Bundle::of(&missing, archives, &layers);
        if bundle.is_empty() {
            return Ok(());
        }
        let (length, mut sent) = (bundle.length(), 0);
        let unreadable = |error: std::io::Error| SessionError::Lost(format!("an archive cannot be read: {error}"));
        let mut stream = bundle.open().map_err(unreadable)?;
        self.ask_done(&Request::Lay { images: bundle.names(), length })?;
        let mut digesting = Digesting::default();
        let mut piece = Vec::with_capacity(PIECE);
        loop {
            piece.clear();
            stream.by_ref().take(PIECE as u64).read_to_end(&mut piece).map_err(unreadable)?;
            if piece.is_empty() {
                return self.ask_done(&Request::Laid { digest: digesting.end() });
            }
            digesting.add(&piece);
            let input = self.link.input().map_err(WireError::from);
            if let Err(error) = input.and_then(|input| wire::send_piece(input, &piece)) {
                return Err(lost(&mut self.link, &error));
            }
            done(answer(&mut self.link, &mut |_| {})?)?;
            sent += piece.len() as u64;
            hear(sent, length);
        }
    }

    fn ask_done(&mut self, request: &Request) -> Result<(), SessionError> {
        done(self.ask(request, &mut |_| {})?)
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

fn done(reply: Reply) -> Result<(), SessionError> {
    match reply {
        Reply::Done => Ok(()),
        other => Err(unexpected(other)),
    }
}

/// An answer that only has to be looked up, and is not waited for any longer than that can take.
fn in_time(
    link: &mut Link,
    answer: impl FnOnce(&mut Link) -> Result<Reply, SessionError>,
) -> Result<Reply, SessionError> {
    link.expect_within(UNTIL_SEEN);
    let answer = answer(link).map_err(|error| link.too_slow().map_or(error, SessionError::from))?;
    link.answered();
    Ok(answer)
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

#[cfg(test)]
mod tests {
    use super::*;
    use piton_plan::kind::Link as Symlink;
    use piton_plan::kind::link::Observed as SeenLink;
    use piton_plan::{Arch, Facts, Os, Owned};

    fn facts() -> Facts {
        Facts {
            hostname: "h".into(),
            os: Os { id: "debian".into(), version: "12".into(), codename: "bookworm".into() },
            arch: Arch::X86_64,
            kernel: "6.1.0".into(),
            ssh_socket: false,
            container: false,
            login: "root".into(),
            connection: None,
        }
    }

    fn resource(path: &str, target: &str) -> Resource {
        Symlink { path: path.into(), target: target.into() }.into()
    }

    fn seen(target: &str) -> Observed {
        SeenLink { target: Some(target.into()), ..SeenLink::default() }.into()
    }

    /// A session in which these were owned and told with the greeting, and the host answers once.
    fn session(told: &[(Resource, Observed)], answer: &Reply) -> (Session, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let mut frame = Vec::new();
        wire::send(&mut frame, answer).unwrap();
        std::fs::write(folder.path().join("answer"), frame).unwrap();
        let owned =
            |(resource, _): &(Resource, Observed)| Owned { resource: resource.clone(), since: 1, replaced: false };
        let greeting = Greeting {
            protocol: wire::PROTOCOL,
            version: "test".into(),
            facts: facts(),
            generation: 1,
            owned: told.iter().map(owned).collect(),
            seen: told.iter().map(|(_, seen)| seen.clone()).collect(),
            mesh: Default::default(),
            interrupted: None,
        };
        let link = Link::with_script(&format!("cd {} && head -c 1 >/dev/null && cat answer", folder.path().display()));
        let login = Login { address: "h".into(), user: None, port: None };
        (Session { login, greeting, link }, folder)
    }

    #[test]
    fn what_the_greeting_told_is_asked_for_no_more_and_answers_keep_the_order_of_the_question() {
        let (a, b, c) = (resource("/a", "1"), resource("/b", "1"), resource("/c", "1"));
        // Owned under the same name, and wanted otherwise: what was told of it is no answer.
        let told = [(resource("/b", "0"), seen("0")), (a.clone(), seen("1")), (c.clone(), seen("2"))];
        let answer = Reply::Seen { observed: vec![(b.key(), seen("asked"))] };
        let (mut session, _folder) = session(&told, &answer);
        let looked = session.look(vec![a.clone(), b.clone(), c.clone()]).unwrap();
        assert_eq!(looked, [(a.key(), seen("1")), (b.key(), seen("asked")), (c.key(), seen("2"))]);
    }

    #[test]
    fn a_host_that_told_everything_is_asked_nothing() {
        let a = resource("/a", "1");
        let (mut session, _folder) = session(&[(a.clone(), seen("1"))], &Reply::Done);
        assert_eq!(session.look(vec![a.clone()]).unwrap(), [(a.key(), seen("1"))]);
        // What was told was true then: a second look asks.
        assert!(matches!(session.look(vec![a]), Err(SessionError::Lost(_))));
    }
}
