//! Which process it was. Programs that change networks are short: they are noted as they start.

use super::Process;
use crate::netlink::{Netlink, array, messages};
use crate::system::Fault;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, BorrowedFd};
use rustix::io::Errno;
use rustix::net::netlink;
use std::collections::{BTreeMap, VecDeque};
use std::fs;

/// `CN_IDX_PROC` and `CN_VAL_PROC`: the part of the kernel that tells of processes.
const PROCESSES: u32 = 1;
const LISTEN: u32 = 1;
/// `struct cn_msg`, and in front of what it carries.
const HEAD: usize = 20;
/// Within `struct proc_event`: what happened, and after a clock the process.
const PROCESS: usize = HEAD + 20;
const EXEC: u32 = 2;
const DONE: u16 = 3;

/// How many programs are remembered; the kernel says who it was within moments.
const MOST: usize = 4096;

pub(super) struct Processes {
    kernel: Option<Netlink>,
    known: BTreeMap<u32, Process>,
    order: VecDeque<u32>,
}

impl Processes {
    /// Asks the kernel to tell. In a container it may not; then only what still runs has a name.
    pub(super) fn begin() -> Processes {
        Processes { kernel: listen().ok(), known: BTreeMap::new(), order: VecDeque::new() }
    }

    pub(super) fn are_heard(&self) -> bool {
        self.kernel.is_some()
    }

    pub(super) fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.kernel.as_ref().map(|kernel| kernel.socket().as_fd())
    }

    /// Notes every program that has started since.
    pub(super) fn hear(&mut self) {
        let Some(mut kernel) = self.kernel.take() else { return };
        while is_ready(kernel.socket().as_fd()) {
            match kernel.receive() {
                Ok(bytes) => {
                    let started: Vec<u32> = started(bytes).collect();
                    started.into_iter().for_each(|pid| self.note(pid));
                }
                // Some were missed; those after them are heard.
                Err(Errno::NOBUFS | Errno::MSGSIZE) => {}
                Err(_) => return,
            }
        }
        self.kernel = Some(kernel);
    }

    fn note(&mut self, pid: u32) {
        let Some(process) = look(pid) else { return };
        if self.known.insert(pid, process).is_none() {
            self.order.push_back(pid);
        }
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }

    /// The process whose socket bears this number; zero is the kernel's own.
    pub(super) fn of(&self, port: u32) -> Option<Process> {
        match port {
            0 => None,
            port => look(port).or_else(|| self.known.get(&port).cloned()),
        }
    }
}

fn listen() -> Result<Netlink, Fault> {
    let mut kernel = Netlink::listen(Some(netlink::CONNECTOR), PROCESSES)?;
    let message = [PROCESSES, PROCESSES, 0, 0, 4, LISTEN].map(u32::to_ne_bytes).concat();
    let failed = |error| {
        Fault::new(crate::system::FaultCode::Unsupported, "the kernel does not tell of processes").because(error)
    };
    kernel.send(DONE, 0, &message).map_err(failed)?;
    Ok(kernel)
}

/// The processes that started a program, in what the kernel told.
pub(super) fn started(bytes: &[u8]) -> impl Iterator<Item = u32> {
    messages(bytes).filter_map(|message| {
        let what = u32::from_ne_bytes(array(message.body, HEAD)?);
        let process = u32::from_ne_bytes(array(message.body, PROCESS)?);
        (what == EXEC).then_some(process)
    })
}

fn look(pid: u32) -> Option<Process> {
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).ok()?.trim_end().to_owned();
    let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let words: Vec<_> = words.split(|byte| *byte == 0).map(String::from_utf8_lossy).collect();
    let command: String = words.join(" ").trim_end().chars().take(300).collect();
    Some(Process { pid, name, command })
}

/// One that is gone, of which the kernel still knew the name.
pub(super) fn named(pid: u32, name: &str) -> Option<Process> {
    (pid != 0).then(|| Process { pid, name: name.to_owned(), command: String::new() })
}

fn is_ready(descriptor: BorrowedFd<'_>) -> bool {
    let mut one = [PollFd::from_borrowed_fd(descriptor, PollFlags::IN)];
    matches!(poll(&mut one, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })), Ok(1))
}
