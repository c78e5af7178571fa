//! What several kinds read of a host, read at most once for a whole look.
//!
//! A look at a hundred resources is to cost a handful of processes. So kinds do not run programs
//! when they observe; they ask here, and the slow answers are fetched side by side beforehand.

use super::ufw::{Live, Ufw};
use crate::system::accounts::Accounts;
use crate::system::packages::Packages;
use crate::system::units::UnitState;
use crate::system::{Fault, FaultCode, Ran, System};
use piton_plan::FileSpec;
use piton_plan::kind::SeenFiles;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A slow answer that a kind will ask for; named beforehand so that they are fetched in parallel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slow {
    Packages,
    Filter,
    Sshd,
    Wireguard,
}

/// The live packet filter, as `iptables-save` and `ip6tables-save` print it; none where the
/// program is not installed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub v4: Option<String>,
    pub v6: Option<String>,
}

/// One look at a host.
pub struct Look<'a> {
    system: &'a System,
    /// The units that will be asked for, all with one process.
    unit_names: Vec<String>,
    units: OnceLock<Result<BTreeMap<String, UnitState>, Fault>>,
    accounts: OnceLock<Result<Accounts, Fault>>,
    packages: OnceLock<Result<Packages, Fault>>,
    filter: OnceLock<Result<Live, Fault>>,
    ufw: OnceLock<Result<Option<Ufw>, Fault>>,
    sshd: OnceLock<Result<Option<String>, Fault>>,
    wireguard: OnceLock<Result<Option<String>, Fault>>,
}

impl<'a> Look<'a> {
    /// Begins a look that will ask for these units and these slow answers, and fetches them.
    pub fn new(system: &'a System, unit_names: Vec<String>, slow: &[Slow]) -> Look<'a> {
        let look = Look {
            system,
            unit_names,
            units: OnceLock::new(),
            accounts: OnceLock::new(),
            packages: OnceLock::new(),
            filter: OnceLock::new(),
            ufw: OnceLock::new(),
            sshd: OnceLock::new(),
            wireguard: OnceLock::new(),
        };
        look.fetch(slow);
        look
    }

    /// Fetches side by side. A fault is kept for whoever asks.
    fn fetch(&self, slow: &[Slow]) {
        std::thread::scope(|threads| {
            // The slowest of all goes first.
            if !self.unit_names.is_empty() {
                threads.spawn(|| drop(self.all_units()));
            }
            for answer in slow {
                threads.spawn(move || match answer {
                    Slow::Packages => drop(self.packages()),
                    Slow::Filter => drop(self.filter()),
                    Slow::Sshd => drop(self.sshd()),
                    Slow::Wireguard => drop(self.wireguard()),
                });
            }
        });
    }

    fn all_units(&self) -> Result<&BTreeMap<String, UnitState>, Fault> {
        let names: Vec<&str> = self.unit_names.iter().map(String::as_str).collect();
        self.units.get_or_init(|| self.system.units(&names)).as_ref().map_err(Fault::clone)
    }

    /// What systemd says of a unit; the default value for one that it does not know.
    pub fn unit(&self, name: &str) -> Result<UnitState, Fault> {
        match self.all_units()?.get(name) {
            Some(state) => Ok(state.clone()),
            // A kind that did not announce the unit still gets its answer, for one process more.
            None => self.system.unit(name),
        }
    }

    pub fn accounts(&self) -> Result<&Accounts, Fault> {
        self.accounts.get_or_init(|| Accounts::read(self.system)).as_ref().map_err(Fault::clone)
    }

    pub fn packages(&self) -> Result<&Packages, Fault> {
        self.packages.get_or_init(|| Packages::read(self.system)).as_ref().map_err(Fault::clone)
    }

    /// What the kernel filters by.
    pub(super) fn filter(&self) -> Result<&Live, Fault> {
        let answer = self.filter.get_or_init(|| Ok(Live::of(&read_filter(self.system)?)));
        answer.as_ref().map_err(Fault::clone)
    }

    /// What ufw's files say; none where it is not installed.
    pub(super) fn ufw(&self) -> Result<Option<&Ufw>, Fault> {
        let answer = self.ufw.get_or_init(|| Ufw::read(self.system));
        answer.as_ref().map(Option::as_ref).map_err(Fault::clone)
    }

    /// The files of a kind as they are, by path; missing ones are left out.
    pub fn files(&self, specs: &[FileSpec]) -> Result<SeenFiles, Fault> {
        self.system.seen_files(specs, self.accounts()?)
    }

    /// What `sshd -T` prints; none where sshd is not installed or refuses its configuration.
    pub fn sshd(&self) -> Result<Option<&str>, Fault> {
        let answer = self.sshd.get_or_init(|| read_sshd(self.system));
        answer.as_ref().map(Option::as_deref).map_err(Fault::clone)
    }

    /// What `wg show` prints (it hides private keys); none where it is not installed.
    pub fn wireguard(&self) -> Result<Option<&str>, Fault> {
        let answer = self.wireguard.get_or_init(|| read_program(self.system, &["wg", "show"]));
        answer.as_ref().map(Option::as_deref).map_err(Fault::clone)
    }
}

fn read_program(system: &System, argv: &[&str]) -> Result<Option<String>, Fault> {
    let installed = argv.first().is_some_and(|name| system.program(name).is_some());
    installed.then(|| system.run_ok(argv)).transpose()
}

fn read_filter(system: &System) -> Result<Filter, Fault> {
    std::thread::scope(|threads| {
        let v6 = threads.spawn(|| read_program(system, &["ip6tables-save"]));
        let v4 = read_program(system, &["iptables-save"])?;
        let lost = |_| Fault::new(FaultCode::CommandFailed, "reading the packet filter was cut off");
        Ok(Filter { v4, v6: v6.join().map_err(lost)?? })
    })
}

/// sshd refuses even to print its configuration without this folder, and on a host with
/// `ssh.socket` it is only there while somebody is connected.
pub(crate) fn make_sshd_folder(system: &System) -> Result<(), Fault> {
    match system.exists(SSHD_FOLDER) {
        true => Ok(()),
        false => system.make_parents(&format!("{SSHD_FOLDER}/sshd")),
    }
}

fn read_sshd(system: &System) -> Result<Option<String>, Fault> {
    if system.program("sshd").is_none() {
        return Ok(None);
    }
    make_sshd_folder(system)?;
    // A configuration that sshd refuses has no settings in force, and is what a plan shall mend.
    let ran = print_settings(system, &[])?;
    Ok(ran.ok().then_some(ran.stdout))
}

/// What sshd says would be in force for nobody in particular. With some blocks (`Match LocalPort`) it says
/// nothing unless it is told of a connection: then of one that nobody makes.
pub(crate) fn print_settings(system: &System, more: &[&str]) -> Result<Ran, Fault> {
    const NOBODY: &str = "user=nobody,host=host.invalid,addr=192.0.2.1,laddr=192.0.2.2,lport=65535,rdomain=";
    let argv: Vec<&str> = ["sshd", "-T"].iter().chain(more).copied().collect();
    let ran = system.run(&argv)?;
    if ran.ok() || !ran.stderr.contains("connection test specification") {
        return Ok(ran);
    }
    let argv: Vec<&str> = argv.into_iter().chain(["-C", NOBODY]).collect();
    system.run(&argv)
}

/// Where sshd puts itself away before it knows who calls.
const SSHD_FOLDER: &str = "/run/sshd";
