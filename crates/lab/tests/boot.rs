//! A lab booted for real: what it promises, looked at from outside.
//!
//! Needs root and the lab's packages, and fails without them; `PITON_TEST_WITHOUT_LAB=1` skips it. Its supervisor is
//! the `lab` example, which `cargo test` builds beside it.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use rustix::fs::{FlockOperation, flock};
use rustix::io::{FdFlags, fcntl_setfd};

use piton_lab::{Event, HostSpec, HostState, Image, Lab, LabError};

/// CAP_SYS_TIME: with it, a time zone set inside would move the machine's clock.
const SET_THE_CLOCK: u64 = 1 << 25;

struct Rehearsal {
    lab: Lab,
}

impl Rehearsal {
    fn begin(name: &str) -> Option<Rehearsal> {
        if std::env::var_os("PITON_TEST_WITHOUT_LAB").is_some_and(|value| value == "1") {
            println!("skipped: PITON_TEST_WITHOUT_LAB=1 says that there is no lab here");
            return None;
        }
        if let Err(error) = Lab::check_machine() {
            panic!("{error}\n(or set PITON_TEST_WITHOUT_LAB=1 to test the rest without it)");
        }
        let rehearsal = Rehearsal {
            lab: Lab::open(name).unwrap().with_supervisor(vec![supervisor().into(), "lab-supervisor".into()]),
        };
        rehearsal.lab.down().unwrap();
        Some(rehearsal)
    }

    fn up(&self, hosts: &[&str]) -> Vec<Event> {
        let hosts: Vec<HostSpec> =
            hosts.iter().map(|name| HostSpec { name: (*name).to_owned(), image: Image::Debian12 }).collect();
        let events = std::sync::Mutex::new(Vec::new());
        let up = self.lab.up(&hosts, &|event| events.lock().unwrap().push(event)).unwrap();
        assert_eq!(up.len(), hosts.len());
        assert!(up.iter().all(|host| host.state == HostState::Running));
        events.into_inner().unwrap()
    }

    fn inside(&self, host: &str, script: &str) -> String {
        let output = self.lab.console(host, &["sh", "-c", script]).unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "`{script}` on {host}: {complaint}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn ssh(&self, user: &str, host: &str, script: &str) -> String {
        let hosts = self.lab.hosts().unwrap();
        let address = hosts.iter().find(|known| known.name == host).unwrap().address;
        let output = Command::new("ssh")
            .args(self.lab.ssh_options())
            .arg(format!("{user}@{address}"))
            .arg(script)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "ssh {user}@{host}: {complaint}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

impl Drop for Rehearsal {
    fn drop(&mut self) {
        let _ = self.lab.down();
    }
}

fn supervisor() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let example = test.ancestors().nth(2).unwrap().join("examples/lab");
    assert!(example.exists(), "{} is missing; build it with: cargo build -p piton-lab --examples", example.display());
    example
}

#[test]
fn a_lab_comes_up_twice_survives_its_hosts_and_leaves_nothing() {
    let Some(rehearsal) = Rehearsal::begin("test-boot") else {
        return;
    };
    rehearsal.up(&["one", "two"]);
    let bridge = bridge_of(&rehearsal.lab);
    assert_eq!(rehearsal.inside("one", "hostname"), "one");

    let first_boot = rehearsal.inside("one", "systemctl show --property=UserspaceTimestampMonotonic");
    rehearsal.up(&["one", "two"]);
    let after_second_up = rehearsal.inside("one", "systemctl show --property=UserspaceTimestampMonotonic");
    assert_eq!(first_boot, after_second_up, "a second `up` must leave a running host alone");

    rehearsal.inside("one", "echo kept > /root/kept && sync");
    rehearsal.lab.crash("one").unwrap();
    assert_eq!(rehearsal.inside("one", "cat /root/kept"), "kept");
    rehearsal.lab.reboot("one").unwrap();
    assert_eq!(rehearsal.ssh("root", "one", "cat /root/kept"), "kept");

    rehearsal.lab.save("one", "before").unwrap();
    rehearsal.lab.reset("one").unwrap();
    assert_eq!(rehearsal.inside("one", "ls /root"), "");
    rehearsal.lab.load("one", "before").unwrap();
    assert_eq!(rehearsal.inside("one", "cat /root/kept"), "kept");

    rehearsal.lab.down().unwrap();
    assert_nothing_is_left(&rehearsal.lab, &bridge);
    rehearsal.lab.down().unwrap();
    assert_eq!(rehearsal.lab.hosts().unwrap(), []);
}

#[test]
fn what_outlives_the_start_of_a_lab_holds_nothing_of_whoever_started_it() {
    let Some(rehearsal) = Rehearsal::begin("lab-test-let-go") else { return };
    let folder = tempfile::tempdir().unwrap();
    let open = || fs::File::create(folder.path().join("lock")).unwrap();
    let held = open();
    // As a shell's `flock` does it: locked, and inherited by whatever is run.
    flock(&held, FlockOperation::NonBlockingLockExclusive).unwrap();
    fcntl_setfd(&held, FdFlags::empty()).unwrap();
    rehearsal.up(&["one"]);
    drop(held);
    flock(open(), FlockOperation::NonBlockingLockExclusive).unwrap();
}

#[test]
fn a_host_is_reached_as_a_server_is_and_reaches_nothing_of_the_machine() {
    let Some(rehearsal) = Rehearsal::begin("test-reach") else {
        return;
    };
    rehearsal.up(&["one", "two"]);
    let hosts = rehearsal.lab.hosts().unwrap();
    let [one, two] = &hosts[..] else {
        panic!("two hosts are wanted: {hosts:?}");
    };

    assert_eq!(rehearsal.ssh("debian", "one", "sudo -n id -u"), "0");
    rehearsal.inside("one", "sed -i 's/^#Port 22/Port 222/' /etc/ssh/sshd_config && systemctl restart ssh");
    rehearsal.inside("one", &format!("echo | nc -w 2 {} 22 | grep -q SSH", two.address));
    let moved = Command::new("ssh")
        .args(rehearsal.lab.ssh_options())
        .args(["-p", "222", &format!("root@{}", one.address), "true"])
        .status()
        .unwrap();
    assert!(moved.success(), "the host's key is known at any port");

    rehearsal.inside("one", "nft add table inet shut && nft add chain inet shut input '{ type filter hook input priority 0; policy drop; }'");
    assert_eq!(rehearsal.inside("one", "hostname"), "one", "the console works past a shut firewall");

    let bridge = one.address.octets();
    let machine = format!("{}.{}.{}.1", bridge[0], bridge[1], bridge[2]);
    let refused = rehearsal.inside("two", &format!("nc -w 2 {machine} 22 && echo open || echo refused"));
    assert_eq!(refused, "refused");
}

#[test]
fn a_host_sets_its_own_kernel_values_and_not_the_machines() {
    let Some(rehearsal) = Rehearsal::begin("test-kernel") else {
        return;
    };
    rehearsal.up(&["one", "two"]);
    let machine = || fs::read_to_string("/proc/sys/kernel/kptr_restrict").unwrap();
    let before = machine();
    let other = rehearsal.inside("two", "sysctl -n kernel.kptr_restrict");
    let wanted = if other == "2" { "1" } else { "2" };

    rehearsal.inside("one", &format!("sysctl -w kernel.kptr_restrict={wanted}"));
    assert_eq!(rehearsal.inside("one", "sysctl -n kernel.kptr_restrict"), wanted);
    assert_eq!(rehearsal.inside("two", "sysctl -n kernel.kptr_restrict"), other);
    rehearsal.inside("one", &format!("echo kernel.kptr_restrict={wanted} > /etc/sysctl.d/90-test.conf"));
    rehearsal.lab.reboot("one").unwrap();
    assert_eq!(rehearsal.inside("one", "sysctl -n kernel.kptr_restrict"), wanted);
    assert_eq!(machine(), before);

    let status = rehearsal.inside("one", "cat /proc/1/status");
    let bounds = status.lines().find_map(|line| line.strip_prefix("CapBnd:")).unwrap();
    let bounds = u64::from_str_radix(bounds.trim(), 16).unwrap();
    assert_eq!(bounds & SET_THE_CLOCK, 0, "the clock is the machine's");
}

#[test]
fn a_package_comes_through_the_cache() {
    let Some(rehearsal) = Rehearsal::begin("test-package") else {
        return;
    };
    rehearsal.up(&["one"]);
    rehearsal.inside(
        "one",
        "apt-get install -y --no-install-recommends ufw >/dev/null 2>&1 || (apt-get update && apt-get install -y ufw)",
    );
    rehearsal.inside("one", "ufw version");
}

#[test]
fn what_is_not_there_is_named() {
    let Some(rehearsal) = Rehearsal::begin("test-names") else {
        return;
    };
    rehearsal.up(&["one"]);
    let error = rehearsal.lab.console("tow", &["true"]).unwrap_err();
    assert_eq!(error.to_string(), "lab `test-names` has no host `tow`; its hosts are: one");
    let other_image = HostSpec { name: "one".to_owned(), image: Image::Debian13 };
    let error = rehearsal.lab.up(&[other_image], &|_| ()).unwrap_err();
    assert!(matches!(error, LabError::OtherImage { .. }), "{error}");
    let error = rehearsal.lab.load("one", "never-saved").unwrap_err();
    assert!(matches!(error, LabError::NoSuchSnapshot { .. }), "{error}");
}

fn bridge_of(lab: &Lab) -> String {
    let host = &lab.hosts().unwrap()[0];
    format!("piton-lab{}", host.address.octets()[2])
}

fn assert_nothing_is_left(lab: &Lab, bridge: &str) {
    let folder = format!("/var/lib/piton/lab/{}", lab.name());
    assert!(!PathBuf::from(&folder).exists(), "{folder}");
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap();
    assert!(!mounts.contains(&folder), "{mounts}");
    assert!(!PathBuf::from("/sys/class/net").join(bridge).exists(), "{bridge}");
    for rules in [&["nft", "list", "ruleset"][..], &["iptables", "-S"]] {
        let output = Command::new(rules[0]).args(&rules[1..]).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        let names: Vec<&str> = text.split(|letter: char| letter.is_whitespace() || letter == '"').collect();
        assert!(!names.contains(&bridge), "{text}");
    }
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let command = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let command = String::from_utf8_lossy(&command).replace('\0', " ");
        assert!(!command.contains(&folder), "still running: {command}");
    }
    let groups = Command::new("find").args(["/sys/fs/cgroup", "-name", lab.name()]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&groups.stdout), "");
}
