//! Control groups: how the lab knows which processes are its own, and ends them all at once.
//!
//! A process id on disk proves nothing after a reboot or a wrap-around; membership of a control group does. Works with
//! cgroup v2 alone and with the hybrid layout (v2 at `/sys/fs/cgroup/unified` beside v1). The tree is
//! `piton-lab/<lab>/<host>/{keeper,machine}`, `piton-lab/<lab>/package-cache` and `piton-lab-images/<image>`.

use std::fs;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::error::{Doing, LabError};

/// The hierarchies of this machine.
struct Hierarchies {
    /// Where cgroup v2 is mounted; membership is decided here.
    unified: PathBuf,
    /// The named v1 hierarchy that systemd keeps in the hybrid layout; a booting host must not share it with another.
    named: Option<PathBuf>,
    /// Every mount of any hierarchy, for tidying up what systemd-nspawn makes.
    all: Vec<PathBuf>,
}

/// One control group, by its path below the root of the hierarchies. It need not exist.
#[derive(Debug, Clone)]
pub(crate) struct Cgroup {
    path: PathBuf,
}

impl Cgroup {
    pub(crate) fn of_lab(lab: &str) -> Cgroup {
        Cgroup { path: Path::new("piton-lab").join(lab) }
    }

    pub(crate) fn of_image_build(image: &str) -> Cgroup {
        Cgroup { path: Path::new("piton-lab-images").join(image) }
    }

    pub(crate) fn child(&self, name: &str) -> Cgroup {
        Cgroup { path: self.path.join(name) }
    }

    /// Moves a process here, making the group first; `0` is the caller.
    pub(crate) fn adopt(&self, process: u32) -> Result<(), LabError> {
        let hierarchies = hierarchies()?;
        for root in std::iter::once(&hierarchies.unified).chain(&hierarchies.named) {
            self.make(root)?;
            let members = root.join(&self.path).join("cgroup.procs");
            fs::write(&members, process.to_string()).doing_with("joining", &members)?;
        }
        Ok(())
    }

    fn make(&self, root: &Path) -> Result<(), LabError> {
        let group = root.join(&self.path);
        fs::create_dir_all(&group).doing_with("making the control group", &group)?;
        // Hands controllers down, so that a host can account for its own services. Which of them can be handed down
        // is the machine's business: none is needed to boot.
        let mut level = root.to_owned();
        let mut names = self.path.components();
        while let Some(name) = names.next() {
            level.push(name);
            if !names.as_path().as_os_str().is_empty() {
                for controller in ["+cpu", "+io", "+memory", "+pids"] {
                    let _ = fs::write(level.join("cgroup.subtree_control"), controller);
                }
            }
        }
        Ok(())
    }

    /// Lists the processes in this group and below it.
    pub(crate) fn processes(&self) -> Vec<u32> {
        let mut found = Vec::new();
        if let Ok(hierarchies) = hierarchies() {
            collect_processes(&hierarchies.unified.join(&self.path), &mut found);
        }
        found
    }

    /// Returns the process that is number one inside the container whose processes are in this group.
    pub(crate) fn leader(&self) -> Option<u32> {
        self.processes().into_iter().find(|&process| is_first_of_its_container(process))
    }

    /// Ends every process in this group and below, and waits until the kernel says that none is left.
    pub(crate) fn kill(&self) -> Result<(), LabError> {
        let group = hierarchies()?.unified.join(&self.path);
        let switch = group.join("cgroup.kill");
        if !group.exists() {
            return Ok(());
        }
        fs::write(&switch, "1").doing_with("ending all processes by", &switch)?;
        self.wait_until_empty(Duration::MAX)?;
        Ok(())
    }

    /// Waits until no process is left here and says whether that came true in time.
    pub(crate) fn wait_until_empty(&self, patience: Duration) -> Result<bool, LabError> {
        let events = hierarchies()?.unified.join(&self.path).join("cgroup.events");
        match wait_until_unpopulated(&events, patience) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
            result => result.doing_with("watching", &events),
        }
    }

    /// Removes this group and those below it from every hierarchy; they must be empty.
    pub(crate) fn remove(&self) -> Result<(), LabError> {
        for root in &hierarchies()?.all {
            let group = root.join(&self.path);
            remove_groups(&group).doing_with("removing the control group", &group)?;
            // The shared parent goes with the last lab; while another one is there, rmdir refuses.
            if let Some(parent) = group.parent().filter(|parent| *parent != root) {
                let _ = fs::remove_dir(parent);
            }
        }
        Ok(())
    }
}

/// Says why this machine's control groups cannot carry a lab, if so.
pub(crate) fn check() -> Result<(), LabError> {
    let unified = &hierarchies()?.unified;
    let probe = unified.join("piton-lab-probe");
    let usable = fs::create_dir_all(&probe).map(|()| probe.join("cgroup.kill").exists());
    let _ = fs::remove_dir(&probe);
    match usable {
        Ok(true) => Ok(()),
        Ok(false) => {
            Err(LabError::UnusableMachine("its kernel has no cgroup.kill; Linux 5.14 or newer is needed".to_owned()))
        }
        Err(error) => Err(LabError::UnusableMachine(format!(
            "control groups cannot be made in {} ({error}); in a container, run it privileged",
            unified.display()
        ))),
    }
}

fn hierarchies() -> Result<&'static Hierarchies, LabError> {
    static FOUND: OnceLock<Option<Hierarchies>> = OnceLock::new();
    FOUND
        .get_or_init(|| find_hierarchies(&fs::read_to_string("/proc/self/mounts").unwrap_or_default()))
        .as_ref()
        .ok_or_else(|| {
            LabError::UnusableMachine(
                "no cgroup v2 is mounted; mount one at /sys/fs/cgroup, or at /sys/fs/cgroup/unified beside cgroup v1"
                    .to_owned(),
            )
        })
}

fn find_hierarchies(mounts: &str) -> Option<Hierarchies> {
    let mut unified = None;
    let mut named = None;
    let mut all = Vec::new();
    for line in mounts.lines() {
        let mut fields = line.split(' ').skip(1);
        let (Some(target), Some(kind), Some(options)) = (fields.next(), fields.next(), fields.next()) else {
            continue;
        };
        let target = PathBuf::from(target);
        match kind {
            "cgroup2" => unified = unified.or(Some(target.clone())),
            "cgroup" if options.split(',').any(|option| option == "name=systemd") => {
                named = named.or(Some(target.clone()));
            }
            "cgroup" => {}
            _ => continue,
        }
        all.push(target);
    }
    Some(Hierarchies { unified: unified?, named, all })
}

fn collect_processes(group: &Path, found: &mut Vec<u32>) {
    let members = fs::read_to_string(group.join("cgroup.procs")).unwrap_or_default();
    found.extend(members.lines().filter_map(|line| line.parse::<u32>().ok()));
    for below in subgroups(group) {
        collect_processes(&below, found);
    }
}

fn subgroups(group: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(group) else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.path())
        .collect()
}

fn remove_groups(group: &Path) -> io::Result<()> {
    for below in subgroups(group) {
        remove_groups(&below)?;
    }
    match fs::remove_dir(group) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn wait_until_unpopulated(events: &Path, patience: Duration) -> io::Result<bool> {
    let started = Instant::now();
    let file = fs::File::open(events)?;
    loop {
        let mut text = [0; 256];
        let length = file.read_at(&mut text, 0)?;
        if String::from_utf8_lossy(&text[..length]).contains("populated 0") {
            return Ok(true);
        }
        if started.elapsed() >= patience {
            return Ok(false);
        }
        let one_second = Timespec { tv_sec: 1, tv_nsec: 0 };
        poll(&mut [PollFd::new(&file, PollFlags::PRI)], Some(&one_second))?;
    }
}

/// A container inside the host has its own number one too, which is one namespace deeper.
fn is_first_of_its_container(process: u32) -> bool {
    fs::read_to_string(format!("/proc/{process}/status"))
        .is_ok_and(|status| namespaced_ids(&status).is_some_and(|ids| ids.len() == 2 && ids[1] == 1))
}

fn namespaced_ids(status: &str) -> Option<Vec<u32>> {
    let line = status.lines().find_map(|line| line.strip_prefix("NSpid:"))?;
    line.split_whitespace().map(|id| id.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hybrid_layout_has_its_v2_beside_the_named_hierarchy() {
        let found = find_hierarchies(
            "tmpfs /sys/fs/cgroup tmpfs rw 0 0\n\
             cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0\n\
             cgroup /sys/fs/cgroup/systemd cgroup rw,name=systemd 0 0\n\
             cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n",
        )
        .unwrap();
        assert_eq!(found.unified, Path::new("/sys/fs/cgroup/unified"));
        assert_eq!(found.named.as_deref(), Some(Path::new("/sys/fs/cgroup/systemd")));
        assert_eq!(found.all.len(), 3);
    }

    #[test]
    fn v2_alone_is_enough_and_v1_alone_is_not() {
        let found = find_hierarchies("cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n").unwrap();
        assert_eq!(found.unified, Path::new("/sys/fs/cgroup"));
        assert!(found.named.is_none());
        assert!(find_hierarchies("cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0\n").is_none());
    }

    #[test]
    fn number_one_is_told_from_number_one_of_an_inner_container() {
        assert_eq!(namespaced_ids("Name:\tinit\nNSpid:\t4711\t1\n"), Some(vec![4711, 1]));
        assert_eq!(namespaced_ids("NSpid:\t4712\t99\t1\n"), Some(vec![4712, 99, 1]));
        assert_eq!(namespaced_ids("Name:\tinit\n"), None);
    }
}
