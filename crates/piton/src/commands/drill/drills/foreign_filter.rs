//! The package turns its own filter on while apt installs it, and that flushes ufw's rules.
//!
//! What it needs is there before: Debian's packages leave the accounts behind that they make.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 31,
    name: "foreign-filter",
    what: "firewalld is installed on a host of ufw's, and its own rules take the place of ufw's",
    must: Must::Revert,
    says: "firewalld",
    how: How::Change(Edit {
        replace: &[("203.0.113.10\"\n", "203.0.113.10\"\npackages = [\"firewalld\"]\n")],
        prepare: "set -e; export DEBIAN_FRONTEND=noninteractive; apt-get -qq -o DPkg::Lock::Timeout=120 update; \
                  apt-get -qqy -o DPkg::Lock::Timeout=120 --no-install-recommends install \
                      $(apt-get -s --no-install-recommends install firewalld | awk '/^Inst/ && $2 != \"firewalld\" {print $2}') \
                      >/dev/null 2>&1; systemctl daemon-reload; systemctl start polkit",
        image: Some("debian-12"),
        ..Edit::NONE
    }),
};
