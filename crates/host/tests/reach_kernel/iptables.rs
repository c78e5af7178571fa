//! Random rule sets of iptables, as `iptables-restore` reads them.
//!
//! Chains jump only forwards, so that there are no loops; a few tests are ones that the model does
//! not know, so that it is seen to say so.

use crate::dice::Dice;
use crate::probe::BEYOND;

const FILTER: [&str; 3] = ["INPUT", "FORWARD", "OUTPUT"];
const EVERYWHERE: [&str; 5] = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"];
const NAT: [&str; 4] = ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"];
const OWN: [&str; 3] = ["first", "second", "third"];

/// Empty tables with nothing but open doors.
pub(crate) fn nothing() -> String {
    let table = |name: &str, chains: &[&str]| {
        let chains: String = chains.iter().map(|chain| format!(":{chain} ACCEPT [0:0]\n")).collect();
        format!("*{name}\n{chains}COMMIT\n")
    };
    let raw = ["PREROUTING", "OUTPUT"];
    [table("filter", &FILTER), table("nat", &NAT), table("mangle", &EVERYWHERE), table("raw", &raw)].concat()
}

pub(crate) fn rules(dice: &mut Dice, v6: bool) -> String {
    let mut text = filter(dice, v6);
    text.push_str(&nat(dice, v6));
    text.push_str(&mangle(dice, v6));
    text.push_str(&raw(dice, v6));
    text
}

fn filter(dice: &mut Dice, v6: bool) -> String {
    let mut text = String::from("*filter\n");
    for chain in FILTER {
        let drops = dice.percent(if chain == "OUTPUT" { 10 } else { 45 });
        text.push_str(&format!(":{chain} {} [0:0]\n", if drops { "DROP" } else { "ACCEPT" }));
    }
    OWN.iter().for_each(|chain| text.push_str(&format!(":{chain} - [0:0]\n")));
    for chain in FILTER {
        if dice.percent(if chain == "OUTPUT" { 75 } else { 85 }) {
            text.push_str(&format!("-A {chain} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"));
        }
        if chain == "INPUT" && dice.percent(60) {
            text.push_str("-A INPUT -i lo -j ACCEPT\n");
        }
        let count = dice.below(if chain == "OUTPUT" { 4 } else { 8 });
        for _ in 0..count {
            let target = target(dice, v6, chain, OWN.len(), 0);
            text.push_str(&format!("-A {chain}{} {target}\n", tests(dice, v6, chain)));
        }
    }
    for (place, chain) in OWN.iter().enumerate() {
        for _ in 0..dice.below(4) {
            let target = target(dice, v6, chain, OWN.len(), place + 1);
            text.push_str(&format!("-A {chain}{} {target}\n", tests(dice, v6, chain)));
        }
    }
    text + "COMMIT\n"
}

fn nat(dice: &mut Dice, v6: bool) -> String {
    let mut text = String::from("*nat\n");
    NAT.iter().for_each(|chain| text.push_str(&format!(":{chain} ACCEPT [0:0]\n")));
    text.push_str(":published - [0:0]\n");
    if dice.percent(60) {
        text.push_str("-A PREROUTING -m addrtype --dst-type LOCAL -j published\n");
    }
    let container = if v6 { "fd29::2" } else { "172.29.0.2" };
    let mut sent_on = |dice: &mut Dice, chain: &str| {
        let port = dice.pick(&[80, 443, 8080, 7, 9100]);
        let to = dice.pick(&BEYOND);
        let to = if v6 { format!("[{container}]:{to}") } else { format!("{container}:{to}") };
        let input =
            if chain != "OUTPUT" && dice.percent(40) { dice.pick(&[" ! -i br0", " -i h0", " -i br0"]) } else { "" };
        match dice.percent(75) {
            true => text
                .push_str(&format!("-A {chain}{input} -p tcp -m tcp --dport {port} -j DNAT --to-destination {to}\n")),
            false => {
                let here = dice.pick(&[22, 80, 443]);
                text.push_str(&format!(
                    "-A {chain}{input} -p tcp -m tcp --dport {port} -j REDIRECT --to-ports {here}\n"
                ));
            }
        }
    };
    for chain in ["PREROUTING", "published", "published", "OUTPUT"] {
        if dice.percent(35) {
            sent_on(dice, chain);
        }
    }
    if dice.percent(40) {
        text.push_str("-A POSTROUTING -o h0 -j MASQUERADE\n");
    }
    if dice.percent(25) {
        text.push_str("-A POSTROUTING -o br0 -j MASQUERADE\n");
    }
    text + "COMMIT\n"
}

fn mangle(dice: &mut Dice, v6: bool) -> String {
    let mut text = String::from("*mangle\n");
    EVERYWHERE.iter().for_each(|chain| text.push_str(&format!(":{chain} ACCEPT [0:0]\n")));
    for chain in EVERYWHERE {
        if dice.percent(25) {
            let value = dice.pick(&["0x1/0xff", "0x10/0xffffffff", "0x2/0x2"]);
            let action = match dice.below(4) {
                0 => format!("-j CONNMARK --set-xmark {value}"),
                1 => "-j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff".into(),
                2 => "-j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff".into(),
                _ => format!("-j MARK --set-xmark {value}"),
            };
            text.push_str(&format!("-A {chain}{} {action}\n", tests(dice, v6, chain)));
        }
        if dice.percent(8) {
            text.push_str(&format!("-A {chain}{} -j DROP\n", tests(dice, v6, chain)));
        }
    }
    text + "COMMIT\n"
}

fn raw(dice: &mut Dice, v6: bool) -> String {
    let mut text = String::from("*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n");
    if dice.percent(10) {
        text.push_str(&format!("-A PREROUTING{} -j DROP\n", tests(dice, v6, "PREROUTING")));
    }
    if dice.percent(5) {
        text.push_str("-A PREROUTING -p udp -m udp --dport 53 -j CT --notrack\n");
        text.push_str("-A OUTPUT -p udp -m udp --sport 53 -j CT --notrack\n");
    }
    text + "COMMIT\n"
}

fn target(dice: &mut Dice, v6: bool, chain: &str, chains: usize, from: usize) -> String {
    let own = OWN.contains(&chain);
    match dice.below(14) {
        0..5 => "-j ACCEPT".into(),
        5..8 => "-j DROP".into(),
        8 => match v6 {
            true => dice
                .pick(&[
                    "-j REJECT --reject-with icmp6-port-unreachable",
                    "-j REJECT --reject-with icmp6-adm-prohibited",
                ])
                .into(),
            false => dice
                .pick(&[
                    "-j REJECT --reject-with icmp-port-unreachable",
                    "-j REJECT --reject-with icmp-host-prohibited",
                ])
                .into(),
        },
        9 => "-j LOG".into(),
        10 if own => "-j RETURN".into(),
        10..14 if from < chains => {
            let chain = OWN[from + dice.below(chains - from)];
            format!("{} {chain}", if dice.percent(75) { "-j" } else { "-g" })
        }
        _ => "-j RETURN".into(),
    }
}

fn tests(dice: &mut Dice, v6: bool, chain: &str) -> String {
    let mut words = String::new();
    let not = |dice: &mut Dice| if dice.percent(15) { " !" } else { "" };
    let (sources, destinations): (&[&str], &[&str]) = match v6 {
        true => (
            &["fd80::/64", "fd80::2/128", "2001:db8::/32", "fd29::/64", "::/0"],
            &["fd80::1/128", "fd29::/64", "fd80::/16"],
        ),
        false => (
            &["10.80.0.0/24", "10.80.0.2/32", "198.51.100.0/24", "172.16.0.0/12", "0.0.0.0/0"],
            &["10.80.0.1/32", "10.80.0.0/28", "172.29.0.0/24", "127.0.0.0/8"],
        ),
    };
    if dice.percent(30) {
        words.push_str(
            &format!("{} -s {}", not(dice), dice.pick(sources))
                .replace(" ! -s 0.0.0.0/0", "")
                .replace(" ! -s ::/0", ""),
        );
    }
    if dice.percent(20) {
        words.push_str(&format!("{} -d {}", not(dice), dice.pick(destinations)));
    }
    let interfaces = ["h0", "br0", "lo", "h+", "br0", "h0"];
    if dice.percent(25) && !matches!(chain, "OUTPUT" | "POSTROUTING") {
        words.push_str(&format!("{} -i {}", not(dice), dice.pick(&interfaces)));
    }
    if dice.percent(15) && !matches!(chain, "INPUT" | "PREROUTING") {
        words.push_str(&format!("{} -o {}", not(dice), dice.pick(&interfaces)));
    }
    let end = if dice.percent(85) { "d" } else { "s" };
    match dice.below(9) {
        0..3 => words.push_str(&format!(
            " -p tcp -m tcp{} --{end}port {}",
            not(dice),
            dice.pick(&["22", "80", "443", "8080", "1:1023", "9100"])
        )),
        3 => words.push_str(&format!(
            " -p tcp -m multiport{} --{end}ports {}",
            not(dice),
            dice.pick(&["22,80", "80,443,8000:8100", "7,9100"])
        )),
        4 => words.push_str(&format!(
            " -p udp -m udp{} --{end}port {}",
            not(dice),
            dice.pick(&["53", "51820", "1:1023"])
        )),
        5 => words.push_str(&format!("{} -p {}", not(dice), dice.pick(&["tcp", "udp"]))),
        6 => words.push_str(" -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN"),
        _ => {}
    }
    if dice.percent(20) {
        let states = dice.pick(&[
            "NEW",
            "ESTABLISHED",
            "INVALID",
            "NEW,ESTABLISHED",
            "RELATED,ESTABLISHED",
            "UNTRACKED",
            "DNAT",
        ]);
        words.push_str(&format!(" -m conntrack{} --ctstate {states}", not(dice)));
    }
    match dice.below(40) {
        0 => words.push_str(" -m mark --mark 0x1/0xff"),
        1 => words.push_str(" -m connmark --mark 0x1/0xff"),
        2 => words.push_str(" -m mark ! --mark 0x0/0xff"),
        3 | 4 => words.push_str(&format!(" -m addrtype{} --dst-type LOCAL", not(dice))),
        5 => words.push_str(" -m comment --comment \"a \\\"word\\\" -j DROP\""),
        6 if !v6 => words.push_str(&format!(" -m iprange{} --src-range 10.80.0.0-10.80.0.9", not(dice))),
        7 => words.push_str(" -m conntrack --ctdir ORIGINAL"),
        8 => words.push_str(" -m conntrack --ctorigdstport 80"),
        9 if dice.percent(15) => words.push_str(if v6 { " -m hl --hl-gt 1" } else { " -m ttl --ttl-gt 1" }),
        _ => {}
    }
    words
}
