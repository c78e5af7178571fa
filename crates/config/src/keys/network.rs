//! `[filter]`, `[fail2ban]` and `[mesh]`: who can open what, who is shut out, and the private network.

use super::{Form, Key, Layering, REQUIRED, Section};
use crate::kind::Kind;

const POLICY: Kind = Kind::Choice(&["allow", "deny", "reject"]);

pub(crate) const FILTER: Section = Section {
    name: "filter",
    form: Form::Layered,
    brief: "The packet filter (ufw): what may come in and go out",
    details: "The ssh port is opened by itself unless a rule names it, and the mesh port always; nobody has to remember \
              them. Ports that Docker publishes \
              go around ufw. Denials stand before allowances, since ufw takes the first rule that fits.",
    keys: &[
        Key {
            name: "incoming",
            kind: POLICY,
            layering: Layering::Replaces,
            otherwise: "deny",
            brief: "What happens to what no rule allows in",
            details: "`deny` drops silently, `reject` answers.",
            example: "\"deny\"",
        },
        Key {
            name: "outgoing",
            kind: POLICY,
            layering: Layering::Replaces,
            otherwise: "allow",
            brief: "What happens to what goes out",
            details: "Anything but `allow` needs rules for DNS, time and package archives, which piton cannot write here.",
            example: "\"allow\"",
        },
        Key {
            name: "exclusive",
            kind: Kind::Bool,
            layering: Layering::Replaces,
            otherwise: "false",
            brief: "Rules that the site does not name are taken away",
            details: "Otherwise rules that someone else made are left alone.",
            example: "true",
        },
        Key {
            name: "allow",
            kind: Kind::List(&Kind::Rule),
            layering: Layering::Adds,
            otherwise: "none",
            brief: "What may come in, on every host",
            details: "Shorthand: PORT[/tcp|/udp] or `any`, then optionally `from` an address, a range, `mesh` or a host's name \
                      (its mesh address), then optionally `on` an interface. `limit 443/tcp` slows repeated attempts. A \
                      table says why: `{ rule = \"443/tcp\", why = \"the edge\" }`. A host's list adds to the site's.",
            example: "[\"443/tcp\", \"9100/tcp from mesh\"]",
        },
        Key {
            name: "deny",
            kind: Kind::List(&Kind::Rule),
            layering: Layering::Adds,
            otherwise: "none",
            brief: "What may not come in although something else allows it",
            details: "Written like `allow`; `reject 25/tcp` answers instead of dropping. A host's list adds to the site's.",
            example: "[\"any from 198.51.100.0/24\"]",
        },
    ],
};

pub(crate) const FAIL2BAN: Section = Section {
    name: "fail2ban",
    form: Form::Layered,
    brief: "Bans for those who guess at passwords and keys",
    details: "The ssh jail watches the port of [ssh]. Time spans are written as fail2ban takes them: 10m, 1h, 1d, or seconds.",
    keys: &[
        Key {
            name: "bantime",
            kind: Kind::TimeSpan,
            layering: Layering::Replaces,
            otherwise: "10m",
            brief: "How long an address is banned",
            details: "For every jail that does not say otherwise; -1 bans for good.",
            example: "\"1h\"",
        },
        Key {
            name: "findtime",
            kind: Kind::TimeSpan,
            layering: Layering::Replaces,
            otherwise: "10m",
            brief: "How far back failures are counted",
            details: "As many as `maxretry` within this span lead to a ban.",
            example: "\"10m\"",
        },
        Key {
            name: "maxretry",
            kind: Kind::Number { least: 1, most: 10_000 },
            layering: Layering::Replaces,
            otherwise: "5",
            brief: "How many failures lead to a ban",
            details: "For every jail that does not say otherwise.",
            example: "5",
        },
        Key {
            name: "backend",
            kind: Kind::Choice(&["auto", "systemd", "polling", "pyinotify"]),
            layering: Layering::Replaces,
            otherwise: "systemd",
            brief: "Where fail2ban reads what happened",
            details: "`systemd` reads the journal; Debian 12 and later write no auth.log that the others could read.",
            example: "\"systemd\"",
        },
        Key {
            name: "ssh_maxretry",
            kind: Kind::Number { least: 1, most: 10_000 },
            layering: Layering::Replaces,
            otherwise: "5",
            brief: "How many failures lead to a ban from ssh",
            details: "Stricter than `maxretry` where only keys are let in.",
            example: "3",
        },
        Key {
            name: "ssh_bantime",
            kind: Kind::TimeSpan,
            layering: Layering::Replaces,
            otherwise: "10m",
            brief: "How long an address is banned from ssh",
            details: "Your own address can be caught too: put it into `ignore` if it is fixed.",
            example: "\"24h\"",
        },
        Key {
            name: "ignore",
            kind: Kind::List(&Kind::Network),
            layering: Layering::Adds,
            otherwise: "the mesh and the host itself",
            brief: "Addresses and ranges that are never banned",
            details: "The mesh is always among them. A host's list adds to the site's.",
            example: "[\"198.51.100.7\"]",
        },
    ],
};

pub(crate) const MESH: Section = Section {
    name: "mesh",
    form: Form::Layered,
    brief: "The private network between the hosts (WireGuard)",
    details: "Hosts with a `mesh` address are its members. Private keys are made on the hosts and never leave them.",
    keys: &[
        Key {
            name: "range",
            kind: Kind::Range,
            layering: Layering::Replaces,
            otherwise: REQUIRED,
            brief: "The mesh's addresses",
            details: "A private range that none of the hosts uses otherwise; Docker takes 172.17.0.0/16 and up. It is the same \
                      for every host.",
            example: "\"10.0.0.0/24\"",
        },
        Key {
            name: "interface",
            kind: Kind::Interface,
            layering: Layering::Replaces,
            otherwise: "wg0",
            brief: "What the interface is called",
            details: "At most 15 letters, which is the kernel's limit.",
            example: "\"wg0\"",
        },
        Key {
            name: "port",
            kind: Kind::Port,
            layering: Layering::Replaces,
            otherwise: "51820",
            brief: "The UDP port on which the members hear each other",
            details: "It may be the number of a TCP port in use: the two do not meet.",
            example: "51820",
        },
        Key {
            name: "keepalive",
            kind: Kind::Number { least: 0, most: 65_535 },
            layering: Layering::Replaces,
            otherwise: "25",
            brief: "Seconds between packets that keep the way through NAT open",
            details: "0 sends none.",
            example: "25",
        },
    ],
};
