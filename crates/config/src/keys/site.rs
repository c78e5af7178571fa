//! `[site]`: what the site is called and what holds for all of it.

use super::{Form, Key, Layering, REQUIRED, Section};
use crate::kind::Kind;

pub(crate) const SITE: Section = Section {
    name: "site",
    form: Form::Once,
    brief: "What the site is called and what holds for all of it",
    details: "A host may say `profile`, `time_zone` and `packages` for itself.",
    keys: &[
        Key {
            name: "name",
            kind: Kind::Name,
            layering: Layering::Replaces,
            otherwise: REQUIRED,
            brief: "What the site is called",
            details: "It appears in plans and names the lab that the site is rehearsed in: letters, digits, `-` and `_`.",
            example: "\"two-vps\"",
        },
        Key {
            name: "profile",
            kind: Kind::Profile,
            layering: Layering::Replaces,
            otherwise: "none",
            brief: "A bundle of settings to start from",
            details: "`hardened` brings [ssh], [filter], [fail2ban], [sysctl], [updates] and packages, and fills in \
                      [access], [mesh] and [docker] where the site has them. Whatever the site or a host says wins over it. \
                      `none` brings nothing.",
            example: "\"hardened\"",
        },
        Key {
            name: "time_zone",
            kind: Kind::TimeZone,
            layering: Layering::Replaces,
            otherwise: "left as it is on the host",
            brief: "The hosts' time zone, as in /usr/share/zoneinfo",
            details: "Servers are easiest to compare in UTC.",
            example: "\"UTC\"",
        },
        Key {
            name: "stop_on_failure",
            kind: Kind::Bool,
            layering: Layering::Replaces,
            otherwise: "false",
            brief: "One host's failure stops the hosts that have not begun",
            details: "Otherwise each host is changed on its own, and the summary says which one failed.",
            example: "true",
        },
        Key {
            name: "packages",
            kind: Kind::List(&Kind::Package),
            layering: Layering::Adds,
            otherwise: "none",
            brief: "Packages that every host has",
            details: "They are installed if they are missing and otherwise left at the version they have. What a section \
                      needs (ufw, fail2ban, an engine) need not be named.",
            example: "[\"curl\", \"git\"]",
        },
    ],
};
