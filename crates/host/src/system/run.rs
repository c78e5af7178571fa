//! Running programs: no shell, a clean environment, bounded output, a deadline.
//!
//! One thread polls the child's pipes and its pidfd together, so a daemon that inherited a pipe
//! (a package's postinst starts one) cannot keep a finished program from being finished. What a
//! program printed on stdout never gets into a [`Fault`]: it may be a secret.

use super::pipe::Pipe;
use super::{Fault, FaultCode, PATH, System};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{MemfdFlags, memfd_create};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open};
use std::fmt;
use std::io::{Seek, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A program to be run.
#[derive(Clone)]
pub struct Call {
    argv: Vec<String>,
    input: Option<Vec<u8>>,
    environment: Vec<(String, String)>,
    deadline: Duration,
    lines: bool,
}

/// How a program ended, and what it printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// The exit status; none when a signal ended it.
    pub status: Option<i32>,
    pub stdout: String,
    /// The end of it, when there was very much.
    pub stderr: String,
}

/// What a program may print on stdout; `iptables-save` of a busy host is a tenth of it.
const MOST_OUTPUT: usize = 16 << 20;
const MOST_ERRORS: usize = 64 << 10;

/// How long a program that was told to end may take to do so.
const LAST_WORDS: Duration = Duration::from_secs(10);

impl fmt::Debug for Call {
    /// Leaves the input out: it may be a secret.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Call({})", self.argv.join(" "))
    }
}

impl Call {
    pub fn new(argv: &[&str]) -> Call {
        Call {
            argv: argv.iter().map(|word| (*word).to_owned()).collect(),
            input: None,
            environment: Vec::new(),
            deadline: Duration::from_secs(60),
            lines: false,
        }
    }

    /// Bytes for its stdin; the place for what must not stand in argv.
    pub fn input(mut self, input: impl Into<Vec<u8>>) -> Call {
        self.input = Some(input.into());
        self
    }

    pub fn environment(mut self, name: &str, value: &str) -> Call {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn deadline(mut self, deadline: Duration) -> Call {
        self.deadline = deadline;
        self
    }

    /// Passes its stdout's lines on as they come, to whoever listens with [`System::on_line`].
    pub fn lines(mut self) -> Call {
        self.lines = true;
        self
    }

    fn line(&self) -> String {
        self.argv.join(" ")
    }
}

impl Ran {
    pub fn ok(&self) -> bool {
        self.status == Some(0)
    }

    /// The last lines of stderr, short enough for a message.
    pub fn last_words(&self) -> Option<String> {
        let lines: Vec<&str> = self.stderr.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let last = lines.get(lines.len().saturating_sub(6)..).unwrap_or_default().join("; ");
        let short: String = last.chars().take(600).collect();
        Some(short).filter(|text| !text.is_empty())
    }

    /// Why a program that must succeed did not, in the words of the program.
    pub fn fault(&self, call: &Call) -> Fault {
        let words = self.last_words();
        let said = |text: &str| words.as_deref().is_some_and(|words| words.contains(text));
        let (code, retry) = match () {
            () if said("No space left on device") => (FaultCode::DiskFull, false),
            () if said("Read-only file system") => (FaultCode::ReadOnly, false),
            () if said("Could not get lock") || said("unable to lock") => (FaultCode::Busy, true),
            () => (FaultCode::CommandFailed, false),
        };
        let ended = || match self.status {
            Some(status) => format!("it ended with status {status} and said nothing"),
            None => "a signal ended it".to_owned(),
        };
        let fault = Fault::new(code, format!("`{}` failed", call.line()));
        let fault = Fault { retry, ..fault };
        fault.because(words.clone().unwrap_or_else(ended))
    }
}

impl System {
    /// Runs a program to its end, whatever its exit status.
    pub fn run(&self, argv: &[&str]) -> Result<Ran, Fault> {
        self.call(&Call::new(argv))
    }

    /// Runs a program that must succeed, and answers its stdout.
    pub fn run_ok(&self, argv: &[&str]) -> Result<String, Fault> {
        self.call_ok(&Call::new(argv))
    }

    /// As [`System::run_ok`], with an input, an environment or a deadline of its own.
    pub fn call_ok(&self, call: &Call) -> Result<String, Fault> {
        let ran = self.call(call)?;
        match ran.ok() {
            true => Ok(ran.stdout),
            false => Err(ran.fault(call)),
        }
    }

    /// As [`System::run`], with an input, an environment or a deadline of its own.
    pub fn call(&self, call: &Call) -> Result<Ran, Fault> {
        let mut child = self.spawn(call)?;
        let cannot_watch = |error: Errno| Fault::new(FaultCode::Unsupported, "cannot watch a program").because(error);
        let pid = Pid::from_child(&child);
        let watch = pidfd_open(pid, PidfdFlags::empty()).map_err(|error| {
            let _ = child.kill();
            let _ = child.wait();
            cannot_watch(error).help("piton needs Linux 5.3 or newer")
        })?;
        let listen = call.lines.then_some(self.on_line.as_deref()).flatten();
        let mut stdout = Pipe::new(child.stdout.take().map(OwnedFd::from), MOST_OUTPUT);
        let mut stderr = Pipe::new(child.stderr.take().map(OwnedFd::from), MOST_ERRORS);
        let mut hear = |line: &str| {
            if let Some(listen) = listen {
                listen(line);
            }
        };
        let in_time = attend(watch.as_fd(), &mut stdout, &mut stderr, &mut hear, call.deadline);
        if !matches!(in_time, Ok(true)) {
            end(pid, watch.as_fd());
        }
        let status = reap(&mut child)?;
        let (stdout, stderr) = (stdout.finish(&mut hear), stderr.finish(&mut |_| {}));
        match in_time {
            Err(error) => Err(cannot_watch(error)),
            Ok(false) => Err(too_slow(call)),
            Ok(true) if stdout.overflowed => Err(Fault::new(
                FaultCode::Unreadable,
                format!("`{}` printed more than {} MiB", call.line(), MOST_OUTPUT >> 20),
            )),
            Ok(true) => Ok(Ran { status, stdout: stdout.text(), stderr: stderr.text() }),
        }
    }

    fn spawn(&self, call: &Call) -> Result<Child, Fault> {
        use std::os::unix::process::CommandExt;
        let Some((name, rest)) = call.argv.split_first() else {
            return Err(Fault::new(FaultCode::Unsupported, "there is no program to run"));
        };
        let program = self.program(name).ok_or_else(|| missing(name))?;
        let mut command = Command::new(program);
        command.args(rest).env_clear().env("PATH", PATH).env("LC_ALL", "C").env("HOME", "/root");
        command.envs(call.environment.iter().map(|(name, value)| (name, value))).current_dir("/");
        command.stdin(input(call)?).stdout(Stdio::piped()).stderr(Stdio::piped());
        // A group of its own, so that what it started can be ended with it.
        command.process_group(0);
        let failed = |error| Fault::new(FaultCode::CommandFailed, format!("cannot run `{name}`")).because(error);
        command.spawn().map_err(failed)
    }
}

/// Stdin as a file in memory: no thread has to feed it, and it never touches a disk.
fn input(call: &Call) -> Result<Stdio, Fault> {
    let Some(input) = &call.input else {
        return Ok(Stdio::null());
    };
    let failed =
        |error: std::io::Error| Fault::new(FaultCode::FileSystem, "cannot hold a program's input").because(error);
    let memory = memfd_create("input", MemfdFlags::CLOEXEC).map_err(|error| failed(error.into()))?;
    let mut memory = std::fs::File::from(memory);
    memory.write_all(input).and_then(|()| memory.rewind()).map_err(failed)?;
    Ok(Stdio::from(memory))
}

/// Reads the pipes until the program has ended; false when the deadline came first.
fn attend(
    watch: BorrowedFd<'_>,
    stdout: &mut Pipe,
    stderr: &mut Pipe,
    hear: &mut dyn FnMut(&str),
    deadline: Duration,
) -> Result<bool, Errno> {
    let until = Instant::now() + deadline;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(false);
        }
        let mut fds = vec![PollFd::from_borrowed_fd(watch, PollFlags::IN)];
        fds.extend(stdout.fd().into_iter().chain(stderr.fd()).map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)));
        match poll(&mut fds, Timespec::try_from(left).ok().as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error),
        }
        let ended = fds.first().is_some_and(|fd| !fd.revents().is_empty());
        drop(fds);
        stdout.read(hear);
        stderr.read(&mut |_| {});
        if ended {
            return Ok(true);
        }
    }
}

/// Ends a program and what it started: asks first, since apt killed midway leaves a mess.
fn end(pid: Pid, watch: BorrowedFd<'_>) {
    for signal in [Signal::TERM, Signal::KILL] {
        if kill_process_group(pid, signal).is_err() {
            return;
        }
        let mut fds = [PollFd::from_borrowed_fd(watch, PollFlags::IN)];
        if matches!(poll(&mut fds, Timespec::try_from(LAST_WORDS).ok().as_ref()), Ok(1)) {
            return;
        }
    }
}

fn reap(child: &mut Child) -> Result<Option<i32>, Fault> {
    let failed = |error| Fault::new(FaultCode::CommandFailed, "cannot learn how a program ended").because(error);
    child.wait().map(|status| status.code()).map_err(failed)
}

fn missing(name: &str) -> Fault {
    Fault::new(FaultCode::MissingProgram, format!("the program `{name}` is not on this host"))
        .help("install the package that brings it, or name that package in the site")
}

fn too_slow(call: &Call) -> Fault {
    let seconds = call.deadline.as_secs();
    Fault::new(FaultCode::TimedOut, format!("`{}` was not done after {seconds} s, so it was ended", call.line()))
        .retry()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(argv: &[&str]) -> Result<Ran, Fault> {
        System::host().run(argv)
    }

    #[test]
    fn output_and_status_come_back() {
        let ran = host(&["sh", "-c", "echo out; echo err >&2; exit 3"]).unwrap();
        assert_eq!(ran, Ran { status: Some(3), stdout: "out\n".into(), stderr: "err\n".into() });
    }

    #[test]
    fn a_failure_says_what_the_program_said_on_stderr_and_nothing_of_stdout() {
        let fault = System::host().run_ok(&["sh", "-c", "echo secret; echo broken >&2; exit 1"]).unwrap_err();
        assert_eq!(fault.code, FaultCode::CommandFailed);
        assert_eq!(fault.because.as_deref(), Some("broken"));
    }

    #[test]
    fn a_full_disk_is_told_apart() {
        let fault = System::host().run_ok(&["sh", "-c", "echo 'x: No space left on device' >&2; exit 1"]).unwrap_err();
        assert_eq!(fault.code, FaultCode::DiskFull);
    }

    #[test]
    fn input_is_read_from_stdin() {
        let call = Call::new(&["cat"]).input("given");
        assert_eq!(System::host().call_ok(&call).unwrap(), "given");
    }

    #[test]
    fn a_daemon_that_keeps_the_pipe_does_not_keep_us() {
        let ran = host(&["sh", "-c", "sleep 1000 & echo $!"]).unwrap();
        let kill = format!("kill {}", ran.stdout.trim());
        assert!(host(&["sh", "-c", &kill]).unwrap().ok(), "the daemon was still running");
    }

    #[test]
    fn a_program_that_never_stops_printing_is_ended() {
        let call = Call::new(&["yes"]).deadline(Duration::from_millis(200));
        assert_eq!(System::host().call(&call).unwrap_err().code, FaultCode::TimedOut);
    }

    #[test]
    fn what_takes_too_long_is_ended() {
        let call = Call::new(&["sleep", "1000"]).deadline(Duration::from_millis(50));
        assert_eq!(System::host().call(&call).unwrap_err().code, FaultCode::TimedOut);
    }

    #[test]
    fn the_environment_is_clean() {
        let ran = host(&["env"]).unwrap();
        let mut names: Vec<&str> = ran.stdout.lines().filter_map(|line| line.split('=').next()).collect();
        names.sort_unstable();
        assert_eq!(names, ["HOME", "LC_ALL", "PATH"]);
    }

    #[test]
    fn a_missing_program_is_named() {
        let fault = host(&["no-such-program"]).unwrap_err();
        assert_eq!(fault.code, FaultCode::MissingProgram);
        assert!(fault.what.contains("no-such-program"));
    }

    #[test]
    fn a_folder_that_stands_in_for_a_host_runs_nothing_of_the_machine() {
        let folder = tempfile::tempdir().unwrap();
        let fault = System::at(folder.path()).run(&["true"]).unwrap_err();
        assert_eq!(fault.code, FaultCode::MissingProgram);
    }

    #[test]
    fn lines_are_heard_as_they_come() {
        let heard = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let sink = heard.clone();
        let system = System::host().on_line(move |line| sink.lock().unwrap().push(line.to_owned()));
        system.call_ok(&Call::new(&["printf", "one\\ntwo\\nthree"]).lines()).unwrap();
        assert_eq!(*heard.lock().unwrap(), ["one", "two", "three"]);
    }
}
