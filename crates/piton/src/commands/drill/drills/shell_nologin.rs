//! The login succeeds, and ends.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 16,
    name: "shell-nologin",
    what: "the admin's shell becomes nologin",
    must: Must::Revert,
    says: "",
    how: How::Change(Edit {
        append: r#"
[[hosts.one.files]]
path = "/etc/passwd"
content = """{/etc/passwd}"""
"#,
        turn: &[("/home/adminclaw:/bin/bash", "/home/adminclaw:/usr/sbin/nologin")],
        ..Edit::NONE
    }),
};
