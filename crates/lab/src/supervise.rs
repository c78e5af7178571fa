//! The processes that outlive the one that started a lab: one keeper per host, and the package cache.
//!
//! They are the product's own binary under a hidden subcommand. Each enters its control group first, so that `down`
//! finds it whatever happens. A keeper mounts its host's disk in a mount namespace of its own (it is started under
//! `unshare`), so the mount is gone with the last process of the host and the machine never sees it.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant, SystemTime};

use rustix::mount::{MountFlags, mount};

use crate::cgroup::Cgroup;
use crate::error::{Doing, LabError};
use crate::furnish::Furnishing;
use crate::lab::Lab;
use crate::network::{Network, PACKAGE_CACHE_PORT};
use crate::package_cache;
use crate::record::{HostPlaces, HostRecord, LabRecord};

/// What systemd-nspawn exits with when the system inside asked for a reboot.
const REBOOT: i32 = 133;

/// A system that ends this soon did not crash, it cannot boot; trying for ever would only hide why.
const TOO_SOON: Duration = Duration::from_secs(2);
const TRIES: u32 = 3;

/// What these reach is the machine's, in no namespace: its clock (which `timedatectl set-timezone` would move by an
/// hour), its modules, its hardware, its log.
const NOT_A_HOSTS_OWN: [&str; 8] = [
    "CAP_BLOCK_SUSPEND",
    "CAP_MAC_ADMIN",
    "CAP_MAC_OVERRIDE",
    "CAP_SYSLOG",
    "CAP_SYS_MODULE",
    "CAP_SYS_RAWIO",
    "CAP_SYS_TIME",
    "CAP_WAKE_ALARM",
];

/// The control group, below the lab's, in which the package cache runs. Host names cannot have a dot.
pub(crate) const PACKAGE_CACHE_GROUP: &str = "package.cache";

/// Does the work of the hidden subcommand: `host <lab> <host>` or `package-cache <lab>`.
///
/// Returns when the host was powered off from inside; the cache does not return by itself.
pub fn supervise(arguments: &[OsString]) -> Result<(), LabError> {
    // Fails only where this process leads a session already, which is what is wanted.
    let _ = rustix::process::setsid();
    let words: Option<Vec<&str>> = arguments.iter().map(|argument| argument.to_str()).collect();
    match words.as_deref() {
        Some(["host", lab, host]) => keep_host(&Lab::open(lab)?, host),
        Some(["package-cache", lab]) => serve_packages(&Lab::open(lab)?),
        _ => Err(LabError::Command {
            doing: "lab-supervisor".to_owned(),
            detail: "it is started by the lab itself, not by hand".to_owned(),
        }),
    }
}

fn serve_packages(lab: &Lab) -> Result<(), LabError> {
    Cgroup::of_lab(lab.name()).child(PACKAGE_CACHE_GROUP).adopt(0)?;
    let address = SocketAddr::from((network(lab)?.gateway(), PACKAGE_CACHE_PORT));
    let listener = TcpListener::bind(address).doing(|| format!("listening at {address}"))?;
    package_cache::serve(&listener)
}

fn keep_host(lab: &Lab, host: &str) -> Result<(), LabError> {
    let places = lab.places(host);
    places.keeper().adopt(0)?;
    let record = HostRecord::read(host, &places)?.ok_or_else(|| lab.no_such_host(host))?;
    let network = network(lab)?;
    mount_disk(&record, &places)?;
    Furnishing {
        host,
        image: record.image()?,
        network,
        last: record.last,
        keys: places.keys(),
        operator_key: lab.public_key()?,
    }
    .apply(&places.root())?;

    let mut failures = 0;
    while failures < TRIES {
        let booted = Instant::now();
        network.unplug(host);
        note(&places, "boot")?;
        let status = boot_once(host, network, &places)?;
        note(&places, &format!("end {status}"))?;
        match status.code() {
            Some(0) => break,
            Some(REBOOT) => failures = 0,
            // The power was cut, and comes back.
            _ if booted.elapsed() > TOO_SOON => failures = 0,
            _ => failures += 1,
        }
        places.machine().kill()?;
        // systemd-nspawn handed controllers down in it, after which no process may be in it directly.
        places.machine().remove()?;
    }
    Ok(())
}

fn network(lab: &Lab) -> Result<Network, LabError> {
    LabRecord::read(lab.folder())?.map(|record| record.network()).ok_or_else(|| LabError::Damaged {
        path: lab.folder().display().to_string(),
        detail: "it has no lab.json".to_owned(),
    })
}

fn mount_disk(record: &HostRecord, places: &HostPlaces) -> Result<(), LabError> {
    let root = places.root();
    let options = format!(
        "lowerdir={},upperdir={},workdir={}",
        record.image_folder.display(),
        places.upper().display(),
        places.folder.join("work").display()
    );
    let doing = || {
        format!(
            "mounting the disk of {} (an overlay needs a plain file system such as ext4 or xfs under {})",
            record.name,
            root.display()
        )
    };
    let options = std::ffi::CString::new(options).map_err(std::io::Error::from).doing(doing)?;
    mount("overlay", &root, "overlay", MountFlags::empty(), options.as_c_str()).doing(doing)
}

/// Boots the host and returns when it has ended, for whichever reason.
fn boot_once(host: &str, network: Network, places: &HostPlaces) -> Result<ExitStatus, LabError> {
    let log = OpenOptions::new()
        .append(true)
        .create(true)
        .open(places.console_log())
        .doing_with("opening", &places.console_log())?;
    let errors = log.try_clone().doing_with("opening", &places.console_log())?;
    // A child begins in its parent's group. This process must not stay there: a group of cgroup v2 that hands
    // controllers down has no processes of its own.
    places.machine().adopt(0)?;
    let child = nspawn(host, network, places).stdin(Stdio::null()).stdout(log).stderr(errors).spawn();
    places.keeper().adopt(0)?;
    child.and_then(|mut child| child.wait()).doing(|| format!("booting {host}"))
}

fn nspawn(host: &str, network: Network, places: &HostPlaces) -> Command {
    let mut nspawn = Command::new("systemd-nspawn");
    nspawn
        .env("SYSTEMD_NSPAWN_UNIFIED_HIERARCHY", "1")
        // net.* is the host's own and may be written; kernel.*, vm.* and fs.* are the machine's (see the stand-ins).
        .env("SYSTEMD_NSPAWN_API_VFS_WRITABLE", "network")
        .args(["--quiet", "--boot", "--register=no", "--keep-unit", "--settings=no"])
        .arg("--directory")
        .arg(places.root())
        .arg(format!("--machine={}", network.machine(host)))
        .arg(format!("--hostname={host}"))
        .arg(format!("--network-bridge={}", network.bridge()))
        .args(["--resolv-conf=off", "--timezone=off", "--link-journal=no"])
        // Docker inside needs most of it. A lab host is a rehearsal, not a prison.
        .args(["--capability=all", "--system-call-filter=@keyring bpf @mount"])
        .arg(format!("--drop-capability={}", NOT_A_HOSTS_OWN.join(",")));
    // An overlay cannot lie on an overlay, and that is what Docker makes.
    for (folder, target) in [("docker", "/var/lib/docker"), ("containerd", "/var/lib/containerd")] {
        let source = places.folder.join(folder);
        nspawn.arg(format!("--bind={}:{target}", source.display()));
    }
    for device in ["/dev/net/tun", "/dev/fuse"] {
        if Path::new(device).exists() {
            nspawn.arg(format!("--bind={device}"));
        }
    }
    nspawn
}

fn note(places: &HostPlaces, what: &str) -> Result<(), LabError> {
    let path = places.folder.join("events.log");
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    fs::File::options()
        .append(true)
        .create(true)
        .open(&path)
        .and_then(|mut file| writeln!(file, "{:.3} {what}", now.as_secs_f64()))
        .doing_with("writing", &path)
}
