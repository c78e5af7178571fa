//! `[hosts.NAME]`: one machine, how it is reached, and what holds for it alone.

use super::{Form, Key, Layering, REQUIRED, Section};
use crate::kind::{Kind, LAB_IMAGES};

pub(crate) const HOSTS: Section = Section {
    name: "hosts",
    form: Form::Hosts,
    brief: "One machine, how it is reached, and what holds for it alone",
    details: "Every section that is not for the whole site can be repeated under a host, as in `[hosts.observe.ssh]`, and \
              wins there; `docker = false` under a host switches off what the site or the profile brought.",
    keys: &[
        Key {
            name: "address",
            kind: Kind::Address,
            layering: Layering::Replaces,
            otherwise: REQUIRED,
            brief: "Where the host is reached: an IP address, a DNS name, or a name of your ssh configuration",
            details: "It is handed to `ssh` as it stands, so jump hosts and aliases work. Other hosts use it as the mesh \
                      endpoint unless `endpoint` says otherwise.",
            example: "\"203.0.113.10\"",
        },
        Key {
            name: "first",
            kind: Kind::Login,
            layering: Layering::Replaces,
            otherwise: "root@:22",
            brief: "Who logs in on which port while the server is fresh, or still has the old admin or port",
            details: "Tried where the way that the site declares does not open: on a fresh server, and on one whose admin \
                      or port the site changes, where it names the old way. Cloud images often have `ubuntu` or `debian` with sudo \
                      instead of root. Also as a table: `{ user = \"ubuntu\", port = 22 }`.",
            example: "\"ubuntu@:22\"",
        },
        Key {
            name: "mesh",
            kind: Kind::Member,
            layering: Layering::Replaces,
            otherwise: "not in the mesh",
            brief: "The host's address in the mesh",
            details: "It lies in `mesh.range` and belongs to this host alone. A table, \
                      `{ address = \"10.0.0.1\", port = 51821 }`, also overrides `interface`, `port` and `keepalive` of [mesh].",
            example: "\"10.0.0.1\"",
        },
        Key {
            name: "endpoint",
            kind: Kind::Address,
            layering: Layering::Replaces,
            otherwise: "the host's `address`",
            brief: "Where the other hosts of the mesh find this one",
            details: "For hosts whose `address` means something to you only: an alias, or a management network.",
            example: "\"198.51.100.7\"",
        },
        Key {
            name: "allow",
            kind: Kind::List(&Kind::Rule),
            layering: Layering::Adds,
            otherwise: "none",
            brief: "What may come in, on this host",
            details: "The same list as `filter.allow`, to which it adds.",
            example: "[\"9100/tcp from mesh\"]",
        },
        Key {
            name: "packages",
            kind: Kind::List(&Kind::Package),
            layering: Layering::Adds,
            otherwise: "none",
            brief: "Packages that this host has besides the site's",
            details: "The same list as `site.packages`, to which it adds.",
            example: "[\"ncdu\"]",
        },
        Key {
            name: "time_zone",
            kind: Kind::TimeZone,
            layering: Layering::Replaces,
            otherwise: "that of the site",
            brief: "This host's time zone",
            details: "The same as `site.time_zone`, over which it wins.",
            example: "\"Europe/Berlin\"",
        },
        Key {
            name: "profile",
            kind: Kind::Profile,
            layering: Layering::Replaces,
            otherwise: "that of the site",
            brief: "The profile that this host starts from",
            details: "The same as `site.profile`, over which it wins; `none` for a host that brings its own settings.",
            example: "\"none\"",
        },
        Key {
            name: "lab",
            kind: Kind::Choice(LAB_IMAGES),
            layering: Layering::Replaces,
            otherwise: "`lab.image`",
            brief: "The system that stands in for this host in the lab",
            details: "Pick the one that the real server runs: they differ in how sshd listens.",
            example: "\"ubuntu-24.04\"",
        },
    ],
};
