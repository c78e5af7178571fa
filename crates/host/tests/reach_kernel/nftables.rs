//! Random rule sets of nftables, as `nft -f` reads them.

use crate::dice::Dice;
use crate::probe::BEYOND;

const OWN: [&str; 3] = ["first", "second", "third"];

pub(crate) fn rules(dice: &mut Dice) -> String {
    let mut text = table(dice, "inet", "fence");
    if dice.percent(30) {
        let family = dice.pick(&["ip", "ip6", "inet"]);
        text.push_str(&table(dice, family, "second_fence"));
    }
    if dice.percent(50) {
        text.push_str(&nat(dice, "ip"));
    }
    if dice.percent(30) {
        text.push_str(&nat(dice, "ip6"));
    }
    text
}

/// Where the rules of a chain stand, which decides what they may say.
#[derive(Clone, Copy, PartialEq)]
enum At {
    Hook(&'static str),
    Own(usize),
}

fn table(dice: &mut Dice, family: &str, name: &str) -> String {
    let mut text = format!("table {family} {name} {{\n");
    text.push_str("  set ports { type inet_service; flags interval; elements = { 22, 8000-8100 } }\n");
    if family != "ip6" {
        text.push_str("  set friends { type ipv4_addr; flags interval; elements = { 10.80.0.0/28, 198.51.100.7 } }\n");
        text.push_str(
            "  set pairs { type ipv4_addr . inet_service; elements = { 10.80.0.2 . 22, 198.51.100.7 . 443 } }\n",
        );
    }
    if family != "ip" {
        text.push_str("  set friends6 { type ipv6_addr; flags interval; elements = { fd80::/64 } }\n");
    }
    for place in (0..OWN.len()).rev() {
        text.push_str(&format!("  chain {} {{\n", OWN[place]));
        for _ in 0..dice.below(4) {
            text.push_str(&rule(dice, family, At::Own(place)));
        }
        text.push_str("  }\n");
    }
    let hooks: &[(&str, usize)] =
        &[("input", 90), ("forward", 70), ("output", 35), ("prerouting", 20), ("postrouting", 10)];
    for (hook, share) in hooks {
        if !dice.percent(*share) {
            continue;
        }
        let priority = match *hook {
            "prerouting" => dice.pick(&["-300", "-150", "-50"]),
            _ => dice.pick(&["0", "0", "-10", "10"]),
        };
        let drops = matches!(*hook, "input" | "forward") && dice.percent(45);
        let policy = if drops { "drop" } else { "accept" };
        text.push_str(&format!(
            "  chain at_{hook} {{\n    type filter hook {hook} priority {priority}; policy {policy};\n"
        ));
        if dice.percent(85) && *hook != "prerouting" {
            text.push_str("    ct state established,related accept\n");
        }
        if *hook == "input" && dice.percent(60) {
            text.push_str("    iifname \"lo\" accept\n");
        }
        for _ in 0..dice.below(7) {
            text.push_str(&rule(dice, family, At::Hook(hook)));
        }
        text.push_str("  }\n");
    }
    text + "}\n"
}

fn nat(dice: &mut Dice, family: &str) -> String {
    let (container, bracketed) =
        if family == "ip" { ("172.29.0.2", "172.29.0.2".to_owned()) } else { ("fd29::2", "[fd29::2]".to_owned()) };
    let mut text = format!(
        "table {family} moves {{\n  chain pre {{\n    type nat hook prerouting priority {}; policy accept;\n",
        dice.pick(&["-100", "-90"])
    );
    for _ in 0..1 + dice.below(3) {
        let port = dice.pick(&[80, 443, 8080, 7, 9100]);
        match dice.below(4) {
            0 => text.push_str(&format!("    tcp dport {port} redirect to :{}\n", dice.pick(&[22, 80]))),
            1 => text.push_str(&format!("    iifname != \"br0\" tcp dport {port} dnat to {container}\n")),
            _ => text.push_str(&format!(
                "    fib daddr type local tcp dport {port} dnat to {bracketed}:{}\n",
                dice.pick(&BEYOND)
            )),
        }
    }
    text.push_str("  }\n");
    if dice.percent(40) {
        text.push_str("  chain post {\n    type nat hook postrouting priority 100; policy accept;\n    oifname \"h0\" masquerade\n  }\n");
    }
    text + "}\n"
}

fn rule(dice: &mut Dice, family: &str, at: At) -> String {
    if dice.percent(8) {
        let key = dice.pick(&[
            "tcp dport vmap { 22 : accept, 80 : drop, 443 : continue }",
            "iifname vmap { \"lo\" : accept, \"br0\" : drop }",
        ]);
        let outgoing = matches!(at, At::Hook("output" | "postrouting"));
        if !(outgoing && key.starts_with("iifname")) {
            return format!("    {key}\n");
        }
    }
    let mut words = String::new();
    let not = |dice: &mut Dice| if dice.percent(15) { "!= " } else { "" };
    if dice.percent(30) {
        let v6 = family == "ip6" || family == "inet" && dice.percent(35);
        let (ip, choices): (&str, &[&str]) = match v6 {
            true => ("ip6", &["fd80::/64", "@friends6", "{ fd80::2, 2001:db8:7::7 }"]),
            false => ("ip", &["10.80.0.0/24", "@friends", "{ 10.80.0.2, 172.29.0.0/24 }", "10.80.0.1-10.80.0.5"]),
        };
        words.push_str(&format!("{ip} saddr {}{} ", not(dice), dice.pick(choices)));
    }
    let paired = words.is_empty() && dice.percent(8) && family != "ip6";
    if paired {
        words.push_str("ip saddr . tcp dport @pairs ");
    }
    let incoming = !matches!(at, At::Hook("output" | "postrouting"));
    if dice.percent(25) && incoming {
        words.push_str(&format!(
            "iifname {}{} ",
            not(dice),
            dice.pick(&["\"h0\"", "\"br0\"", "\"h*\"", "{ \"lo\", \"h0\" }"])
        ));
    }
    if dice.percent(15) && !matches!(at, At::Hook("input" | "prerouting")) {
        words.push_str(&format!("oifname {}{} ", not(dice), dice.pick(&["\"h0\"", "\"br0\""])));
    }
    // What says twice which protocol it is for is refused by nft.
    match if paired { 8 } else { dice.below(9) } {
        0..3 => words.push_str(&format!(
            "tcp dport {}{} ",
            not(dice),
            dice.pick(&["22", "80", "@ports", "{ 80, 443 }", "1-1023"])
        )),
        3 => words.push_str(&format!("udp dport {}{} ", not(dice), dice.pick(&["53", "{ 53, 51820 }"]))),
        4 => words.push_str(&format!("th dport {} ", dice.pick(&["22", "53", "{ 80, 53 }"]))),
        5 => words.push_str(&format!("meta l4proto {}{} ", not(dice), dice.pick(&["tcp", "udp", "{ tcp, udp }"]))),
        6 => words.push_str("tcp flags & (fin | syn | rst | ack) == syn "),
        7 => words.push_str(&format!("tcp dport {} 1024 ", dice.pick(&["<", ">=", ">"]))),
        _ => {}
    }
    if dice.percent(20) {
        words.push_str(&format!(
            "ct state {} ",
            dice.pick(&["new", "established", "invalid", "{ new, established }", "untracked", "!= established"])
        ));
    }
    match dice.below(30) {
        0 => words.push_str("meta mark 0x1 "),
        1 => words.push_str("meta mark & 0xff == 0x1 "),
        2 => words.push_str("fib daddr type local "),
        3 if family == "inet" && !words.contains("saddr") => words.push_str("meta nfproto ipv4 "),
        4 => words.push_str("ct direction original "),
        5 => words.push_str("limit rate 100000/second burst 10000 packets "),
        6 if dice.percent(15) => words.push_str("meta length > 20 "),
        _ => {}
    }
    let counter = if dice.percent(20) { "counter " } else { "" };
    let from = match at {
        At::Hook(_) => 0,
        At::Own(place) => place + 1,
    };
    let rejects = !matches!(at, At::Hook("prerouting" | "postrouting") | At::Own(_));
    let verdict = match dice.below(14) {
        0..5 => "accept".to_owned(),
        5..8 => "drop".into(),
        8 if rejects => "reject".into(),
        9 => "meta mark set 0x1".into(),
        10 => "return".into(),
        11..14 if from < OWN.len() => {
            let chain = OWN[from + dice.below(OWN.len() - from)];
            format!("{} {chain}", if dice.percent(75) { "jump" } else { "goto" })
        }
        _ => "continue".into(),
    };
    format!("    {words}{counter}{verdict}\n")
}
