//! Real programs to ask about files: a distribution's packages in a root of their own, made once per machine and kept.
//!
//! Nothing of a root is started but what a line asks for, and every line has the root to itself: what it writes lies in
//! memory, its network is a loopback, its processes end with it. The machine's programs are never asked, so that an
//! answer does not depend on what happens to be installed.

use crate::Progress;
use crate::command;
use crate::error::{Doing, LabError};
use crate::event::Event;
use crate::files;
use crate::image::IMAGES;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Raised by hand when a root is made otherwise from the same words.
const REVISION: u32 = 1;

/// Which Debian the programs are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suite {
    /// What hosts run.
    Trixie,
    /// Nearest to what the catalog's images hold.
    Sid,
}

impl Suite {
    pub fn name(self) -> &'static str {
        match self {
            Suite::Trixie => "trixie",
            Suite::Sid => "sid",
        }
    }
}

/// What a root holds.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Tells roots apart; of one name only the newest is kept.
    pub name: &'static str,
    pub suite: Suite,
    pub packages: &'static [&'static str],
    /// A shell line in the root that puts in what is no package of Debian's; with the machine's network.
    pub after: &'static str,
}

/// A root with programs in it.
pub struct Programs {
    root: PathBuf,
}

/// Has the root with these programs, made if it is not there.
pub fn programs(wanted: &Wanted, progress: &Progress<'_>) -> Result<Programs, LabError> {
    let Wanted { name, suite, packages, after } = wanted;
    let suite = suite.name();
    let words = format!("{REVISION} {suite} {} {after}", packages.join(","));
    let digest: String = Sha256::digest(words).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let folder = Path::new(IMAGES).join("programs");
    let root = folder.join(format!("{name}-{digest}"));
    files::make_folder(&folder, 0o755)?;
    let _lock = files::lock(&Path::new(IMAGES).join(format!("locks/programs-{name}")))?;
    if root.exists() {
        return Ok(Programs { root });
    }
    let began = Instant::now();
    progress(Event::MakingPrograms { name });
    let unfinished = folder.join(format!("unfinished-{name}"));
    files::remove_tree(&unfinished)?;
    let mut mmdebstrap = command::alone(&[]);
    mmdebstrap
        .args(["mmdebstrap", "--quiet", "--mode=root", "--variant=minbase"])
        .arg(format!("--include={}", packages.join(",")))
        .arg("--aptopt=APT::Install-Recommends \"false\"")
        .args(["Valid-Until", "Date"].map(|what| format!("--aptopt=Acquire::Check-{what} \"false\"")))
        .args(["man", "locale", "doc", "info"].map(|kind| format!("--dpkgopt=path-exclude=/usr/share/{kind}/*")))
        .arg(suite)
        .arg(&unfinished)
        .arg(format!("deb http://deb.debian.org/debian {suite} main"));
    command::run(&format!("making the root of the programs of {name}"), &mut mmdebstrap)?;
    if !after.is_empty() {
        let mut putting = command::alone(&[]);
        putting.args(["sh", "-c", PUT_IN, "sh"]).arg(&unfinished).arg(after);
        command::run(&format!("putting more programs of {name} in"), &mut putting)?;
    }
    fs::rename(&unfinished, &root).doing_with("finishing", &root)?;
    remove_older(&folder, name, &root)?;
    progress(Event::ProgramsReady { name, took: began.elapsed() });
    Ok(Programs { root })
}

/// With the machine's own resolver, and trusting whom the machine trusts, for as long as it takes.
const PUT_IN: &str = r#"set -eu
cd "$1"
mount -t proc proc proc
mount --bind /dev dev
mount -t tmpfs tmpfs tmp
touch etc/resolv.conf
mount --bind /etc/resolv.conf etc/resolv.conf
trusted=/etc/ssl/certs/ca-certificates.crt
if [ -e "$trusted" ] && [ -e ".$trusted" ]; then mount --bind "$trusted" ".$trusted"; fi
export LC_ALL=C.UTF-8 SSL_CERT_FILE=$trusted PIP_CERT=$trusted NODE_EXTRA_CA_CERTS=$trusted
chroot . sh -c "set -eu; $2"
"#;

/// Removes what other words made of the same name.
fn remove_older(folder: &Path, name: &str, newest: &Path) -> Result<(), LabError> {
    for entry in fs::read_dir(folder).doing_with("reading", folder)?.flatten() {
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with(&format!("{name}-")) && path != newest {
            files::remove_tree(&path)?;
        }
    }
    Ok(())
}

impl Programs {
    /// A shell line in the root, with the files of a folder laid over it: `/etc/fail2ban/jail.local` of the folder is
    /// what the root's programs find there. Files and folders keep the modes that they have.
    pub fn command(&self, files: &Path, line: &str) -> Command {
        let mut command = command::alone(&["--net"]);
        command.args(["sh", "-c", ENTER, "sh"]).args([&self.root, files]).arg(line);
        command
    }
}

/// Every mount is this process's own, so that one folder of the machine is enough for all of them.
const ENTER: &str = r#"set -eu
root=$1 files=$2 stage=$1/mnt
mount -t tmpfs tmpfs "$stage"
mkdir "$stage/upper" "$stage/work" "$stage/merged"
mount -t overlay overlay -o "lowerdir=$root,upperdir=$stage/upper,workdir=$stage/work" "$stage/merged"
cd "$stage/merged"
cp -a "$files/." .
mount -t proc proc proc
mount -t sysfs sysfs sys
mount --bind /dev dev
for place in tmp run; do mount -t tmpfs tmpfs "$place"; done
ip link set lo up
exec chroot . env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 sh -c "$3"
"#;
