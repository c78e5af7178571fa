//! `[access]`: the admin who gets in and the service user who owns the applications.

use super::{Form, Key, Layering, REQUIRED, Section};
use crate::kind::Kind;

pub(crate) const ACCESS: Section = Section {
    name: "access",
    form: Form::Layered,
    brief: "The admin who gets in and the service user who owns the applications",
    details: "Two users, so that an application that is taken over is not on its way to root: the admin logs in by key and \
              has sudo, the service user has neither.",
    keys: &[
        Key {
            name: "admin",
            kind: Kind::User,
            layering: Layering::Replaces,
            otherwise: REQUIRED,
            brief: "The user that gets in by key and becomes root",
            details: "piton makes the user, with sudo and without a password to guess, and logs in as this user from then \
                      on. Not `root`, and best a name that scanners do not try.",
            example: "\"adminclaw\"",
        },
        Key {
            name: "service",
            kind: Kind::User,
            layering: Layering::Replaces,
            otherwise: "none",
            brief: "The user that owns the applications",
            details: "No ssh, no sudo: reached by the admin with `sudo -iu NAME`.",
            example: "\"openclaw\"",
        },
        Key {
            name: "keys",
            kind: Kind::List(&Kind::PublicKey),
            layering: Layering::Adds,
            otherwise: REQUIRED,
            brief: "The admin's public keys: files next to site.toml, or the keys themselves",
            details: "A file may hold several keys, one a line. Only public keys: a private key is refused.",
            example: "[\"keys/operator.pub\"]",
        },
        Key {
            name: "exclusive_keys",
            kind: Kind::Bool,
            layering: Layering::Replaces,
            otherwise: "false",
            brief: "Keys of the admin's that are not listed are taken away",
            details: "Otherwise piton adds and removes its own lines only.",
            example: "true",
        },
        Key {
            name: "service_home_mode",
            kind: Kind::Mode,
            layering: Layering::Replaces,
            otherwise: "0750",
            brief: "The mode of the service user's home directory",
            details: "With 0750 nobody else enters it, the admin included: use `sudo -u NAME`.",
            example: "\"0750\"",
        },
    ],
};
