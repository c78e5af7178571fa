//! `[[users]]`, `[[files]]` and the like: what a site has beyond the sections, entry by entry.

use super::{Form, Key, Layering, REQUIRED, Section};
use crate::kind::Kind;

/// A key of an entry: entries have no layers, so a value simply replaces the default.
const fn key(
    name: &'static str,
    kind: Kind,
    otherwise: &'static str,
    example: &'static str,
    brief: &'static str,
    details: &'static str,
) -> Key {
    Key { name, kind, layering: Layering::Replaces, otherwise, brief, details, example }
}

const OWNER: Key =
    key("owner", Kind::User, "root", "\"openclaw\"", "The user that owns it", "The user must exist by then.");
const GROUP: Key =
    key("group", Kind::User, "root", "\"openclaw\"", "The group that owns it", "The group must exist by then.");

pub(crate) const USERS: Section = Section {
    name: "users",
    form: Form::Entries,
    brief: "Users besides the two of [access]",
    details: "They get no password. A host's entries add to the site's; one with the same name wins.",
    keys: &[
        key(
            "name",
            Kind::User,
            REQUIRED,
            "\"backup\"",
            "The login name",
            "Lower case; not the admin, the service user or root.",
        ),
        key(
            "uid",
            Kind::Number { least: 1, most: 4_294_967_294 },
            "the next free one",
            "1500",
            "The user's number",
            "Give one where files on a volume carry it.",
        ),
        key(
            "shell",
            Kind::Path,
            "/bin/bash",
            "\"/usr/sbin/nologin\"",
            "The login shell",
            "`/usr/sbin/nologin` for a user that never logs in.",
        ),
        key("home", Kind::Path, "/home/NAME", "\"/srv/backup\"", "The home directory", "Made if it is missing."),
        key(
            "home_mode",
            Kind::Mode,
            "0750",
            "\"0700\"",
            "The mode of the home directory",
            "In quotes, so that the leading 0 is not lost.",
        ),
        key(
            "groups",
            Kind::List(&Kind::User),
            "none",
            "[\"www-data\"]",
            "Groups that the user is in",
            "Besides the group of the user's own name.",
        ),
        key(
            "keys",
            Kind::List(&Kind::PublicKey),
            "none",
            "[\"keys/backup.pub\"]",
            "The user's public keys",
            "As `access.keys`. `ssh.allow_users` must let the user in.",
        ),
        key(
            "sudo",
            Kind::Commands,
            "none",
            "[\"/usr/bin/systemctl restart caddy\"]",
            "What the user may do as root without a password",
            "`\"all\"`, or a list of commands with their full paths.",
        ),
    ],
};

pub(crate) const GROUPS: Section = Section {
    name: "groups",
    form: Form::Entries,
    brief: "Groups that must exist",
    details: "A host's entries add to the site's; one with the same name wins.",
    keys: &[
        key("name", Kind::User, REQUIRED, "\"media\"", "The name of the group", "Lower case."),
        key(
            "gid",
            Kind::Number { least: 1, most: 4_294_967_294 },
            "the next free one",
            "1600",
            "The number of the group",
            "Give one where files on a volume carry it.",
        ),
        key(
            "system",
            Kind::Bool,
            "false",
            "true",
            "A group of the system's, with a low number",
            "It matters only while `gid` is not given.",
        ),
    ],
};

pub(crate) const DIRECTORIES: Section = Section {
    name: "directories",
    form: Form::Entries,
    brief: "Directories with their owner and mode",
    details: "What is in them is left alone. A host's entries add to the site's; one with the same path wins.",
    keys: &[
        key("path", Kind::Path, REQUIRED, "\"/srv/data\"", "Where the directory is", "An absolute path."),
        OWNER,
        GROUP,
        key(
            "mode",
            Kind::Mode,
            "0755",
            "\"0750\"",
            "The mode of the directory",
            "In quotes, so that the leading 0 is not lost.",
        ),
    ],
};

pub(crate) const FILES: Section = Section {
    name: "files",
    form: Form::Entries,
    brief: "Files of your own, byte for byte",
    details: "Written beside the old one and moved over it, never half. A host's entries add to the site's; one with the same \
              path wins.",
    keys: &[
        key("path", Kind::Path, REQUIRED, "\"/etc/motd\"", "Where the file is", "An absolute path."),
        key(
            "content",
            Kind::Content,
            "that of `source`",
            "\"Welcome.\\n\"",
            "The text of the file",
            "Either this or `source`.",
        ),
        key(
            "source",
            Kind::LocalPath,
            "`content`",
            "\"files/motd\"",
            "A file next to site.toml that holds the text",
            "Either this or `content`. The path is relative to the site's folder.",
        ),
        OWNER,
        GROUP,
        key(
            "mode",
            Kind::Mode,
            "0644",
            "\"0600\"",
            "The mode of the file",
            "In quotes, so that the leading 0 is not lost.",
        ),
        key(
            "reloads",
            Kind::List(&Kind::Unit),
            "none",
            "[\"caddy.service\"]",
            "Units to reload when the file changed",
            "Units that cannot reload are restarted.",
        ),
    ],
};

pub(crate) const LINKS: Section = Section {
    name: "links",
    form: Form::Entries,
    brief: "Symbolic links",
    details: "A host's entries add to the site's; one with the same path wins.",
    keys: &[
        key("path", Kind::Path, REQUIRED, "\"/usr/local/bin/tool\"", "Where the link is", "An absolute path."),
        key(
            "target",
            Kind::Text,
            REQUIRED,
            "\"/opt/tool/bin/tool\"",
            "What the link points to",
            "Relative targets count from the link's own directory.",
        ),
    ],
};

pub(crate) const CRON: Section = Section {
    name: "cron",
    form: Form::Entries,
    brief: "Jobs for cron, each in a file of its own in /etc/cron.d",
    details: "A host's entries add to the site's; one with the same name wins.",
    keys: &[
        key(
            "name",
            Kind::Job,
            REQUIRED,
            "\"backup\"",
            "What the job is called",
            "It names a file in /etc/cron.d, where cron skips every name with a dot without a word.",
        ),
        key(
            "schedule",
            Kind::Schedule,
            REQUIRED,
            "\"30 3 * * *\"",
            "When it runs",
            "Minute, hour, day, month, weekday; or @daily and the like.",
        ),
        key("user", Kind::User, "root", "\"openclaw\"", "As whom it runs", "The user must exist by then."),
        key(
            "command",
            Kind::CronCommand,
            REQUIRED,
            "\"/usr/local/bin/backup\"",
            "What it runs",
            "cron turns a bare % into a newline: write \\\\% for the sign itself.",
        ),
    ],
};

pub(crate) const TIMERS: Section = Section {
    name: "timers",
    form: Form::Entries,
    brief: "Jobs for systemd, each a timer and a service",
    details: "A host's entries add to the site's; one with the same name wins.",
    keys: &[
        key(
            "name",
            Kind::Job,
            REQUIRED,
            "\"backup\"",
            "What the job is called",
            "It names the units, without `.timer`.",
        ),
        key(
            "calendar",
            Kind::Calendar,
            REQUIRED,
            "\"*-*-* 03:30:00\"",
            "When it runs, as systemd.time(7) writes it",
            "Check one with `systemd-analyze calendar`.",
        ),
        key("user", Kind::User, "root", "\"openclaw\"", "As whom it runs", "The user must exist by then."),
        key(
            "command",
            Kind::Text,
            REQUIRED,
            "\"/usr/local/bin/backup\"",
            "What it runs",
            "Run directly, not by a shell.",
        ),
    ],
};

pub(crate) const UNITS: Section = Section {
    name: "units",
    form: Form::Entries,
    brief: "Whether systemd units start at boot and run now",
    details: "A host's entries add to the site's; one with the same name wins.",
    keys: &[
        key(
            "name",
            Kind::Unit,
            REQUIRED,
            "\"caddy.service\"",
            "The unit with its ending",
            "As `systemctl list-unit-files` shows it.",
        ),
        key(
            "enabled",
            Kind::Bool,
            "left as it is",
            "true",
            "The unit starts at boot",
            "Nothing is said about now: see `active`.",
        ),
        key(
            "active",
            Kind::Bool,
            "left as it is",
            "true",
            "The unit runs now",
            "Nothing is said about the next boot: see `enabled`.",
        ),
    ],
};
