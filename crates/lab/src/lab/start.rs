//! Making hosts and starting the processes that keep them.

use std::fs::{self, OpenOptions};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

use super::{HostSpec, Lab};
use crate::cgroup::Cgroup;
use crate::error::{Doing, LabError};
use crate::network::{Network, PACKAGE_CACHE_PORT};
use crate::ready::Sign;
use crate::record::{self, HostPlaces, HostRecord};
use crate::supervise::PACKAGE_CACHE_GROUP;
use crate::{files, furnish, image};

const PACKAGE_CACHE_PATIENCE: Duration = Duration::from_secs(10);

impl Lab {
    /// Returns the record of a host, made if it is new, and what it has to show when it is up.
    pub(super) fn make_host(&self, wanted: &HostSpec) -> Result<(HostRecord, Sign), LabError> {
        let places = self.places(&wanted.name);
        if let Some(record) = HostRecord::read(&wanted.name, &places)? {
            if record.image != wanted.image.name() {
                return Err(LabError::OtherImage {
                    host: wanted.name.clone(),
                    is: record.image,
                    wanted: wanted.image.to_string(),
                });
            }
            return Ok((record, Sign::BannerOrBooted));
        }
        let others = record::hosts(&self.name, &self.folder)?;
        let last = record::free_address(&others).ok_or_else(|| LabError::NoFreeAddress { lab: self.name.clone() })?;
        furnish::make_host_keys(&places.keys(), &wanted.name)?;
        let record = HostRecord {
            name: wanted.name.clone(),
            image: wanted.image.name().to_owned(),
            image_folder: image::folder(wanted.image),
            last,
        };
        record.write(&places)?;
        Ok((record, Sign::Banner))
    }

    /// Starts the keeper of a host unless it is there.
    pub(super) fn start(&self, record: &HostRecord, places: &HostPlaces) -> Result<(), LabError> {
        if !places.keeper().processes().is_empty() {
            return Ok(());
        }
        // A keeper that was killed leaves its host running, unkept and on a disk that only its processes see.
        places.group.kill()?;
        places.machine().remove()?;
        for folder in ["work", "root"].map(|name| places.folder.join(name)) {
            files::make_folder(&folder, 0o755)?;
        }
        for folder in places.disks() {
            files::make_folder(&folder, 0o755)?;
        }
        // Its disk is mounted where only it and what it boots can see it.
        let mut keeper = kept();
        keeper.args(["unshare", "--mount", "--propagation", "private", "--"]).args(&self.supervisor).args([
            "host",
            &self.name,
            &record.name,
        ]);
        spawn_kept(&mut keeper, &places.keeper(), &places.keeper_log())?;
        Ok(())
    }

    /// Starts the package cache unless it answers, and waits until it does.
    pub(super) fn start_package_cache(&self, network: Network) -> Result<(), LabError> {
        let address = SocketAddr::from((network.gateway(), PACKAGE_CACHE_PORT));
        let answers = || TcpStream::connect_timeout(&address, Duration::from_millis(300)).is_ok();
        let group = Cgroup::of_lab(&self.name).child(PACKAGE_CACHE_GROUP);
        if !group.processes().is_empty() && answers() {
            return Ok(());
        }
        group.kill()?;
        let log = self.folder.join("package-cache.log");
        let mut command = kept();
        command.args(&self.supervisor).args(["package-cache", &self.name]);
        spawn_kept(&mut command, &group, &log)?;
        let started = Instant::now();
        while !answers() {
            if group.processes().is_empty() || started.elapsed() > PACKAGE_CACHE_PATIENCE {
                return Err(LabError::Command {
                    doing: "starting the package cache".to_owned(),
                    detail: fs::read_to_string(&log).unwrap_or_default().trim().to_owned(),
                });
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }
}

/// Waits until it is in its control group, since it leaves that again on its own to boot a host. Then lets go of every
/// file that is neither input, output nor errors: whoever starts a lab may hold a lock or the end of a pipe, and what
/// outlives them must not go on holding it.
const LET_GO: &str = r#"read -r _; for fd in /proc/self/fd/*; do fd=${fd##*/}; ((fd > 2)) && exec {fd}>&-; done
exec "$@" </dev/null"#;

/// A command that runs its further arguments as what outlives this process.
fn kept() -> Command {
    let mut command = Command::new("bash");
    command.args(["-c", LET_GO, "bash"]);
    command
}

/// Starts a process that outlives this one, in a control group that says whose it is.
fn spawn_kept(command: &mut Command, group: &Cgroup, log: &Path) -> Result<(), LabError> {
    let output = OpenOptions::new().write(true).create(true).truncate(true).open(log).doing_with("opening", log)?;
    let errors = output.try_clone().doing_with("opening", log)?;
    let mut child: Child = command
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(output)
        .stderr(errors)
        .spawn()
        .doing(|| "starting the lab's supervisor".to_owned())?;
    // It joins by itself as well; here so that it is seen from now on.
    let adopted = group.adopt(child.id());
    drop(child.stdin.take());
    // Someone has to take note of its end, or it stays in the process table.
    thread::spawn(move || child.wait());
    adopted
}

/// Returns what a thread returned; one that ended early is an error like another.
pub(super) fn joined<T>(thread: ScopedJoinHandle<'_, Result<T, LabError>>) -> Result<T, LabError> {
    thread.join().unwrap_or_else(|_| {
        Err(LabError::Command {
            doing: "working on several hosts at once".to_owned(),
            detail: "one thread ended early".to_owned(),
        })
    })
}
