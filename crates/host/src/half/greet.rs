//! What the host half says first: what kind of host this is, and what piton left here.

use crate::journal::{self, Change, Journal, Record, now};
use crate::kind::{self, wireguard};
use crate::ledger::Ledger;
use crate::lock;
use crate::network::About;
use crate::own;
use crate::system::{Fault, FaultCode, System};
use crate::undo::{self, Ending};
use crate::wire::{Entry, Greeting, Hello, Outcome, PROTOCOL};
use piton_plan::{Arch, Connection, Facts, Observed, Os, Owned, Resource};
use std::collections::BTreeMap;

/// How the operator came in, as the line that started the host half tells it.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The user that logged in, before becoming root.
    pub login: String,
    /// `SSH_CONNECTION`: client address, client port, server address, server port.
    pub connection: String,
}

impl Caller {
    /// Whose ways in are asked about: the caller's own, and these users'.
    pub(super) fn about(&self, mut users: Vec<String>) -> About {
        users.push(self.login.clone());
        users.sort();
        users.dedup();
        About {
            users,
            connection: connection(&self.connection),
            login: self.login.clone(),
            client_port: self.connection.split_whitespace().nth(1).and_then(|port| port.parse().ok()),
        }
    }
}

pub(super) fn greeting(system: &System, hello: &Hello, caller: &Caller) -> Result<Greeting, Fault> {
    own::make_folder(system, own::FOLDER)?;
    let interrupted = interrupted(system)?;
    let ledger = Ledger::read(system)?;
    let owned = ledger.owned();
    let mut mesh = BTreeMap::new();
    if let Some(interface) = &hello.mesh {
        mesh.insert(interface.clone(), wireguard::candidate_key(system, interface)?);
    }
    let seen = if hello.look { seen(system, &owned) } else { Vec::new() };
    Ok(Greeting {
        protocol: PROTOCOL,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        facts: facts(system, caller)?,
        generation: ledger.generation,
        owned,
        seen,
        mesh,
        interrupted,
    })
}

/// The last change, if nobody will end it any more. One that a dead session left open is closed now.
fn interrupted(system: &System) -> Result<Option<Entry>, Fault> {
    if journal::newest_has_ended_well(system)? {
        return Ok(None);
    }
    if journal::latest(system)?.is_some_and(|change| is_open(&change))
        && let Some(_alone) = lock::try_begin(system)?
    {
        close_interrupted(system)?;
    }
    let latest = journal::latest(system)?.filter(|change| change.outcome() == Outcome::Interrupted);
    Ok(latest.map(|change| change.entry()))
}

fn seen(system: &System, owned: &[Owned]) -> Vec<Observed> {
    let resources: Vec<Resource> = owned.iter().map(|owned| owned.resource.clone()).collect();
    // A fault is told to whoever asks for what it is about.
    let seen = kind::observe_all(system, &resources).unwrap_or_default();
    seen.into_iter().map(|(_, seen)| seen).collect()
}

/// A change that is open in the journal and that no session has to do with any more. One that is
/// guarded goes back, as the guard would have done; else the ledger is brought forward over what
/// was done, so that the next plan starts from the truth. Called by whoever has both locks.
pub(crate) fn close_interrupted(system: &System) -> Result<(), Fault> {
    let Some(mut change) = journal::latest(system)?.filter(is_open) else { return Ok(()) };
    let mut journal = Journal::resume(system, &change)?;
    if !change.guarded {
        change.after().write(system)?;
        return journal.append(&Record::Ended { outcome: Outcome::Interrupted, at: now() });
    }
    let because = Fault::new(FaultCode::OperatorGone, "the session ended before the change was confirmed");
    let undone = undo::put_back(system, &mut change, &mut journal, &because, &mut |_| {});
    undo::close(system, &mut change, &mut journal, &undone, Ending::Final)
}

fn is_open(change: &Change) -> bool {
    change.outcome() == Outcome::Open
}

fn facts(system: &System, caller: &Caller) -> Result<Facts, Fault> {
    let text = |path: &str| -> Result<String, Fault> {
        let bytes = system.read(path)?.unwrap_or_default();
        Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
    };
    let release = text("/etc/os-release")?;
    let field = |name: &str| {
        let line = release.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.unwrap_or_default().trim_matches('"').to_owned()
    };
    Ok(Facts {
        hostname: text("/proc/sys/kernel/hostname")?,
        os: Os { id: field("ID"), version: field("VERSION_ID"), codename: field("VERSION_CODENAME") },
        arch: if cfg!(target_arch = "aarch64") { Arch::Aarch64 } else { Arch::X86_64 },
        kernel: text("/proc/sys/kernel/osrelease")?,
        ssh_socket: socket_activated(system),
        container: system.read("/run/systemd/container")?.is_some(),
        login: caller.login.clone(),
        connection: connection(&caller.connection),
    })
}

/// systemd starts the socket because its link is there; no process is asked.
fn socket_activated(system: &System) -> bool {
    let wants =
        ["/etc/systemd/system/sockets.target.wants/ssh.socket", "/lib/systemd/system/sockets.target.wants/ssh.socket"];
    wants.iter().any(|link| system.path(link).symlink_metadata().is_ok())
}

fn connection(text: &str) -> Option<Connection> {
    let mut words = text.split_whitespace();
    let (client, _, server, port) = (words.next()?, words.next()?, words.next()?, words.next()?);
    Some(Connection { client: client.parse().ok()?, server: server.parse().ok()?, port: port.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_connection_is_read_from_what_sshd_says() {
        let found = connection("203.0.113.7 50514 10.77.0.11 222").unwrap();
        assert_eq!((found.client.to_string(), found.port), ("203.0.113.7".to_owned(), 222));
        assert_eq!(connection(""), None);
        assert_eq!(connection("one two three four"), None);
    }
}
