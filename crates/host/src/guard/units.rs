//! The guard's units on a host, installed with the first change and left there.
//!
//! They do nothing while no change is armed, so they cost a boot two missing files. Left there,
//! because making systemd read its units again takes longer than the rest of arming. What they run
//! is a link of the guard's own to the program, so that no later version is left with a journal
//! that it did not write, and no tidying of versions takes the way back along.

use super::armed::{FILE, FOLDER};
use crate::own;
use crate::system::{Fault, FaultCode, System};
use piton_plan::FileSpec;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

const PROGRAM: &str = "/var/lib/piton/guard/piton";
const UNITS: &str = "/etc/systemd/system";
const GUARD: &str = "piton-guard.service";
const EARLY: &str = "piton-guard-early.service";

/// The units, and what starts each of them at boot.
fn units() -> [(&'static str, &'static str, String); 2] {
    let head = |what: &str| {
        format!(
            "# Made by piton. Does nothing while no change is open.\n[Unit]\nDescription=piton: {what}\n\
             ConditionPathExists={FILE}\nRequiresMountsFor={FOLDER}\n"
        )
    };
    let guard = head("puts a change back that nobody confirmed")
        + "StartLimitIntervalSec=0\n\n[Service]\nType=notify\n"
        + &format!("ExecStart={PROGRAM} host --guard\n")
        // Whatever ends it but systemd itself is a failure, and then it is started again.
        + "Restart=on-failure\nRestartSec=100ms\nOOMScoreAdjust=-1000\nTimeoutStopSec=5\n\n\
           [Install]\nWantedBy=multi-user.target\n";
    let early = head("puts the files of an unconfirmed change back before the network is up")
        + "DefaultDependencies=no\nAfter=local-fs.target\nWants=network-pre.target\n\
           Before=sysinit.target network-pre.target systemd-sysctl.service systemd-networkd.service \
           networking.service ufw.service nftables.service netfilter-persistent.service\n\n"
        + "[Service]\nType=oneshot\nTimeoutStartSec=60\n"
        + &format!("ExecStart={PROGRAM} host --guard-early\n\n[Install]\nWantedBy=sysinit.target\n");
    [(GUARD, "multi-user.target", guard), (EARLY, "sysinit.target", early)]
}

/// The units as files, for whoever wants to read them.
pub fn files() -> Vec<FileSpec> {
    units().into_iter().map(|(name, _, text)| FileSpec::of_root(format!("{UNITS}/{name}"), text)).collect()
}

/// Makes sure that the units are there, enabled, and run this very program.
pub(super) fn install(system: &System) -> Result<(), Fault> {
    own::make_folder(system, FOLDER)?;
    place_program(system)?;
    let mut written = false;
    for (name, target, text) in units() {
        written |= system.write_file(&FileSpec::of_root(format!("{UNITS}/{name}"), text))?;
        enable(system, name, target)?;
    }
    match written {
        true => system.systemctl(&["daemon-reload"]),
        false => Ok(()),
    }
}

/// Starts the guard, and comes back once it stands.
pub(super) fn start(system: &System) -> Result<(), Fault> {
    // One that an earlier change left behind would watch over that.
    system.systemctl(&["restart", GUARD]).map_err(|fault| {
        let what = "the guard that puts this host back did not start, so nothing was changed";
        Fault::new(FaultCode::Unsupported, what)
            .because(fault)
            .help("mend that; or, if somebody can get to the host's console, `--no-guard` applies without it")
    })
}

/// A hard link where that can be: the same bytes, whatever becomes of the other name.
fn place_program(system: &System) -> Result<(), Fault> {
    let own = Path::new("/proc/self/exe");
    let place = system.path(PROGRAM);
    let same = |a: &fs::Metadata, b: &fs::Metadata| (a.dev(), a.ino()) == (b.dev(), b.ino());
    if let (Ok(running), Ok(placed)) = (own.metadata(), place.symlink_metadata())
        && (same(&running, &placed) || is_copy(own, &place))
    {
        return Ok(());
    }
    let new = system.path(&format!("{PROGRAM}.new"));
    let _ = fs::remove_file(&new);
    let linked = fs::read_link(own).and_then(|path| fs::hard_link(path, &new));
    let placed = linked.or_else(|_| fs::copy(own, &new).map(drop)).and_then(|()| {
        fs::set_permissions(&new, fs::Permissions::from_mode(0o700))?;
        fs::File::open(&new)?.sync_all()?;
        fs::rename(&new, &place)
    });
    placed.map_err(|error| Fault::file("cannot place", &place, error))?;
    own::sync(system, FOLDER)
}

fn is_copy(one: &Path, other: &Path) -> bool {
    let size = |path: &Path| path.metadata().map(|found| found.len()).ok();
    size(one).is_some() && size(one) == size(other) && fs::read(one).ok() == fs::read(other).ok()
}

/// What `systemctl enable` does, written through to the disk.
fn enable(system: &System, name: &str, target: &str) -> Result<(), Fault> {
    let folder = format!("{UNITS}/{target}.wants");
    let link = system.path(&format!("{folder}/{name}"));
    let to = format!("{UNITS}/{name}");
    if fs::read_link(&link).is_ok_and(|found| found == Path::new(&to)) {
        return Ok(());
    }
    let made = fs::create_dir_all(system.path(&folder)).and_then(|()| {
        let _ = fs::remove_file(&link);
        symlink(&to, &link)
    });
    made.map_err(|error| Fault::file("cannot make", &link, error))?;
    own::sync(system, &folder)
}
