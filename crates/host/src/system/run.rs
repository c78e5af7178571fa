//! Running programs: no shell, no stdin, a clean environment, bounded output, a deadline.
//!
//! One thread polls the child's pipes and its pidfd together, so a daemon that inherited a pipe
//! (a package's postinst starts one) cannot keep a finished program from being finished.

use super::{Fault, FaultCode, PATH, System};
use std::fmt;
use std::time::Duration;

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
    pub stderr: String,
}

impl fmt::Debug for Call {
    /// Leaves the input out: it may be a secret.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Call({})", self.argv.join(" "))
    }
}

impl Ran {
    pub fn ok(&self) -> bool {
        self.status == Some(0)
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

    /// As [`System::run`], with an input, an environment or a deadline of its own.
    pub fn call(&self, _call: &Call) -> Result<Ran, Fault> {
        let _ = PATH;
        Err(Fault::new(FaultCode::Unsupported, "programs cannot be run yet"))
    }

    /// As [`System::run_ok`], with an input, an environment or a deadline of its own.
    pub fn call_ok(&self, call: &Call) -> Result<String, Fault> {
        let ran = self.call(call)?;
        match ran.ok() {
            true => Ok(ran.stdout),
            false => Err(Fault::new(FaultCode::CommandFailed, format!("`{}` failed", call.argv.join(" ")))),
        }
    }
}
