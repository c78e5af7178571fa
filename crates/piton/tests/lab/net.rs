//! `piton net guard` on a booted host: whatever a command does to its network, it comes back.

use crate::rehearsal::{Rehearsal, Said, skipped};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

/// Never applied: its port only tells the lab that the host still has its first way in.
const SITE: &str = "[site]\nname = \"NAME\"\n\n[access]\nadmin = \"adminclaw\"\nkeys = [\"keys/operator.pub\"]\n\n[ssh]\nport = 222\n\n\
                    [hosts.one]\naddress = \"203.0.113.10\"\n";

/// One host with iptables, nft, a local service, and piton on it, as somebody without a site has it.
fn host(name: &str) -> Rehearsal {
    let rehearsal = Rehearsal::of(&SITE.replace("NAME", name), "debian-12");
    let mut copy = rehearsal.command(&[
        "lab",
        "exec",
        "one",
        "--",
        "sh",
        "-c",
        "cat > /usr/local/bin/piton && chmod 755 /usr/local/bin/piton",
    ]);
    copy.stdin(File::open(env!("CARGO_BIN_EXE_piton")).unwrap());
    assert!(copy.status().unwrap().success());
    let prepare = "set -e; export DEBIAN_FRONTEND=noninteractive
        command -v iptables >/dev/null && command -v nft >/dev/null && command -v python3 >/dev/null \
            || { apt-get -qq update && apt-get -qqy install iptables nftables python3-minimal; } >/dev/null 2>&1
        systemd-run --quiet --unit store python3 -m http.server --bind 127.0.0.1 6379
        until ss -Hltn sport = :6379 | grep -q .; do sleep 0.1; done
        iptables -N DOCKER; iptables -A FORWARD -o docker0 -j DOCKER; iptables -A INPUT -i lo -j ACCEPT
        nft 'add table inet mine; add chain inet mine c { type filter hook input priority 5; }; add rule inet mine c tcp dport 9 drop'";
    rehearsal.on("one", prepare).ok();
    rehearsal
}

/// The network in the words of programs that know nothing of piton.
fn told(rehearsal: &Rehearsal) -> String {
    let look = "ip -o link | sed -E 's/^[0-9]+: //'; ip -o addr | sed -E 's/^[0-9]+: //; s/ +valid_lft.*//' | sort
        ip route show table all | sed -E 's/ expires [0-9]+sec//' | sort; ip -6 route | sed -E 's/ expires [0-9]+sec//' | sort
        ip rule; ip -6 rule; ip neigh show nud permanent; nft -s list table inet mine
        iptables-save | grep -v '^#' | sed 's/ \\[.*//'; ip6tables-save | grep -v '^#' | sed 's/ \\[.*//' | grep -E '^-A|DROP'
        systemctl is-active ssh systemd-networkd; systemctl is-enabled ssh; find /etc/ssh -type f -exec sha256sum {} + | sort
        cat /etc/resolv.conf; find /etc/systemd/network /run/systemd/network /etc/hosts /etc/resolv.conf -type f -exec sha256sum {} + 2>/dev/null | sort; sysctl net.ipv4.ip_forward";
    rehearsal.on("one", look).ok()
}

/// A new connection, as an operator makes it.
fn ssh(rehearsal: &Rehearsal, line: &str) -> Said {
    rehearsal.piton(&["lab", "ssh", "one", line])
}

/// Runs a command under the guard, from the console: what it does to ssh does not reach the test.
fn guarded(rehearsal: &Rehearsal, options: &str, line: &str) -> Said {
    rehearsal.on("one", &format!("piton net guard {options} -- sh -c \"{line}\""))
}

/// Whatever runs has ended, whoever ended it.
#[track_caller]
fn is_as_it_was(rehearsal: &Rehearsal, before: &str, what: &str) {
    assert_eq!(told(rehearsal), before, "{what}");
    ssh(rehearsal, "true").ok();
}

/// What a command does, and who could have confirmed it.
const BREAKING: &[(&str, &str, &str)] = &[
    ("default route", "probe", "ip route del default"),
    ("loopback drop", "probe", "iptables -I INPUT -i lo -p tcp --dport 6379 -j DROP"),
    ("drop established", "probe", "iptables -I INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j DROP"),
    ("drop all", "ssh", "iptables -I INPUT -j DROP"),
    ("policy drop and flush", "ssh", "iptables -P INPUT DROP; iptables -F; iptables -X"),
    (
        "native drop",
        "ssh",
        "nft 'add table inet evil; add chain inet evil c { type filter hook input priority -10; policy drop; }'",
    ),
    ("ruleset flush", "ssh", "nft flush ruleset"),
    ("addresses", "ssh", "ip addr flush dev host0"),
    ("link down", "ssh", "ip link set host0 down"),
    ("rule", "ssh", "ip rule add pref 1 blackhole"),
    ("ssh stopped", "ssh", "systemctl stop ssh"),
    ("ssh masked", "ssh", "systemctl mask --now ssh"),
    ("ssh elsewhere", "ssh", "echo Port 2222 > /etc/ssh/sshd_config.d/00-new.conf; systemctl restart ssh"),
    ("networkd stopped", "ssh", "systemctl stop systemd-networkd systemd-networkd.socket"),
    ("cut off by what goes on", "probe", "setsid -f sh -c 'sleep 2; ip route del default; sleep 600' >/dev/null 2>&1"),
    (
        "subnet overlap",
        "ssh",
        "ip link add lab0 type bridge; ip addr add $(ip -4 -o addr show host0 | awk '{print $4}' | cut -d/ -f1 | sed 's/[0-9]*$/1/')/25 dev lab0; ip link set lab0 up",
    ),
    (
        "gateway elsewhere",
        "ssh",
        "ip neigh replace $(ip route | awk '/^default/{print $3}') lladdr 02:00:00:00:00:66 nud permanent dev host0",
    ),
    (
        "resolver and sysctl",
        "ssh",
        "rm /etc/resolv.conf; echo nameserver 192.0.2.1 > /etc/resolv.conf; sysctl -qw net.ipv4.ip_forward=1; echo '[Match]' > /etc/systemd/network/00-new.network",
    ),
    ("own folder gone", "ssh", "rm -rf /var/lib/piton; ip link set host0 down"),
    ("command that fails", "probe", "ip route add 198.51.100.0/24 dev lo; exit 9"),
    ("command that is killed", "ssh", "ip route add 198.51.100.0/24 dev lo; kill -9 \\$\\$"),
];

#[test]
fn whatever_a_command_breaks_comes_back_and_what_is_confirmed_stays() {
    if skipped() {
        return;
    }
    let rehearsal = host("net-guard");
    let before = told(&rehearsal);
    for (what, who, line) in BREAKING {
        let said = guarded(&rehearsal, &format!("--confirm-by {who} --timeout 5s --outside 127.0.0.1:6379"), line);
        assert_eq!(said.code, 5, "{what}: {}{}", said.out, said.err);
        assert!(said.err.contains("was put back"), "{what}: {}", said.err);
        is_as_it_was(&rehearsal, &before, what);
    }
    // A command that cannot even say goodbye: it is ended with all that it started.
    let said = guarded(
        &rehearsal,
        "--limit 5s --timeout 5s --outside 127.0.0.1:6379",
        "ip route del default; setsid sleep 1000 & sleep 1000",
    );
    assert_eq!(said.code, 5, "{}{}", said.out, said.err);
    is_as_it_was(&rehearsal, &before, "hanging command");
    rehearsal.on("one", "pgrep -x sleep").with_code(1);

    // One that takes along what the guard would read, and whoever would say so.
    let took_all = "rm -rf /var/lib/piton; ip link set host0 down; kill -9 \\$PPID";
    let killed = guarded(&rehearsal, "--timeout 5s --outside 127.0.0.1:6379", took_all);
    assert!(killed.code > 128 || killed.code < 0, "{}{}", killed.out, killed.err);
    rehearsal.on("one", "timeout 60 sh -c 'while systemctl -q is-active piton-guard; do sleep 0.1; done'").ok();
    is_as_it_was(&rehearsal, &before, "own folder gone and nobody to say so");

    // The probes hold, so it stays, and its output and its code are the command's.
    let said = guarded(
        &rehearsal,
        "--confirm-by probe --outside 127.0.0.1:6379",
        "echo made; ip route add 198.51.100.0/24 dev lo",
    );
    assert_eq!((said.code, said.out.as_str()), (0, "made\n"), "{}", said.err);
    assert!(rehearsal.on("one", "ip route").ok().contains("198.51.100.0/24"));
    rehearsal.on("one", "ip route del 198.51.100.0/24").ok();

    // Only a new ssh session may say so.
    let mut waiting = waits(&rehearsal, "ip route add 198.51.100.0/24 dev lo; exit 3");
    let refused = rehearsal.on("one", "piton net confirm");
    assert!(refused.code == 1 && refused.err.contains("no ssh session"), "{}", refused.err);
    assert!(ssh(&rehearsal, "piton net confirm").ok().contains("stays"));
    assert_eq!(waiting.wait().unwrap().code(), Some(3));
    assert!(rehearsal.on("one", "ip route").ok().contains("198.51.100.0/24"));
    assert_eq!(ssh(&rehearsal, "piton net confirm").code, 1, "nothing waits any more");
    rehearsal.on("one", "ip route del 198.51.100.0/24").ok();
    is_as_it_was(&rehearsal, &before, "after what was kept");

    // A key, pressed once it is asked for; and nobody who presses one.
    let at_terminal = |keys: &str| {
        let line = "piton net guard --confirm-by key --timeout 5s --outside 127.0.0.1:6379 -- sh -c 'ip route add 198.51.100.0/24 dev lo; exit 4'";
        let waits =
            "rm -f /run/typed; touch /run/typed; (until grep -q 'press any key' /run/typed; do sleep 0.1; done;";
        rehearsal.on("one", &format!("{waits} {keys}; sleep 8) | script -qfec \"{line}\" /run/typed"))
    };
    assert_eq!(at_terminal("printf x").code, 4);
    assert!(rehearsal.on("one", "ip route").ok().contains("198.51.100.0/24"));
    rehearsal.on("one", "ip route del 198.51.100.0/24").ok();
    assert_eq!(at_terminal("true").code, 5);
    is_as_it_was(&rehearsal, &before, "no key");

    // Saved by name, damaged, and put back by hand.
    rehearsal
        .on(
            "one",
            "piton net save good && ! piton net save good && piton net save --replace good && piton net diff good",
        )
        .ok();
    rehearsal.on("one", "ip route del default; iptables -F INPUT; nft delete table inet mine").ok();
    let said = rehearsal.on("one", "piton net diff good").with_code(1);
    assert!(said.contains("- route: default via") && said.contains("nft inet mine"), "{said}");
    rehearsal.on("one", "piton net restore good --yes").ok();
    is_as_it_was(&rehearsal, &before, "restored by name");
}

/// A guarded command that has ended and waits to be confirmed.
fn waits(rehearsal: &Rehearsal, line: &str) -> Child {
    let line = format!("piton net guard --timeout 10m --outside 127.0.0.1:6379 -- sh -c \"{line}\"");
    until_it_waits(rehearsal.command(&["lab", "exec", "one", "--", "sh", "-c", &line]))
}

fn until_it_waits(mut command: std::process::Command) -> Child {
    let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut heard = Vec::new();
    for line in lines.by_ref().map_while(Result::ok) {
        let waits = line.contains("net confirm");
        heard.push(line);
        if waits {
            // Read on, so that it can say more.
            std::thread::spawn(move || lines.for_each(drop));
            return child;
        }
    }
    child.wait().unwrap();
    panic!("it never waited:\n{}", heard.join("\n"));
}

#[test]
fn a_guard_that_dies_with_its_process_its_session_or_its_machine_puts_the_network_back() {
    if skipped() {
        return;
    }
    let rehearsal = host("net-guard-dies");
    // The first change brings the guard's units, and is over.
    guarded(&rehearsal, "--confirm-by probe --outside 127.0.0.1:6379", "true").ok();
    let before = told(&rehearsal);

    let mut waiting = waits(&rehearsal, "ip route del default; iptables -I INPUT -j DROP");
    rehearsal.on("one", "pkill -KILL -f 'net guar[d]'").ok();
    waiting.wait().unwrap();
    rehearsal.until_closed("one");
    is_as_it_was(&rehearsal, &before, "killed while it waited");

    let line = "piton net guard --outside 127.0.0.1:6379 -- sh -c 'ip route del default; iptables -I INPUT -j DROP; touch /run/there; sleep 1000'";
    let mut running =
        rehearsal.command(&["lab", "exec", "one", "--", "sh", "-c", line]).stderr(Stdio::null()).spawn().unwrap();
    rehearsal.on("one", "until test -e /run/there; do sleep 0.1; done; pkill -KILL -f 'net guar[d]'").ok();
    running.wait().unwrap();
    rehearsal.until_closed("one");
    is_as_it_was(&rehearsal, &before, "killed while the command ran");
    rehearsal.on("one", "pgrep -x sleep").with_code(1);

    // Started over ssh, and the connection it was started over is cut by what it does.
    let line = "piton net guard --timeout 5s --outside 127.0.0.1:6379 -- ip link set host0 down";
    let mut lost = rehearsal.command(&["lab", "ssh", "one", line]).stderr(Stdio::null()).spawn().unwrap();
    rehearsal
        .on(
            "one",
            "until test -e /var/lib/piton/guard/armed.json; do sleep 0.1; done; while test -e /var/lib/piton/guard/armed.json && ip -o link show host0 | grep -q 'state UP'; do sleep 0.1; done",
        )
        .ok();
    lost.kill().unwrap();
    lost.wait().unwrap();
    rehearsal.until_closed("one");
    is_as_it_was(&rehearsal, &before, "its own session cut");

    // What runs is gone with the power; what comes back is made from the files as they were.
    let booted = told_after_boot(&rehearsal);
    for (how, cut) in [("power cut", "crash"), ("reboot", "reboot")] {
        let line = "cd /etc/systemd/network; for file in *; do sed -i 's/^Gateway=/#/' $file; done; echo '[Match]' > 00-new.network; networkctl reload; ip route del default";
        let mut waiting = waits(&rehearsal, line);
        // What leads from here into the host would keep it from going down: it stops with what it started.
        waiting.kill().unwrap();
        waiting.wait().unwrap();
        rehearsal.piton(&["lab", cut, "one"]).ok();
        rehearsal.on("one", "systemctl is-system-running --wait");
        rehearsal.until_closed("one");
        assert_eq!(booted_words(&rehearsal), booted, "{how}");
        ssh(&rehearsal, "true").ok();
    }
    let history =
        rehearsal.on("one", "ls /var/lib/piton/journal | tail -1 | xargs -I{} cat /var/lib/piton/journal/{}/log").ok();
    assert!(history.contains("\"outcome\":\"undone\""), "{history}");
}

/// What a boot makes of the network by itself.
fn told_after_boot(rehearsal: &Rehearsal) -> String {
    rehearsal.piton(&["lab", "reboot", "one"]).ok();
    rehearsal.on("one", "systemctl is-system-running --wait");
    booted_words(rehearsal)
}

fn booted_words(rehearsal: &Rehearsal) -> String {
    let look = "ip -4 -o addr | sed -E 's/^[0-9]+: //; s/ +valid_lft.*//' | sort; ip -4 route | sort; ip rule; cat /etc/resolv.conf
        find /etc/systemd/network -type f -exec sha256sum {} + | sort";
    rehearsal.on("one", look).ok()
}
