//! Reaching the host half: one process whose stdin and stdout are the session.
//!
//! [`ssh`] starts the system's `ssh`, so the operator's configuration, keys, agent, jump hosts
//! and known hosts work as they are; [`local`] starts the host half on this machine. What both
//! give is a [`Link`]. Nothing here knows what is said over it.

mod answers;
mod binaries;
mod cache;
mod host_key;
mod local;
mod patience;
mod ssh;
mod trouble;

pub use binaries::Binaries;
pub use trouble::{Trouble, TroubleKind};

use answers::Answers;
use patience::Patience;
use piton_plan::Login;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use std::io::{BufReader, Read, Write};
use std::process::{Child, ChildStdin};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How to reach hosts; the same for all of them.
#[derive(Clone, Debug, Default)]
pub struct Reaching {
    /// Arguments for ssh before all of ours: `-F`, `-i`, `-o`.
    pub ssh_arguments: Vec<String>,
    /// Seconds until an address that does not answer is given up.
    pub connect_timeout: u32,
    pub binaries: Binaries,
}

/// Whether a connection may be one that is already there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// A control socket of the operator's will do.
    Any,
    /// A new connection with a new authentication; the only proof that one can still come in.
    New,
}

/// A started host half.
pub struct Link {
    child: Child,
    /// The same process, however long its number has been another's.
    process: Arc<OwnedFd>,
    /// While an answer is waited for that must not take long.
    patience: Option<Patience>,
    input: Option<ChildStdin>,
    output: BufReader<Answers>,
    said: Arc<Mutex<Vec<u8>>>,
    /// Closed when stderr has ended.
    heard_all: Receiver<()>,
}

/// How long an ended session's last words are waited for.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// How long a session may take to end.
const FAREWELL: Timespec = Timespec { tv_sec: 5, tv_nsec: 0 };

/// How long the host half may take to start after the connection: logging in, becoming root.
const UNTIL_STARTED: Duration = Duration::from_secs(30);

/// How long a look may take. The host half gives each program that it asks a minute, and asks them
/// side by side.
pub(crate) const UNTIL_SEEN: Duration = Duration::from_secs(90);

impl Reaching {
    /// How long a host may take until its half has started.
    fn patience(&self) -> Duration {
        Duration::from_secs(self.connect_timeout.into()) + UNTIL_STARTED
    }
}

/// Starts the host half where a login leads, and says the greeting to it.
pub fn connect(login: &Login, reaching: &Reaching, freshness: Freshness, greeting: &[u8]) -> Result<Link, Trouble> {
    match login.address.as_str() {
        "local" => local::connect(login, reaching, greeting),
        _ => ssh::connect(login, reaching, freshness, greeting),
    }
}

impl Link {
    fn new(mut child: Child, patience: Duration) -> Result<Link, Trouble> {
        let process = watch(&child).inspect_err(|_| {
            let _ = child.kill();
        })?;
        let (input, output, errors) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(input), Some(output), Some(mut errors)) = (input, output, errors) else {
            return Err(Trouble::broken("the session has no pipes"));
        };
        let said = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&said);
        let (until_end, heard_all) = channel::<()>();
        // Read all along, so that a chatty ssh never blocks; only the end of it is kept.
        std::thread::spawn(move || {
            let _until_end = until_end;
            let mut buffer = [0u8; 4096];
            while let Ok(count @ 1..) = errors.read(&mut buffer) {
                let Ok(mut said) = keep.lock() else { return };
                said.extend_from_slice(buffer.get(..count).unwrap_or_default());
                let surplus = said.len().saturating_sub(16 << 10);
                said.drain(..surplus);
            }
        });
        let output = BufReader::new(Answers::of(output));
        let mut link = Link { child, process, patience: None, input: Some(input), output, said, heard_all };
        link.expect_within(patience);
        Ok(link)
    }

    pub(crate) fn input(&mut self) -> std::io::Result<&mut ChildStdin> {
        self.input.as_mut().ok_or_else(|| std::io::ErrorKind::BrokenPipe.into())
    }

    pub(crate) fn output(&mut self) -> &mut BufReader<Answers> {
        &mut self.output
    }

    /// From now on, whatever the host says or does not say, this session ends after so long.
    pub(crate) fn expect_within(&mut self, limit: Duration) {
        // In this order: whoever finds the session ended by it finds the time over, too.
        self.output.get_mut().read_until(Some(Instant::now() + limit));
        self.patience = Some(Patience::begin(Arc::clone(&self.process), limit));
    }

    /// What was waited for has come: from here on the host may take its time.
    pub(crate) fn answered(&mut self) {
        self.patience = None;
        self.output.get_mut().read_until(None);
    }

    /// Why the host has not answered, when that is because it took too long.
    pub(crate) fn too_slow(&self) -> Option<Trouble> {
        let limit = self.patience.as_ref()?.limit;
        self.output.get_ref().is_too_late().then(|| Trouble::too_slow(limit))
    }

    /// Ends the session, by force if it does not end by itself.
    pub(crate) fn close(&mut self) -> Option<i32> {
        self.end(&FAREWELL)
    }

    fn end(&mut self, farewell: &Timespec) -> Option<i32> {
        self.input = None;
        if !self.has_ended(farewell) {
            let _ = pidfd_send_signal(&*self.process, Signal::KILL);
        }
        // What runs as somebody else (sudo) cannot be killed, and is not waited for either.
        self.has_ended(&FAREWELL).then(|| self.child.wait().ok()).flatten().and_then(|status| status.code())
    }

    fn has_ended(&self, within: &Timespec) -> bool {
        loop {
            match poll(&mut [PollFd::new(&*self.process, PollFlags::IN)], Some(within)) {
                Err(Errno::INTR) => {}
                ended => return ended.is_ok_and(|count| count > 0),
            }
        }
    }

    /// The session is over although nobody ended it: what it said on stderr, and its exit code.
    pub(crate) fn last_words(&mut self) -> (Option<i32>, String) {
        let code = self.close();
        // A process may be gone before its last words are read. A master connection that ssh left
        // behind can hold the pipe open, so this does not wait for ever.
        let _ = self.heard_all.recv_timeout(LAST_WORDS);
        let said = self.said.lock().map(|said| String::from_utf8_lossy(&said).into_owned());
        (code, said.unwrap_or_default())
    }

    fn write_all(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        let input = self.input()?;
        input.write_all(bytes)?;
        input.flush()?;
        if let Some(patience) = &self.patience {
            self.output.get_mut().read_until(Some(Instant::now() + patience.limit));
            patience.renew();
        }
        Ok(())
    }
}

fn watch(child: &Child) -> Result<Arc<OwnedFd>, Trouble> {
    let process = i32::try_from(child.id()).ok().and_then(Pid::from_raw).ok_or(Errno::SRCH);
    let watch = process.and_then(|process| pidfd_open(process, PidfdFlags::empty()));
    watch.map(Arc::new).map_err(|error| Trouble::broken(&format!("ssh cannot be watched: {error}")))
}

impl Drop for Link {
    fn drop(&mut self) {
        // Closing stdin is how the host half hears that it is over; ssh then ends by itself. One
        // that does not (a dead network) must not keep piton from ending.
        self.input = None;
        if let Ok(None) = self.child.try_wait() {
            let _ = self.child.kill();
            self.close();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufRead;
    use std::process::{Command, Stdio};

    impl Link {
        /// A session with a shell script in the place of a host.
        pub(crate) fn with_script(script: &str) -> Link {
            let mut command = Command::new("sh");
            command.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
            Link::new(command.spawn().unwrap(), Duration::from_secs(600)).unwrap()
        }
    }

    fn link(script: &str) -> Link {
        Link::with_script(script)
    }

    #[test]
    fn a_session_that_goes_on_talking_after_its_end_is_not_listened_to() {
        // The pipe is also another's, whom nobody ends with ssh.
        let mut link = link("sh -c 'echo $$; exec yes' & wait");
        let mut first = String::new();
        link.output().read_line(&mut first).unwrap();
        link.expect_within(Duration::from_millis(50));
        let error = std::io::copy(link.output(), &mut std::io::sink()).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
        assert!(link.too_slow().is_some());
        let talker = Pid::from_raw(first.trim().parse().unwrap()).unwrap();
        rustix::process::kill_process(talker, Signal::KILL).unwrap();
    }

    #[test]
    fn a_session_that_ends_by_itself_is_left_to_it() {
        assert_eq!(link("cat; exit 3").close(), Some(3));
    }

    #[test]
    fn a_session_that_does_not_end_is_ended() {
        let mut link = link("exec sleep 600");
        assert_eq!(link.end(&Timespec { tv_sec: 0, tv_nsec: 0 }), None);
        assert!(link.child.try_wait().unwrap().is_some(), "it is gone, and no zombie stays");
    }
}
