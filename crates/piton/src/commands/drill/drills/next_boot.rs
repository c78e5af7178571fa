//! Everything answers as before, until the host boots.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 34,
    name: "next-boot",
    what: "sshd runs on, and is not started any more at the next boot",
    must: Must::Refuse,
    says: "from the next boot on",
    how: How::Change(Edit {
        append: r#"
[[hosts.one.units]]
name = "ssh.service"
enabled = false
"#,
        image: Some("debian-12"),
        ..Edit::NONE
    }),
};
