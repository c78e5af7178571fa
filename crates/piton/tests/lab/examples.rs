//! The two large examples rehearsed whole: every service healthy on booted hosts, a second apply that has nothing to do,
//! nothing open to the outside but what the tables say, and no secret where it does not belong.
//!
//! Takes minutes and gigabytes, so it runs only with `PITON_TEST_EXAMPLES=1`; `stacks.rs` has the story in small.

use crate::canaries::no_secret_is_seen;
use crate::ports;
use crate::rehearsal::{Rehearsal, skipped};
use std::collections::BTreeSet;
use std::net::TcpStream;
use std::time::{Duration, Instant};

const IMAGE: &str = "debian-13";

struct Example {
    name: &'static str,
    site: &'static str,
    hosts: &'static [&'static str],
    /// What answers from outside, host by host, as the tables of the documents have it.
    open: &'static [(&'static str, &'static [u16])],
}

fn rehearsed(example: &Example) {
    if skipped() {
        return;
    }
    if std::env::var_os("PITON_TEST_EXAMPLES").is_none() {
        eprintln!("skipped: PITON_TEST_EXAMPLES=1 runs it");
        return;
    }
    // The number that Debian 13 gives the group `docker` on a host that is made in this order; a person looks it up.
    let numbered = example.site.replace("[services.alloy]", "[services.alloy]\nvalues = { docker_group = 102 }");
    let site =
        numbered.replacen(&format!("name = \"{}\"", example.name), &format!("name = \"whole-{}\"", example.name), 1);
    let rehearsal = Rehearsal::of(&site, IMAGE);
    rehearsal.piton(&["lab", "images"]).ok();
    let foretold = ports::table(&rehearsal, true);
    let began = Instant::now();
    let said = rehearsal.apply();
    eprintln!("{}: first apply {:.0} s\n{}", example.name, began.elapsed().as_secs_f64(), said.err);
    said.ok();
    everything_is_well(&rehearsal, example);
    let began = Instant::now();
    let again = rehearsal.apply().ok();
    eprintln!("{}: second apply {:.1} s: {}", example.name, began.elapsed().as_secs_f64(), again.trim());
    assert!(again.contains("Nothing to do"), "{again}");
    assert_eq!(ports::rows(&foretold), ports::rows(&ports::table(&rehearsal, false)), "the tables");
    eprintln!("{}", rehearsal.piton(&["reach", "--lab"]).ok());
    only_what_the_table_says_is_open(&rehearsal, example);
    no_secret_is_seen(&rehearsal, example.hosts);
}

fn everything_is_well(rehearsal: &Rehearsal, example: &Example) {
    let mut count = 0;
    for host in example.hosts {
        let all = rehearsal.on(host, "docker ps --all --format '{{.Names}}|{{.Image}}|{{.Status}}'").ok();
        eprintln!("{host}:\n{all}");
        count += all.lines().count();
        let unwell: Vec<&str> = all
            .lines()
            .filter(|line| !line.contains("|Up ") || line.contains("unhealthy") || line.contains("starting"))
            .collect();
        assert!(unwell.is_empty(), "{host}: {unwell:?}");
        assert_eq!(rehearsal.planned(host), Vec::<String>::new(), "{host}");
    }
    eprintln!("{}: {count} containers are well", example.name);
}

/// Every port on which anything listens or which is published is tried from the machine under the lab.
fn only_what_the_table_says_is_open(rehearsal: &Rehearsal, example: &Example) {
    for (host, expected) in example.open {
        let listening = rehearsal.on(
            host,
            "{ ss -Hltn | awk '{print $4}' | sed 's/.*://'; docker ps --format '{{.Ports}}' | grep -oE '[0-9]+/tcp' | cut -d/ -f1; } | sort -un",
        );
        let ports: BTreeSet<u16> = listening.ok().lines().filter_map(|line| line.trim().parse().ok()).collect();
        let address = rehearsal.address(host);
        let answers = |port: &&u16| {
            let place = format!("{address}:{port}").parse().unwrap();
            TcpStream::connect_timeout(&place, Duration::from_secs(2)).is_ok()
        };
        let open: Vec<u16> = ports.iter().filter(answers).copied().collect();
        eprintln!("{host}: of {} ports, open from outside: {open:?}", ports.len());
        assert_eq!(open, *expected, "{host}");
        let reach = rehearsal.piton(&["reach", host, "--lab", "--probe"]).ok();
        eprintln!("{reach}");
    }
}

#[test]
fn two_servers_with_a_mesh_and_tunnels() {
    rehearsed(&Example {
        name: "two-vps-stack",
        site: include_str!("../../../../examples/two-vps-stack/site.toml"),
        hosts: &["openclaw", "observe"],
        open: &[("openclaw", &[222]), ("observe", &[222])],
    });
}

#[test]
fn one_server_with_everything() {
    rehearsed(&Example {
        name: "single-vps",
        site: include_str!("../../../../examples/single-vps/site.toml"),
        hosts: &["vps"],
        open: &[("vps", &[80, 443, 804])],
    });
}
