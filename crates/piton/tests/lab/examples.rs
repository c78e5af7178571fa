//! The two large examples rehearsed whole: every service healthy on booted hosts, a second apply that has nothing to do,
//! nothing open to the outside but what the tables say, and no secret where it does not belong.
//!
//! Takes minutes and gigabytes, so it runs only with `PITON_TEST_EXAMPLES=1`; `stacks.rs` has the story in small.

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
    let first = said.ok();
    everything_is_well(&rehearsal, example);
    let began = Instant::now();
    let again = rehearsal.apply().ok();
    eprintln!("{}: second apply {:.1} s: {}", example.name, began.elapsed().as_secs_f64(), again.trim());
    assert!(again.contains("Nothing to do"), "{again}");
    assert_eq!(ports::rows(&foretold), ports::rows(&ports::table(&rehearsal, false)), "the tables");
    eprintln!("{}", rehearsal.piton(&["reach", "--lab"]).ok());
    only_what_the_table_says_is_open(&rehearsal, example);
    no_secret_is_seen(&rehearsal, example, &[first, again]);
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

/// The lab's own secrets are the canaries: every value is looked for wherever anybody could read it.
fn no_secret_is_seen(rehearsal: &Rehearsal, example: &Example, told: &[String]) {
    let list = rehearsal.piton(&["secrets", "list", "--lab", "--json"]);
    let mut values = Vec::new();
    for host in example.hosts {
        // What hosts hold in their root-only files of variables are the values themselves.
        let found = rehearsal.on(
            host,
            "find / -xdev \\( -name '*.env' -o -name .env \\) -path '*/[!.]*' -perm 600 2>/dev/null | xargs -r sed -n \"s/^[A-Z_0-9]*='\\(.*\\)'$/\\1/p\"",
        );
        values.extend(found.ok().lines().filter(|value| value.len() >= 16).map(str::to_owned));
    }
    values.sort();
    values.dedup();
    assert!(!values.is_empty(), "there are canaries to look for");
    for value in &values {
        for text in told.iter().chain([&list.out, &list.err]) {
            assert!(!text.contains(value.as_str()), "a secret is in what piton said");
        }
    }
    for host in example.hosts {
        let canaries = values.join("\n");
        rehearsal.on(host, &format!("umask 077; cat > /root/canaries <<'END'\n{canaries}\nEND")).ok();
        for (place, look) in [
            ("the process list", "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '"),
            ("the journal", "journalctl --no-pager --output=cat"),
            ("what containers said", "for it in $(docker ps --all --quiet); do docker logs $it 2>&1; done"),
            ("the compose files", "find / -xdev -name 'docker-compose.yml' -exec cat {} +"),
            (
                "piton's journal",
                "cat /var/lib/piton/journal/*/* /var/lib/piton/ledger.json /var/lib/piton/stacks/* 2>/dev/null",
            ),
            (
                "files that all may read",
                "find / -xdev -type f -perm -o+r -not -path '/proc/*' -not -path '/sys/*' -not -path '/var/lib/docker/*' -size -2M -print0 | xargs -0 -r grep -lFf /root/canaries 2>/dev/null | grep -v ^/root/",
            ),
        ] {
            let search = match place {
                "files that all may read" => look.to_owned(),
                _ => format!("{{ {look}; }} | grep -aoFf /root/canaries | sort -u"),
            };
            let found = rehearsal.on(host, &search).out;
            assert_eq!(
                found.lines().count(),
                0,
                "{host}: {place} holds {} secrets: {}",
                found.lines().count(),
                match place {
                    "files that all may read" => found.as_str(),
                    _ => "",
                }
            );
        }
    }
    eprintln!("{}: {} secrets looked for", example.name, values.len());
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
