//! The file that Debian ships begins with `flush ruleset`: one gets in all the more.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 32,
    name: "filter-flushed",
    what: "nftables.service is started with the file that Debian ships, which flushes ufw's rules",
    must: Must::Revert,
    says: "ufw is on in its files, and its rules are not in the kernel any more",
    how: How::Change(Edit {
        append: r#"
[[hosts.one.units]]
name = "nftables.service"
active = true
"#,
        image: Some("debian-12"),
        ..Edit::NONE
    }),
};
