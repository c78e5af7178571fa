//! Nothing of sshd or the filter is touched.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 15,
    name: "home-permissions",
    what: "the admin's home can be written by everybody, so StrictModes refuses the key",
    must: Must::Revert,
    says: "",
    how: How::Change(Edit {
        append: r#"
[[hosts.one.directories]]
path = "/home/adminclaw/.ssh"
owner = "adminclaw"
group = "adminclaw"
mode = "0777"
"#,
        ..Edit::NONE
    }),
};
