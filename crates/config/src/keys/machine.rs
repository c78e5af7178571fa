//! `[sysctl]`, `[updates]`, `[docker]` and `[lab]`: the machine beneath the services.

use super::{Form, Key, Layering, Section};
use crate::kind::{Kind, LAB_IMAGES};

pub(crate) const SYSCTL: Section = Section {
    name: "sysctl",
    form: Form::Parameters,
    brief: "Kernel parameters and their values",
    details: "`\"net.ipv4.tcp_syncookies\" = 1`, with or without the quotes. Numbers or text; a layer adds to and overrides \
              the parameters of the layers below it.",
    keys: &[],
};

pub(crate) const UPDATES: Section = Section {
    name: "updates",
    form: Form::Layered,
    brief: "Security updates that install themselves (unattended-upgrades)",
    details: "Each kind of origin is written the way the host's distribution names it; Debian has no ESM and skips it.",
    keys: &[
        Key {
            name: "origins",
            kind: Kind::List(&Kind::Choice(&["main", "security", "updates", "esm-apps", "esm-infra"])),
            layering: Layering::Replaces,
            otherwise: "security",
            brief: "Where updates are taken from",
            details: "`main` is the release itself, `security` its security archive, `updates` its point updates, and the ESM \
                      origins are Ubuntu Pro's.",
            example: "[\"main\", \"security\"]",
        },
        Key {
            name: "auto_reboot",
            kind: Kind::Bool,
            layering: Layering::Replaces,
            otherwise: "false",
            brief: "Reboot when an update asks for it",
            details: "Off means that you choose the time; until then a new kernel waits.",
            example: "false",
        },
        Key {
            name: "fix_interrupted",
            kind: Kind::Bool,
            layering: Layering::Replaces,
            otherwise: "true",
            brief: "Finish what an interrupted dpkg left half done",
            details: "AutoFixInterruptedDpkg of unattended-upgrades.",
            example: "true",
        },
        Key {
            name: "remove_unused_kernels",
            kind: Kind::Bool,
            layering: Layering::Replaces,
            otherwise: "true",
            brief: "Remove kernels that are no longer used",
            details: "Otherwise /boot fills up, and then updates stop.",
            example: "true",
        },
        Key {
            name: "remove_unused_dependencies",
            kind: Kind::Bool,
            layering: Layering::Replaces,
            otherwise: "false",
            brief: "Remove packages that nothing needs any more",
            details: "Remove-Unused-Dependencies of unattended-upgrades.",
            example: "true",
        },
    ],
};

pub(crate) const DOCKER: Section = Section {
    name: "docker",
    form: Form::Layered,
    brief: "The Docker engine, who may use it, and its daemon.json",
    details: "An empty `[docker]` is enough: the profile fills it in.",
    keys: &[
        Key {
            name: "packages",
            kind: Kind::List(&Kind::Package),
            layering: Layering::Replaces,
            otherwise: "docker.io",
            brief: "The packages that bring the engine",
            details: "`docker.io` is Debian's and Ubuntu's own. Docker's archive has newer ones, but needs a signing key that \
                      only you can vouch for: put the key and the sources file under [[files]] and name `docker-ce`, \
                      `docker-ce-cli`, `containerd.io`, `docker-buildx-plugin`, `docker-compose-plugin` here.",
            example: "[\"docker.io\"]",
        },
        Key {
            name: "users",
            kind: Kind::List(&Kind::User),
            layering: Layering::Replaces,
            otherwise: "the admin",
            brief: "Users in the docker group",
            details: "Whoever is in it can become root on the host.",
            example: "[\"adminclaw\"]",
        },
        Key {
            name: "daemon",
            kind: Kind::Table,
            layering: Layering::Merges,
            otherwise: "none",
            brief: "The content of /etc/docker/daemon.json",
            details: "Merged over the profile's, tables within tables too; lists are replaced.",
            example: "{ live-restore = true }",
        },
    ],
};

pub(crate) const LAB: Section = Section {
    name: "lab",
    form: Form::Once,
    brief: "The local hosts on which the site is rehearsed",
    details: "`piton lab up` boots a stand-in for each host of the site.",
    keys: &[
        Key {
            name: "image",
            kind: Kind::Choice(LAB_IMAGES),
            layering: Layering::Replaces,
            otherwise: "debian-12",
            brief: "The system that stands in for the hosts",
            details: "A host may say `lab` for itself.",
            example: "\"ubuntu-24.04\"",
        },
        Key {
            name: "real",
            kind: Kind::Bool,
            layering: Layering::Replaces,
            otherwise: "false",
            brief: "Run LiteLLM, n8n and OpenClaw themselves there, not stand-ins for them",
            details: "`piton lab images` then gets them from PyPI and npm, in the versions of their tags, which takes minutes and \
                  up to 2 GB each.",
            example: "true",
        },
    ],
};
