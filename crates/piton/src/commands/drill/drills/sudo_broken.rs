//! One gets in, and is nobody.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 17,
    name: "sudo-broken",
    what: "a sudoers file that visudo accepts and that takes the admin's right away",
    must: Must::Revert,
    says: "",
    how: How::Change(Edit {
        append: r#"
[[hosts.one.files]]
path = "/etc/sudoers.d/zz-drill"
content = "adminclaw ALL=(ALL) !ALL\n"
mode = "0440"
"#,
        ..Edit::NONE
    }),
};
