//! What can be done to one host: reset, reboot, power cut, snapshots.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fd::OwnedFd;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::Lab;
use crate::error::{Doing, LabError};
use crate::ready::{self, Sign};
use crate::record::{HostPlaces, HostRecord, LabRecord, check_name};
use crate::{command, console, files, requirements};

/// How long a host may take to shut its services down before its power is cut.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(30);

impl Lab {
    /// Gives a host a fresh disk, as on the first day; its address and ssh keys stay.
    pub fn reset(&self, host: &str) -> Result<(), LabError> {
        let (_lock, record, places) = self.take(host)?;
        places.group.kill()?;
        clear_disks(&places)?;
        self.start_and_wait(&record, &places, Sign::Banner)
    }

    /// Reboots a host in order and returns when it is up again.
    pub fn reboot(&self, host: &str) -> Result<(), LabError> {
        let (_lock, record, places) = self.take(host)?;
        let (leader, process) = self.leader_handle(host)?;
        command::run(
            &format!("rebooting {host}"),
            &mut console::command(leader, &["systemctl", "--no-block", "reboot"]),
        )?;
        wait_for_end(&process)?;
        self.wait_until_up(&record, &places, Sign::BannerOrBooted)
    }

    /// Cuts a host's power and returns when it is up again; power comes back by itself.
    pub fn crash(&self, host: &str) -> Result<(), LabError> {
        let (_lock, record, places) = self.take(host)?;
        let (_, process) = self.leader_handle(host)?;
        pidfd_send_signal(&process, Signal::KILL).doing(|| format!("cutting the power of {host}"))?;
        wait_for_end(&process)?;
        self.wait_until_up(&record, &places, Sign::BannerOrBooted)
    }

    /// Pulls a host's network cable: it runs on, and nobody reaches it but by its console.
    pub fn unplug(&self, host: &str) -> Result<(), LabError> {
        self.cable(host, "down")
    }

    /// Puts a host's network cable back in.
    pub fn plug(&self, host: &str) -> Result<(), LabError> {
        self.cable(host, "up")
    }

    fn cable(&self, host: &str, state: &str) -> Result<(), LabError> {
        self.leader_handle(host)?;
        let network = LabRecord::read(self.folder())?.map(|record| record.network());
        network.ok_or_else(|| self.no_such_host(host))?.cable(host, state)
    }

    /// Keeps a copy of a host's disk under a name; a host that runs is shut down for it and started again.
    pub fn save(&self, host: &str, snapshot: &str) -> Result<(), LabError> {
        check_name("snapshot", snapshot)?;
        let (_lock, record, places) = self.take(host)?;
        let was_running = places.machine().leader().is_some();
        self.shut_down(&places)?;
        let finished = places.snapshots().join(snapshot);
        let unfinished = places.snapshots().join(format!(".{snapshot}"));
        files::remove_tree(&unfinished)?;
        files::make_folder(&unfinished, 0o700)?;
        copy_folders(&places.disks(), &unfinished)?;
        files::remove_tree(&finished)?;
        fs::rename(&unfinished, &finished).doing_with("keeping the snapshot", &finished)?;
        if was_running {
            self.start_and_wait(&record, &places, Sign::BannerOrBooted)?;
        }
        Ok(())
    }

    /// Puts a host's disk back to a snapshot and starts it.
    pub fn load(&self, host: &str, snapshot: &str) -> Result<(), LabError> {
        check_name("snapshot", snapshot)?;
        let (_lock, record, places) = self.take(host)?;
        let saved = places.snapshots().join(snapshot);
        if !saved.exists() {
            return Err(LabError::NoSuchSnapshot {
                host: host.to_owned(),
                snapshot: snapshot.to_owned(),
                known: self.snapshots(host)?,
            });
        }
        places.group.kill()?;
        clear_disks(&places)?;
        let disks = places.disks().map(|disk| saved.join(disk.file_name().unwrap_or_default()));
        copy_folders(&disks, &places.folder)?;
        self.start_and_wait(&record, &places, Sign::BannerOrBooted)
    }

    /// Lists the snapshots of a host by name.
    pub fn snapshots(&self, host: &str) -> Result<Vec<String>, LabError> {
        let folder = self.places(host).snapshots();
        let mut names: Vec<String> = fs::read_dir(&folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| !name.starts_with('.'))
            .collect();
        names.sort_unstable();
        Ok(names)
    }

    pub(super) fn leader(&self, host: &str) -> Result<u32, LabError> {
        check_name("host", host)?;
        let places = self.places(host);
        if HostRecord::read(host, &places)?.is_none() {
            return Err(self.no_such_host(host));
        }
        places.machine().leader().ok_or_else(|| LabError::HostIsOff { host: host.to_owned() })
    }

    fn take(&self, host: &str) -> Result<(fs::File, HostRecord, HostPlaces), LabError> {
        requirements::check()?;
        check_name("host", host)?;
        let lock = self.lock()?;
        let places = self.places(host);
        let record = HostRecord::read(host, &places)?.ok_or_else(|| self.no_such_host(host))?;
        Ok((lock, record, places))
    }

    /// Returns a host's first process by number and by a handle that cannot come to mean another process.
    fn leader_handle(&self, host: &str) -> Result<(u32, OwnedFd), LabError> {
        let leader = self.leader(host)?;
        let handle = i32::try_from(leader)
            .ok()
            .and_then(Pid::from_raw)
            .and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok());
        match handle {
            Some(handle) if self.leader(host)? == leader => Ok((leader, handle)),
            _ => Err(LabError::HostIsOff { host: host.to_owned() }),
        }
    }

    fn start_and_wait(&self, record: &HostRecord, places: &HostPlaces, sign: Sign) -> Result<(), LabError> {
        self.start(record, places)?;
        self.wait_until_up(record, places, sign)
    }

    fn wait_until_up(&self, record: &HostRecord, places: &HostPlaces, sign: Sign) -> Result<(), LabError> {
        let lab = LabRecord::read(&self.folder)?.ok_or_else(|| self.no_such_host(&record.name))?;
        ready::wait(&record.name, record.address(lab.network()), places, sign)
    }

    fn shut_down(&self, places: &HostPlaces) -> Result<(), LabError> {
        if let Some(leader) = places.machine().leader() {
            let poweroff = ["systemctl", "--no-block", "poweroff"];
            // One that does not take the order loses its power below.
            let _ = command::run("shutting the host down", &mut console::command(leader, &poweroff));
            places.keeper().wait_until_empty(SHUTDOWN_PATIENCE)?;
        }
        places.group.kill()
    }
}

fn wait_for_end(process: &OwnedFd) -> Result<(), LabError> {
    poll(&mut [PollFd::new(process, PollFlags::IN)], None).doing(|| "waiting for the host to go down".to_owned())?;
    Ok(())
}

fn clear_disks(places: &HostPlaces) -> Result<(), LabError> {
    files::remove_tree(&places.folder.join("work"))?;
    places.disks().iter().try_for_each(|disk| files::remove_tree(disk))
}

/// Copies whole folders with owners, modes, extended attributes and the overlay's device nodes.
fn copy_folders(folders: &[std::path::PathBuf], into: &Path) -> Result<(), LabError> {
    command::run(
        &format!("copying a disk into {}", into.display()),
        Command::new("cp").args(["--archive", "--reflink=auto", "--"]).args(folders).arg(into),
    )?;
    Ok(())
}
