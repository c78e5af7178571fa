//! The one who judges, logs and keeps the approvals while an agent is held: a socket, and this process behind it.
//!
//! A hook that is started inside can write neither; it sends the agent's event here and passes on the answer. So what
//! anybody inside can do is ask: have a command judged, which adds a line to the log, have it listed for the operator,
//! or use up an approval by asking for exactly what was approved. Not within reach: changing or removing a line,
//! writing an approval, changing the settings that are judged by. Each connection is one question, bounded in size and
//! time, and only those of this user are heard.

use super::super::hook::{self, Answer};
use super::super::state;
use crate::arguments::Agent;
use crate::failure::Failure;
use rustix::net::sockopt::socket_peercred;
use rustix::process::geteuid;
use serde_json::{Value, json};
use std::fs;
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// The variable by which a hook finds its keeper.
pub(super) const NAME: &str = "PITON_GATE_KEEPER";

/// How long a question or an answer may take to come over.
const PATIENCE: Duration = Duration::from_secs(8);

/// How many are answered at the same time; others wait.
const AT_ONCE: usize = 16;

/// An answer is a reason of a few lines.
const LONGEST_ANSWER: u64 = 1 << 20;

/// Open for as long as it is kept.
#[derive(Debug)]
pub(super) struct Keeper {
    path: PathBuf,
}

impl Keeper {
    pub(super) fn open() -> Result<Keeper, Failure> {
        let made = state::made("run").map(|folder| folder.join(format!("{}.sock", std::process::id())));
        let path = made.map_err(|error| Failure::file("make", &state::folder(), &error))?;
        // What is left over from a process of the same number that could not clean up.
        let _ = fs::remove_file(&path);
        let listener = UnixListener::bind(&path).map_err(|error| Failure::file("make", &path, &error))?;
        thread::spawn(move || answer_all(&listener));
        Ok(Keeper { path })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        // The folder is the gate's own; what is left there harms nobody.
        let _ = fs::remove_file(&self.path);
    }
}

fn answer_all(listener: &UnixListener) {
    let busy = AtomicUsize::new(0);
    thread::scope(|scope| {
        for stream in listener.incoming().filter_map(Result::ok) {
            if busy.fetch_add(1, Ordering::SeqCst) >= AT_ONCE {
                // In this thread, so that no other is taken before it.
                let _ = answer_one(&stream);
                busy.fetch_sub(1, Ordering::SeqCst);
                continue;
            }
            let busy = &busy;
            scope.spawn(move || {
                // Whoever did not wait for the answer does not get one.
                let _ = answer_one(&stream);
                busy.fetch_sub(1, Ordering::SeqCst);
            });
        }
    });
}

fn answer_one(mut stream: &UnixStream) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    if socket_peercred(stream)?.uid != geteuid() {
        return Ok(());
    }
    let mut bytes = Vec::new();
    stream.take(2 * hook::LARGEST).read_to_end(&mut bytes)?;
    let question: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    let agent = Agent::ALL.into_iter().find(|agent| question["agent"].as_str() == Some(agent.name()));
    let (Some(agent), Some(event)) = (agent, question["event"].as_str()) else { return Ok(()) };
    stream.write_all(hook::answer(agent, event, true).to_json().to_string().as_bytes())
}

/// What the keeper of this process answers; nothing where there is none.
pub(in super::super) fn ask(agent: Agent, event: &str) -> Option<io::Result<Answer>> {
    let path = std::env::var_os(NAME)?;
    Some(asked(Path::new(&path), agent, event))
}

fn asked(path: &Path, agent: Agent, event: &str) -> io::Result<Answer> {
    let mut stream = UnixStream::connect(path)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(json!({ "agent": agent.name(), "event": event }).to_string().as_bytes())?;
    stream.shutdown(Shutdown::Write)?;
    let mut bytes = Vec::new();
    stream.take(LONGEST_ANSWER).read_to_end(&mut bytes)?;
    let answer = serde_json::from_slice(&bytes).ok().as_ref().and_then(Answer::from_json);
    answer.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "it gave no answer"))
}
