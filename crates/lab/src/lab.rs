//! A lab and what can be done with it: the room's front door.
//!
//! Every change of a lab happens under a kernel lock of that lab. Each step looks at what is there first, so all of
//! them are safe to repeat, also after the one before was interrupted.

mod host;
mod start;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Instant;

use crate::cgroup::Cgroup;
use crate::error::{Doing, LabError};
use crate::event::Event;
use crate::image::{self, Image};
use crate::network::{self, Network};
use crate::ready::{self, Sign};
use crate::record::{self, HostPlaces, HostRecord, LABS, LabRecord, check_name};
use crate::{Progress, files, furnish, requirements};

/// Gone after a reboot of the machine, as the hosts themselves are.
const LOCKS: &str = "/run/piton-lab";

/// A host that is wanted in a lab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostSpec {
    pub name: String,
    pub image: Image,
}

/// A host of a lab, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabHost {
    pub name: String,
    pub address: Ipv4Addr,
    pub image: Image,
    pub state: HostState,
}

/// Whether a host has power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostState {
    Running,
    Off,
}

/// A named lab: hosts on a network of their own.
#[derive(Debug, Clone)]
pub struct Lab {
    name: String,
    folder: PathBuf,
    identity: PathBuf,
    known_hosts: PathBuf,
    supervisor: Vec<OsString>,
}

impl Lab {
    /// Names a lab, without looking whether it is there or making anything.
    pub fn open(name: &str) -> Result<Lab, LabError> {
        check_name("lab", name)?;
        let program = std::env::current_exe().doing(|| "finding this program's own file".to_owned())?;
        let folder = Path::new(LABS).join(name);
        Ok(Lab {
            name: name.to_owned(),
            identity: folder.join("identity"),
            known_hosts: folder.join("known_hosts"),
            folder,
            supervisor: vec![program.into(), "lab-supervisor".into()],
        })
    }

    /// Replaces the command whose further arguments go to [`supervise`](crate::supervise()).
    pub fn with_supervisor(mut self, command: Vec<OsString>) -> Lab {
        self.supervisor = command;
        self
    }

    /// Lists the names of all labs of this machine.
    pub fn all() -> Vec<String> {
        let mut names: Vec<String> = lab_records().into_iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        names
    }

    /// Lists the packages that the lab needs and this machine lacks.
    pub fn missing_packages() -> Vec<&'static str> {
        requirements::missing_packages()
    }

    /// Installs what [`missing_packages`](Lab::missing_packages) lists.
    pub fn install_packages(progress: &Progress<'_>) -> Result<(), LabError> {
        requirements::install_packages(progress)
    }

    /// Says why this machine cannot run a lab, if so.
    pub fn check_machine() -> Result<(), LabError> {
        requirements::check()
    }

    /// Removes every image and the kept packages; refuses while a lab is there.
    pub fn remove_images() -> Result<(), LabError> {
        requirements::check_root()?;
        let labs = Lab::all();
        if !labs.is_empty() {
            return Err(LabError::ImagesInUse { labs });
        }
        image::remove_all()
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the private key that opens every host of this lab, there once the lab is up.
    pub fn identity(&self) -> &Path {
        &self.identity
    }

    /// Returns the `known_hosts` file with the true keys of every host of this lab, at any port.
    pub fn known_hosts(&self) -> &Path {
        &self.known_hosts
    }

    /// Whether containers on lab hosts can be held to limits of memory and processors: where the machine uses the
    /// second version of control groups alone.
    pub fn has_limits() -> bool {
        Path::new("/sys/fs/cgroup/cgroup.controllers").exists()
    }

    /// How many files a program on this machine may open, where that cannot be raised to what servers ask for.
    pub fn most_open_files() -> Option<u64> {
        const ASKED_FOR: u64 = 65536;
        rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum.filter(|most| *most < ASKED_FOR)
    }

    /// Returns the public half of [`identity`](Lab::identity), as it stands in `authorized_keys`.
    pub fn public_key(&self) -> Result<String, LabError> {
        let path = self.identity.with_extension("pub");
        fs::read_to_string(&path).doing_with("reading", &path)
    }

    /// Returns the options with which `ssh` reaches the hosts of this lab and asks nothing.
    pub fn ssh_options(&self) -> Vec<OsString> {
        let option = |key: &str, path: &Path| {
            let mut option = OsString::from(key);
            option.push(path);
            option
        };
        vec![
            option("-oIdentityFile=", &self.identity),
            option("-oUserKnownHostsFile=", &self.known_hosts),
            "-oGlobalKnownHostsFile=none".into(),
            "-oIdentitiesOnly=yes".into(),
            "-oStrictHostKeyChecking=yes".into(),
            "-oBatchMode=yes".into(),
        ]
    }

    /// Brings the given hosts up, making what is missing, and returns when each of them answers.
    ///
    /// Hosts that are there already stay as they are, those that are not named as well.
    pub fn up(&self, hosts: &[HostSpec], progress: &Progress<'_>) -> Result<Vec<LabHost>, LabError> {
        requirements::check()?;
        for (place, host) in hosts.iter().enumerate() {
            check_name("host", &host.name)?;
            if hosts[..place].iter().any(|earlier| earlier.name == host.name) {
                return Err(LabError::NamedTwice { host: host.name.clone() });
            }
        }
        let _lock = self.lock()?;
        let off = hosts.iter().filter(|host| self.places(&host.name).keeper().processes().is_empty());
        requirements::check_room(off.count())?;
        let network = self.make_network()?;
        furnish::make_key(&self.identity, "ed25519", &format!("piton-lab-{}", self.name))?;
        self.start_package_cache(network)?;
        let records = hosts.iter().map(|host| self.make_host(host)).collect::<Result<Vec<_>, _>>()?;
        self.write_known_hosts(network)?;
        let images: Vec<Image> = records
            .iter()
            .filter(|(record, _)| !record.image_folder.exists())
            .map(|(record, _)| record.image())
            .collect::<Result<_, _>>()?;
        image::build_missing(&images, &network.proxy(), progress)?;
        thread::scope(|scope| {
            let starts: Vec<_> = records
                .iter()
                .map(|(record, sign)| scope.spawn(move || self.boot(record, network, *sign, progress)))
                .collect();
            starts.into_iter().map(start::joined).collect()
        })
    }

    /// Stops and removes everything of this lab but the images; safe to repeat, and when it never was up.
    pub fn down(&self) -> Result<(), LabError> {
        requirements::check_root()?;
        let _lock = self.lock()?;
        let group = Cgroup::of_lab(&self.name);
        group.kill()?;
        if let Some(record) = LabRecord::read(&self.folder)? {
            record.network().remove()?;
        }
        files::remove_tree(&self.folder)?;
        group.remove()
    }

    /// Lists the hosts of this lab in the order of their addresses.
    pub fn hosts(&self) -> Result<Vec<LabHost>, LabError> {
        requirements::check_root()?;
        let Some(record) = LabRecord::read(&self.folder)? else {
            return Ok(Vec::new());
        };
        record::hosts(&self.name, &self.folder)?.iter().map(|host| self.as_it_is(host, record.network())).collect()
    }

    /// Runs a program inside a host, past its network, and returns what it said.
    pub fn console(&self, host: &str, argv: &[&str]) -> Result<Output, LabError> {
        self.console_command(host, argv)?
            .stdin(Stdio::null())
            .output()
            .doing(|| format!("opening the console of {host}"))
    }

    /// Returns the command of [`console`](Lab::console) not yet run, for a shell that a person types into.
    pub fn console_command(&self, host: &str, argv: &[&str]) -> Result<Command, LabError> {
        requirements::check_root()?;
        let leader = self.leader(host)?;
        Ok(crate::console::command(leader, argv))
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn places(&self, host: &str) -> HostPlaces {
        HostPlaces::of(&self.name, &self.folder, host)
    }

    pub(crate) fn no_such_host(&self, host: &str) -> LabError {
        let known = record::hosts(&self.name, &self.folder).unwrap_or_default();
        LabError::NoSuchHost {
            lab: self.name.clone(),
            host: host.to_owned(),
            known: known.into_iter().map(|host| host.name).collect(),
        }
    }

    fn lock(&self) -> Result<File, LabError> {
        files::lock(&Path::new(LOCKS).join(format!("{}.lock", self.name)))
    }

    fn as_it_is(&self, host: &HostRecord, network: Network) -> Result<LabHost, LabError> {
        let running = self.places(&host.name).machine().leader().is_some();
        Ok(LabHost {
            name: host.name.clone(),
            address: host.address(network),
            image: host.image()?,
            state: if running { HostState::Running } else { HostState::Off },
        })
    }

    /// Returns the lab's network, chosen once and then kept.
    fn make_network(&self) -> Result<Network, LabError> {
        files::make_folder(Path::new(LABS), 0o700)?;
        files::make_folder(Path::new(image::IMAGES), 0o700)?;
        files::make_folder(&self.folder, 0o700)?;
        // Two labs that come up at once must not choose the same.
        let _lock = files::lock(&Path::new(LOCKS).join("networks"))?;
        let network = match LabRecord::read(&self.folder)? {
            Some(record) => record.network(),
            None => {
                let taken: BTreeSet<u8> = lab_records().into_iter().map(|(_, record)| record.network).collect();
                let network =
                    Network::first_free(&taken, &network::routes_of_the_machine()).ok_or(LabError::NoFreeNetwork)?;
                LabRecord { network: network.number() }.write(&self.folder)?;
                network
            }
        };
        network.make()?;
        Ok(network)
    }

    fn write_known_hosts(&self, network: Network) -> Result<(), LabError> {
        let mut lines = String::new();
        for host in record::hosts(&self.name, &self.folder)? {
            let address = host.address(network).to_string();
            let keys = self.places(&host.name).keys();
            lines.push_str(&furnish::known_hosts_lines(&host.name, &address, &keys)?);
        }
        files::write_whole(&self.known_hosts, lines.as_bytes(), 0o644)
    }

    /// Starts a host unless it runs, and waits for it.
    fn boot(
        &self,
        record: &HostRecord,
        network: Network,
        sign: Sign,
        progress: &Progress<'_>,
    ) -> Result<LabHost, LabError> {
        let started = Instant::now();
        let address = record.address(network);
        progress(Event::BootingHost { host: record.name.clone(), image: record.image()? });
        let places = self.places(&record.name);
        self.start(record, &places)?;
        ready::wait(&record.name, address, &places, sign)?;
        progress(Event::HostReady { host: record.name.clone(), address, took: started.elapsed() });
        self.as_it_is(record, network)
    }
}

/// Reads the records of all labs; a damaged one is that lab's own trouble.
fn lab_records() -> Vec<(String, LabRecord)> {
    let entries = fs::read_dir(LABS).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let record = LabRecord::read(&entry.path()).ok().flatten()?;
            Some((entry.file_name().to_string_lossy().into_owned(), record))
        })
        .collect()
}
