//! `9100/tcp from mesh`: the shorthand of filter rules, taken apart.
//!
//! Who `mesh` or a host's name is, is not known here: `resolve/filter.rs` looks them up.

use crate::kind::Fault;
use crate::{RuleAction, Transport};
use ipnet::IpNet;
use std::net::IpAddr;

/// A rule as written, its source not looked up yet.
#[derive(Debug, PartialEq)]
pub(crate) struct Draft {
    pub(crate) action: Option<RuleAction>,
    pub(crate) protocol: Option<Transport>,
    pub(crate) ports: Option<(u16, u16)>,
    pub(crate) from: Option<Source>,
    pub(crate) interface: Option<String>,
}

#[derive(Debug, PartialEq)]
pub(crate) enum Source {
    Mesh,
    Net(IpNet),
    Host(String),
}

const SHAPE: &str = "write PORT[/tcp|/udp] or `any`, then optionally `from` an address, a range, `mesh` or a host, \
                     then optionally `on` an interface";

fn fault(what: impl Into<String>, under: impl Into<String>) -> Fault {
    Fault::new("site/bad-rule", what, under, SHAPE)
}

pub(crate) fn parse(text: &str) -> Result<Draft, Box<Fault>> {
    let mut words = text.split_whitespace().peekable();
    let action = words.peek().and_then(|word| action(word));
    if action.is_some() {
        words.next();
    }
    let Some(what) = words.next() else { return Err(fault("names no port", "no port here").into()) };
    let (ports, protocol) = traffic(what)?;
    let mut draft = Draft { action, protocol, ports, from: None, interface: None };
    while let Some(word) = words.next() {
        let Some(value) = words.next() else {
            return Err(fault(format!("ends after `{word}`"), "something is missing after this").word(word).into());
        };
        match word {
            "from" if draft.from.is_none() => draft.from = source(value)?,
            "on" if draft.interface.is_none() => draft.interface = Some(interface(value)?),
            "from" | "on" => return Err(fault(format!("has `{word}` twice"), "once is enough").into()),
            "to" => {
                return Err(fault(
                    "has a `to`, but rules here are about what comes in to the host itself",
                    "not known here",
                )
                .word(word)
                .into());
            }
            _ => {
                return Err(fault(format!("has `{word}`, where only `from` or `on` can stand"), "not known here")
                    .word(word)
                    .into());
            }
        }
    }
    Ok(draft)
}

fn action(word: &str) -> Option<RuleAction> {
    match word {
        "allow" => Some(RuleAction::Allow),
        "deny" => Some(RuleAction::Deny),
        "reject" => Some(RuleAction::Reject),
        "limit" => Some(RuleAction::Limit),
        _ => None,
    }
}

type Traffic = (Option<(u16, u16)>, Option<Transport>);

fn traffic(what: &str) -> Result<Traffic, Box<Fault>> {
    let (ports, protocol) = match what.split_once('/') {
        Some((ports, "tcp")) => (ports, Some(Transport::Tcp)),
        Some((ports, "udp")) => (ports, Some(Transport::Udp)),
        Some((_, other)) => {
            return Err(fault(format!("has the protocol `{other}`, but only tcp and udp have ports"), "tcp or udp")
                .word(other)
                .into());
        }
        None => (what, None),
    };
    if ports == "any" {
        return Ok((None, protocol));
    }
    if ports.contains(',') {
        return Err(fault("names several ports at once", "one port or one range").word(ports).into());
    }
    let range = match ports.split_once([':', '-']) {
        Some((first, last)) => (port(first)?, port(last)?),
        None => (port(ports)?, port(ports)?),
    };
    if range.0 > range.1 {
        return Err(fault(format!("has the range {ports}, which ends before it begins"), "the wrong way round")
            .word(ports)
            .into());
    }
    if range.0 < range.1 && protocol.is_none() {
        let help = format!("write {ports}/tcp or {ports}/udp");
        return Err(
            Fault { help, ..fault("has a range of ports without a protocol", "tcp or udp?").word(ports) }.into()
        );
    }
    Ok((Some(range), protocol))
}

fn port(text: &str) -> Result<u16, Box<Fault>> {
    let plain = !text.is_empty() && text.chars().all(|digit| digit.is_ascii_digit());
    match text.parse::<u16>() {
        Ok(port) if plain && port > 0 => Ok(port),
        _ if plain => {
            let what = format!("names port {text}, but ports go from 1 to 65535");
            Err(Fault::new("site/bad-port", what, "no such port", "ports go from 1 to 65535").word(text).into())
        }
        _ => Err(fault(format!("begins with `{text}`, which is not a port number"), "not a port number")
            .word(text)
            .into()),
    }
}

fn source(text: &str) -> Result<Option<Source>, Box<Fault>> {
    if text == "any" || text == "anywhere" {
        return Ok(None);
    }
    if text == "mesh" {
        return Ok(Some(Source::Mesh));
    }
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(Some(Source::Net(IpNet::from(address))));
    }
    if text.contains('/') {
        return match crate::kind::range_fault(text) {
            Some(fault) => {
                let what = format!("has `{text}` after `from`, which is not a range");
                Err(Fault { what, ..fault.word(text) }.into())
            }
            None => Ok(text.parse().ok().map(Source::Net)),
        };
    }
    if text.contains(':') || text.chars().all(|letter| letter.is_ascii_digit() || letter == '.') {
        let what = format!("has `{text}` after `from`, which is not an IP address");
        return Err(Fault::new("site/bad-address", what, "not an address", SHAPE).word(text).into());
    }
    Ok(Some(Source::Host(text.to_owned())))
}

fn interface(text: &str) -> Result<String, Box<Fault>> {
    let fits = text.len() <= 15 && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter));
    if fits {
        Ok(text.to_owned())
    } else {
        Err(fault(format!("has `{text}` after `on`, which is not an interface name"), "not an interface")
            .word(text)
            .into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good(text: &str) -> Draft {
        parse(text).map_err(|fault| fault.what).unwrap()
    }

    #[test]
    fn ports_protocols_sources_and_interfaces_are_told_apart() {
        assert_eq!(good("443").ports, Some((443, 443)));
        assert_eq!(good("443").protocol, None);
        assert_eq!(good("6000:6010/udp on eth0").ports, Some((6000, 6010)));
        assert_eq!(good("6000:6010/udp on eth0").interface.as_deref(), Some("eth0"));
        assert_eq!(good("9100/tcp from mesh").from, Some(Source::Mesh));
        assert_eq!(good("any from observe").from, Some(Source::Host("observe".into())));
        assert_eq!(good("any from 10.0.0.0/24").from, Some(Source::Net("10.0.0.0/24".parse().unwrap())));
        assert_eq!(good("any from fd00::1").from, Some(Source::Net("fd00::1/128".parse().unwrap())));
        assert_eq!(good("limit 22/tcp").action, Some(RuleAction::Limit));
    }

    #[test]
    fn what_ufw_would_refuse_or_misread_is_refused() {
        for bad in [
            "",
            "http",
            "0",
            "70000/tcp",
            "80,443/tcp",
            "6000:6010",
            "10:5/tcp",
            "443/icmp",
            "443 from",
            "443 to 10.0.0.1",
            "443 from 10.0.0.1/24",
            "443 on a-very-long-interface-name",
            "443 from 1.2.3",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
