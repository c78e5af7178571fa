//! `[ssh]`: how sshd listens, whom it lets in, and with which cryptography.

use super::{Form, Key, Layering, Section};
use crate::kind::Kind;

pub(crate) const SSH: Section = Section {
    name: "ssh",
    form: Form::Layered,
    brief: "How sshd listens, whom it lets in, and with which cryptography",
    details: "Written to a drop-in of piton's own and checked with `sshd -t` before it counts. The filter is opened for a new \
              port before sshd moves to it, whatever the order here.",
    keys: &[
        Key {
            name: "port",
            kind: Kind::Port,
            layering: Layering::Replaces,
            otherwise: "22",
            brief: "The port sshd listens on",
            details: "The filter's rule and the ban's port follow by themselves. On hosts where systemd listens for sshd, the \
                      socket is moved too.",
            example: "222",
        },
        Key {
            name: "file",
            kind: Kind::DropIn,
            layering: Layering::Replaces,
            otherwise: "00-piton.conf",
            brief: "The name of piton's drop-in in /etc/ssh/sshd_config.d",
            details: "sshd takes the first value that it reads, and reads drop-ins in the order of their names. Cloud images \
                      of Ubuntu ship `50-cloud-init.conf` with `PasswordAuthentication yes`, so that a file called \
                      `hardening.conf` loses without a word. Keep a name that sorts first.",
            example: "\"00-piton.conf\"",
        },
        Key {
            name: "socket",
            kind: Kind::Choice(&["auto", "on", "off"]),
            layering: Layering::Replaces,
            otherwise: "auto",
            brief: "Whether systemd listens in sshd's place (ssh.socket)",
            details: "`auto` leaves it as the host has it: on from Ubuntu 22.10, off on Debian.",
            example: "\"auto\"",
        },
        Key {
            name: "allow_users",
            kind: Kind::List(&Kind::Text),
            layering: Layering::Replaces,
            otherwise: "the admin of [access], if there is one",
            brief: "The only users that sshd lets in",
            details: "Patterns as in sshd's AllowUsers. The admin must be among them; an empty list writes no AllowUsers line.",
            example: "[\"adminclaw\", \"backup\"]",
        },
        Key {
            name: "settings",
            kind: Kind::Table,
            layering: Layering::Merges,
            otherwise: "none",
            brief: "Keywords of sshd_config and their values",
            details: "Spelled as sshd_config(5) does; true and false mean yes and no; a list is joined the way the keyword wants \
                      it. `Port` and `AllowUsers` have keys of their own. `UsePAM = \"no\"` is refused: it breaks \
                      authentication on Debian and Ubuntu.",
            example: "{ MaxAuthTries = 3, X11Forwarding = false }",
        },
    ],
};
