//! Random networks, damaged at random and put back, in a network namespace that the test makes.
//!
//! Whether it is as it was is asked twice: by piton's own comparison, and by the texts of `ip`, `nft`
//! and `iptables-save`, which know nothing of piton. Needs root, as every change of a network does;
//! without it the test says that it was skipped. `PITON_TEST_CASES` makes it more than a sample.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "tests")]

use piton_host::network_state::watch::{Change, Event, Watcher};
use piton_host::network_state::{self, Came};
use piton_host::system::System;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use std::process::{Command, Stdio};

/// Set for the process that is in the namespace.
const INSIDE: &str = "PITON_TEST_NAMESPACE";

/// Runs the named test once more, in a network of its own, with a folder of piton's own.
fn inside(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: only root can make a network namespace");
        return false;
    }
    let line =
        "mkdir -p /var/lib/piton && mount -t tmpfs tmpfs /var/lib/piton && exec \"$0\" --exact \"$1\" --nocapture";
    let mut command = Command::new("unshare");
    command.args(["--net", "--mount", "sh", "-c", line]).arg(std::env::current_exe().unwrap()).arg(test);
    let status = command.env(INSIDE, "1").status().unwrap();
    assert!(status.success(), "{test} failed in its namespace");
    false
}

/// Runs lines of which some may fail: what comes of them is what counts.
fn run(lines: &[String]) {
    let script = lines.iter().map(|line| format!("{{ {line}; }} >/dev/null 2>&1\n")).collect::<String>();
    Command::new("sh").arg("-c").arg(format!("{script}true")).status().unwrap();
}

fn reset() {
    let lines = [
        "nft flush ruleset",
        "ip -o link | awk -F'[:@ ]+' '$2!=\"lo\"{print $2}' | xargs -rn1 ip link del",
        "ip rule flush; ip -6 rule flush",
        "ip rule add pref 32766 lookup main; ip rule add pref 32767 lookup default",
        "ip -6 rule add pref 32766 lookup main",
        "ip route flush table all proto boot; ip -6 route flush table all proto boot",
        "ip addr flush dev lo; ip link set lo down; ip link set lo up mtu 65536",
        "sysctl -w net.ipv4.ip_forward=0 net.ipv4.conf.all.rp_filter=0",
        "sysctl -w net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0",
        // Else the kernel makes addresses in its own time, in the middle of what is compared.
        "sysctl -w net.ipv6.conf.default.addr_gen_mode=1",
        // As a host has it: a link to the world, an address, a way out.
        "ip link add eth0 type veth peer name peer0; ip link set peer0 up; ip addr add 192.0.2.2/24 dev eth0; ip addr add 2001:db8::2/64 dev eth0",
        "ip link set eth0 up; ip route add default via 192.0.2.1; ip -6 route add default via 2001:db8::1",
    ];
    run(&lines.map(str::to_owned));
}

/// What the programs that everybody trusts say of the network, without what a link that has just
/// come up is still finding out about its carrier and its IPv6 neighbours.
fn told() -> String {
    let line = "ip -o link | sed -E 's/^[0-9]+: //; s/@if[0-9]+//; s/NO-CARRIER,//; s/,LOWER_UP//; s/ state [A-Z]+//' | sort
        ip -o addr | sed -E 's/^[0-9]+: //; s/ +valid_lft.*//; s/ tentative//' | sort
        ip -4 route show table all | sed 's/ linkdown//' | sort; ip -6 route show table all | grep -v 'table local' | sed 's/ linkdown//' | sort
        ip rule; ip -6 rule; ip neigh show nud permanent | sort; ip nexthop
        nft -s list tables | grep -vE ' ip6? (filter|nat|mangle|raw)$' | sort
        for table in 'inet mine' 'ip other'; do nft -s list table $table 2>/dev/null; done
        for save in iptables-save ip6tables-save; do $save | grep -v '^#' | sed 's/ \\[.*//' \
            | awk '/^\\*/{t=$0} /^:/{print t,$0} /^-A/{print t,$2,NR-NR,$0}' | grep -vE ':(INPUT|FORWARD|OUTPUT|PREROUTING|POSTROUTING) ACCEPT' | sort -s -k1,2; done
        sysctl net.ipv4.ip_forward net.ipv4.conf.all.rp_filter net.ipv4.conf.eth0.rp_filter";
    let output = Command::new("sh").arg("-c").arg(line).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn link() -> impl Strategy<Value = &'static str> {
    select(vec!["eth0", "one", "two", "br0", "eth0.7", "lo"])
}

fn four() -> impl Strategy<Value = String> {
    (1u8..4, 0u8..3, 1u8..6).prop_map(|(a, b, c)| format!("10.{a}.{b}.{c}"))
}

fn six() -> impl Strategy<Value = String> {
    (1u8..4, 1u8..6).prop_map(|(a, b)| format!("2001:db8:{a}::{b}"))
}

fn target() -> impl Strategy<Value = &'static str> {
    select(vec!["ACCEPT", "DROP", "REJECT", "mine", "LOG --log-prefix 'a b '"])
}

/// One line that makes something of a network.
fn making() -> BoxedStrategy<String> {
    let table = || select(vec!["main", "100", "200", "4000"]);
    let metric = || select(vec!["", " metric 5", " metric 50"]);
    prop_oneof![
        2 => select(vec![
            "ip link add one type dummy || ip link add one type bridge; ip link set one up",
            "ip link add two type dummy || ip link add two type bridge; ip link set two up mtu 1400",
            "ip link add br0 type bridge stp_state 1; ip link set br0 up; ip link set one master br0; ip link set peer0 master br0",
            "ip link add eth0.7 link eth0 type vlan id 7; ip link set eth0.7 up",
            "ip link set two down", "ip link set one address 02:00:00:00:00:07", "ip link set eth0 mtu 1280",
            "sysctl -w net.ipv4.ip_forward=1", "sysctl -w net.ipv4.conf.eth0.rp_filter=2",
            "ip nexthop add id 7 via 192.0.2.9 dev eth0; ip route add 198.51.100.0/24 nhid 7",
            "ip route add 203.0.113.0/24 nexthop via 192.0.2.3 weight 2 nexthop via 192.0.2.4 weight 5",
            "ip -6 route add 2001:db8:99::/48 nexthop via 2001:db8::3 nexthop via 2001:db8::4",
        ]).prop_map(str::to_owned),
        3 => (four(), 24u8..33, link(), select(vec!["", " label L", " scope link"])).prop_map(|(ip, length, link, more)| {
            format!("ip addr add {ip}/{length} dev {link}{}", more.replace('L', &format!("{link}:x")))
        }),
        2 => (six(), link()).prop_map(|(ip, link)| format!("ip addr add {ip}/64 dev {link}")),
        3 => (four(), 24u8..33, table(), metric(), select(vec!["via 192.0.2.7", "dev eth0", "dev one", "dev two", "via 192.0.2.8 src 192.0.2.2 mtu 1300"]))
            .prop_map(|(ip, length, table, metric, way)| format!("ip route add {ip}/{length} {way} table {table}{metric}")),
        1 => (four(), table(), select(vec!["blackhole", "unreachable", "prohibit", "throw"]))
            .prop_map(|(ip, table, kind)| format!("ip route add {kind} {ip}/32 table {table}")),
        2 => (six(), table(), metric(), select(vec!["via 2001:db8::7", "dev eth0", "dev one"]))
            .prop_map(|(ip, table, metric, way)| format!("ip -6 route add {ip}/128 {way} table {table}{metric}")),
        2 => (1u32..300, four(), table(), select(vec!["from @", "to @/32", "fwmark 0x7/0xff", "iif eth0", "not from @", "ipproto tcp dport 80-90"]), any::<bool>())
            .prop_map(|(pref, ip, table, what, six)| {
                let (six, what) = if six { ("-6 ", what.replace('@', "2001:db8:9::9").replace("/32", "/128")) } else { ("", what.replace('@', &ip)) };
                format!("ip {six}rule add pref {pref} {what} lookup {table} suppress_prefixlength 0")
            }),
        1 => (four(), link()).prop_map(|(ip, link)| format!("ip neigh replace {ip} lladdr 02:00:00:00:00:09 nud permanent dev {link}")),
        4 => (select(vec!["iptables", "ip6tables"]), select(vec!["INPUT", "FORWARD", "OUTPUT", "mine", "DOCKER"]), target(), select(vec![
                "-p tcp --dport 22", "-i lo", "-m conntrack --ctstate ESTABLISHED,RELATED", "-p udp -m multiport --dports 53,67:68",
                "-m comment --comment 'one two'", "-p tcp -m tcp --tcp-flags SYN,RST SYN", "-m limit --limit 3/min", "-m mark --mark 0x1/0x3",
            ]))
            .prop_map(|(program, chain, target, what)| format!("{program} -N mine; {program} -N DOCKER; {program} -A {chain} {what} -j {target}")),
        1 => (select(vec!["iptables", "ip6tables"]), select(vec!["INPUT", "FORWARD"]), select(vec!["DROP", "ACCEPT"]))
            .prop_map(|(program, chain, policy)| format!("{program} -P {chain} {policy}")),
        1 => select(vec![
            "iptables -t nat -A POSTROUTING -s 10.0.0.0/8 -j MASQUERADE",
            "iptables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 10.1.1.1:8080",
            "iptables -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu",
            "iptables -t raw -A PREROUTING -i eth0 -j NOTRACK",
        ]).prop_map(str::to_owned),
        3 => (0u16..4, select(vec!["tcp dport 22 accept", "ct state established,related accept", "ip saddr @s drop", "tcp dport { 80, 443 } counter accept",
                "iifname \"lo\" accept", "tcp dport vmap { 22 : accept, 23 : drop }", "limit rate 5/second accept", "ip daddr 10.0.0.0/8 log prefix \"x y\" drop"]))
            .prop_map(|(element, rule)| format!(
                "nft 'add table inet mine; add set inet mine s {{ type ipv4_addr; flags interval; }}; add chain inet mine c {{ type filter hook input priority 5; policy accept; }}; \
                 add element inet mine s {{ 10.9.{element}.0/24 }}; add rule inet mine c {rule}'"
            )),
        1 => Just("nft 'add table ip other; add chain ip other nat { type nat hook postrouting priority 100; }; add rule ip other nat masquerade'".to_owned()),
    ]
    .boxed()
}

/// One line that takes something away, or puts something in the way.
fn damage() -> BoxedStrategy<String> {
    prop_oneof![
        6 => select(vec![
            "ip route del default", "ip route replace default via 192.0.2.66", "ip route flush table main", "ip route flush table 100",
            "ip -6 route flush table main", "ip addr flush dev eth0", "ip addr del 192.0.2.2/24 dev eth0", "ip link set eth0 down",
            "ip link set eth0 down; ip link set eth0 up", "ip link del one", "ip link del br0", "ip link del eth0.7", "ip link set two up",
            "ip link add new0 type bridge; ip addr add 192.0.2.1/25 dev new0; ip link set new0 up", "ip link set eth0 down; ip link set eth0 name lan0; ip link set lan0 up",
            "ip link set eth0 mtu 600", "ip link set one nomaster", "ip route flush table local", "ip rule flush", "ip rule del pref 32766", "ip -6 rule flush",
            "ip rule add pref 1 from all blackhole", "ip neigh replace 192.0.2.1 lladdr 02:00:00:00:00:66 nud permanent dev eth0", "ip neigh flush nud permanent dev eth0",
            "iptables -F", "iptables -F; iptables -X", "iptables -P INPUT DROP", "iptables -I INPUT -j DROP", "iptables -P OUTPUT DROP; iptables -F OUTPUT", "iptables -t nat -F",
            "ip6tables -F", "ip6tables -P INPUT DROP", "iptables -D INPUT 1", "nft flush ruleset", "nft delete table inet mine", "nft flush chain inet mine c",
            "nft 'add table inet evil; add chain inet evil c { type filter hook input priority -300; policy drop; }'", "nft delete element inet mine s '{ 10.9.1.0/24 }'",
            "nft delete table ip other", "sysctl -w net.ipv4.ip_forward=1", "sysctl -w net.ipv4.ip_forward=0", "sysctl -w net.ipv6.conf.all.disable_ipv6=1",
            "sysctl -w net.ipv4.conf.eth0.rp_filter=1", "ip nexthop flush", "ip link set lo down", "ip addr flush dev lo",
        ]).prop_map(str::to_owned),
        // What Docker adds while a change is open stays; that is shown elsewhere. And the address of a
        // bridge, which `one` is where the kernel has no dummy, is not looked at: it follows its ports.
        2 => making().prop_filter("an address of a bridge", |line| !line.contains("one address")).prop_map(|line| line.replace("DOCKER", "theirs")),
    ]
    .boxed()
}

#[test]
fn any_network_that_is_damaged_in_any_way_comes_back_as_it_was() {
    if !inside("any_network_that_is_damaged_in_any_way_comes_back_as_it_was") {
        return;
    }
    let cases = std::env::var("PITON_TEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(24);
    let system = System::host();
    let damaged = std::cell::Cell::new(0usize);
    let strategy = (proptest::collection::vec(making(), 0..14), proptest::collection::vec(damage(), 1..6));
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 60, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let ran = runner.run(&strategy, |(makings, damages)| {
        reset();
        run(&makings);
        let before = network_state::read_live(&system).unwrap();
        let words = told();
        // As the journal has it.
        let json = serde_json::to_string(&before).unwrap();
        let before: network_state::Live = serde_json::from_str(&json).unwrap();
        run(&damages);
        let found =
            network_state::differences(&system, &before, &network_state::read_live(&system).unwrap(), Came::Goes);
        damaged.set(damaged.get() + usize::from(!found.is_empty()));
        prop_assert_eq!(found.is_empty(), words == told(), "piton sees what the programs see: {:?}", found);
        let restored = network_state::restore_live(&system, &before, Came::Goes);
        prop_assert!(restored.is_ok(), "{}", restored.unwrap_err());
        prop_assert_eq!(told(), words);
        Ok(())
    });
    eprintln!("{} of the networks were damaged", damaged.get());
    ran.unwrap();
    assert!(damaged.get() > 0, "the damage does something");
}

#[test]
fn every_change_is_told_as_it_happens_with_who_made_it() {
    if !inside("every_change_is_told_as_it_happens_with_who_made_it") {
        return;
    }
    use std::io::Write;
    reset();
    let mut watcher = Watcher::begin(&System::host()).unwrap();
    // One that lives on can be named also where the kernel does not tell which programs start.
    let mut ip = Command::new("ip").args(["-batch", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    let batch = "addr add 10.1.1.1/24 dev eth0\nroute add 10.2.0.0/16 via 192.0.2.9\nroute del default\n\
                 rule add pref 9 from 10.1.0.0/16 lookup 100\nlink set eth0 mtu 1400\n";
    ip.stdin.as_mut().unwrap().write_all(batch.as_bytes()).unwrap();
    let wanted = [
        (Change::Added, "address", "10.1.1.1/24 dev eth0"),
        (Change::Added, "route", "10.2.0.0/16 via 192.0.2.9 dev eth0"),
        (Change::Removed, "route", "default via 192.0.2.1 dev eth0"),
        (Change::Added, "rule", "9: from 10.1.0.0/16 lookup 100"),
        (Change::Changed, "link", "eth0 veth up mtu 1400"),
    ];
    let mut events: Vec<Event> = Vec::new();
    let told = |events: &[Event], (change, what, words): (Change, &str, &str)| {
        events.iter().find(|it| it.change == change && it.what == what && it.words.starts_with(words)).cloned()
    };
    while !wanted.iter().all(|wanted| told(&events, *wanted).is_some()) {
        events.extend(watcher.hear().unwrap());
    }
    for wanted in wanted.iter().filter(|(_, what, _)| *what != "link") {
        let by = told(&events, *wanted).unwrap().by;
        assert_eq!(by.map(|by| (by.pid, by.name)), Some((ip.id(), "ip".to_owned())), "{wanted:?}");
    }
    drop(ip.stdin.take());
    ip.wait().unwrap();
    let rules = "iptables -A INPUT -p tcp --dport 9 -j DROP; nft add table inet mine";
    assert!(Command::new("sh").args(["-c", rules]).status().unwrap().success());
    let wanted = [(Change::Added, "filter", "rule in ip filter INPUT"), (Change::Added, "filter", "table inet mine")];
    while !wanted.iter().all(|wanted| told(&events, *wanted).is_some()) {
        events.extend(watcher.hear().unwrap());
    }
    let names = wanted.map(|wanted| told(&events, wanted).unwrap().by.unwrap().name);
    assert_eq!(names, ["iptables", "nft"]);
}

#[test]
fn the_card_that_a_container_hangs_on_is_named_when_it_is_gone_and_a_container_s_end_is_not() {
    if !inside("the_card_that_a_container_hangs_on_is_named_when_it_is_gone_and_a_container_s_end_is_not") {
        return;
    }
    reset();
    let mut elsewhere = Command::new("unshare").args(["--net", "sleep", "600"]).spawn().unwrap();
    let process = elsewhere.id();
    run(&[
        format!(
            "until [ \"$(readlink /proc/{process}/ns/net)\" != \"$(readlink /proc/$$/ns/net)\" ]; do sleep 0.05; done"
        ),
        format!("ip link set peer0 netns {process}"),
        format!("ip link add theirs type veth peer name inner netns {process}; ip link set theirs up"),
        "ip addr add 198.51.100.1/24 dev theirs".into(),
    ]);
    let system = System::host();
    let before = network_state::read_live(&system).unwrap();
    let apart: Vec<&str> = before.links.iter().filter(|link| link.elsewhere).map(|link| link.name.as_str()).collect();
    assert_eq!(apart, ["eth0", "theirs"]);
    run(&["ip link del eth0; ip link del theirs".into()]);
    let now = network_state::read_live(&system).unwrap();
    for came in [Came::Goes, Came::Stays] {
        let found = network_state::differences(&system, &before, &now, came);
        let words: Vec<String> = found.iter().map(network_state::Difference::words).collect();
        assert!(words.iter().any(|line| line.starts_with("link: gone: eth0 ")), "{words:#?}");
        assert!(words.iter().any(|line| line.starts_with("route: gone: default via 192.0.2.1")), "{words:#?}");
        assert!(!words.iter().any(|line| line.contains("theirs")), "{words:#?}");
    }
    elsewhere.kill().unwrap();
    elsewhere.wait().unwrap();
}
