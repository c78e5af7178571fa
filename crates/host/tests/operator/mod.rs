//! The operator's end of sessions with a folder that stands in for a host.
#![allow(dead_code, reason = "each test program uses its part of it")]

use piton_host::half::{self, Caller};
use piton_host::system::{FaultCode, System};
use piton_host::wire::{self, Hello, Nonce, PROTOCOL, Reply, Request};
use piton_plan::kind::File;
use piton_plan::{Digest, FileSpec, HostPlan, HostView, Login, Resource, Wanted};
use std::fs;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::thread::JoinHandle;

/// A folder that stands in for a host. `root` there is whoever runs the test.
pub fn host() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("etc")).unwrap();
    let meta = folder.path().metadata().unwrap();
    let (uid, gid) = {
        use std::os::unix::fs::MetadataExt;
        (meta.uid(), meta.gid())
    };
    fs::write(folder.path().join("etc/passwd"), format!("root:x:{uid}:{gid}:root:/root:/bin/bash\n")).unwrap();
    fs::write(folder.path().join("etc/group"), format!("root:x:{gid}:\n")).unwrap();
    folder
}

pub fn hello(operator: &str) -> Hello {
    Hello {
        protocol: PROTOCOL,
        version: "test".into(),
        operator: operator.into(),
        reason: "test".into(),
        mesh: None,
        look: false,
        drill: None,
    }
}

/// The operator's end of one session.
pub struct Operator {
    pub link: UnixStream,
    pub half: Option<JoinHandle<()>>,
}

impl Operator {
    pub fn greet(root: &Path) -> (Operator, wire::Greeting) {
        Operator::greet_as(root, "ana@desk")
    }

    pub fn greet_as(root: &Path, operator: &str) -> (Operator, wire::Greeting) {
        Operator::greet_by(root, operator, "")
    }

    pub fn greet_with(root: &Path, hello: Hello) -> (Operator, wire::Greeting) {
        Operator::open(root, hello, "")
    }

    /// Greets over a connection of this name.
    pub fn greet_by(root: &Path, operator: &str, connection: &str) -> (Operator, wire::Greeting) {
        Operator::open(root, hello(operator), connection)
    }

    fn open(root: &Path, hello: Hello, connection: &str) -> (Operator, wire::Greeting) {
        let connection = connection.to_owned();
        let (link, theirs) = UnixStream::pair().unwrap();
        let system = System::at(root);
        let half = std::thread::spawn(move || {
            let output = theirs.try_clone().unwrap();
            let caller = Caller { login: "root".into(), connection };
            half::serve(&system, theirs, output, caller).unwrap();
        });
        let mut session = Operator { link, half: Some(half) };
        match session.ask(&Request::Hello(hello)) {
            Reply::Greeting(greeting) => (session, *greeting),
            other => panic!("no greeting: {other:?}"),
        }
    }

    pub fn ask(&mut self, request: &Request) -> Reply {
        wire::send(&mut self.link, request).unwrap();
        loop {
            match wire::receive(&mut self.link).unwrap() {
                Reply::Event(_) => {}
                reply => return reply,
            }
        }
    }

    /// Ends the session and waits until the host half has ended too.
    pub fn vanish(mut self) {
        self.link.shutdown(std::net::Shutdown::Both).unwrap();
        self.half.take().unwrap().join().unwrap();
    }
}

pub fn file(path: &str, content: &str) -> Resource {
    File { file: FileSpec::of_root(path, content), reloads: Vec::new() }.into()
}

pub fn plan(session: &mut Operator, greeting: &wire::Greeting, resources: &[Resource]) -> HostPlan {
    let mut asked = resources.to_vec();
    for owned in &greeting.owned {
        if !resources.iter().any(|resource| resource.key() == owned.resource.key()) {
            asked.push(owned.resource.clone());
        }
    }
    let Reply::Seen { observed } = session.ask(&Request::Look { resources: asked }) else { panic!("not seen") };
    let wanted = Wanted {
        host: "h".into(),
        login: Login { address: "h".into(), user: None, port: None },
        resources: resources.to_vec(),
        waits: Vec::new(),
    };
    let view = HostView {
        facts: greeting.facts.clone(),
        generation: greeting.generation,
        owned: greeting.owned.clone(),
        observed,
    };
    piton_plan::make("site", Digest::of(""), "test", &[(wanted, view)], Vec::new()).hosts.remove(0)
}

/// What a change that was begun has to be confirmed with.
pub fn begun(reply: Reply) -> Nonce {
    match reply {
        Reply::Begun { nonce } => nonce,
        other => panic!("not begun: {other:?}"),
    }
}

pub fn history(root: &Path) -> Vec<wire::Entry> {
    let (mut session, _) = Operator::greet(root);
    match session.ask(&Request::History { limit: 10 }) {
        Reply::History { entries } => entries,
        other => panic!("no history: {other:?}"),
    }
}

pub fn refused(reply: Reply) -> FaultCode {
    match reply {
        Reply::Refused { because } => because.code,
        other => panic!("not refused: {other:?}"),
    }
}
