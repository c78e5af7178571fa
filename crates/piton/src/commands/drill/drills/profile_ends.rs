//! A command over ssh goes through, and a person who logs in is thrown out.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 36,
    name: "profile-ends",
    what: "a file of /etc/profile.d ends every login shell, and no command over ssh",
    must: Must::Revert,
    says: "gets in by ssh, and no shell",
    how: How::Change(Edit {
        append: r#"
[[hosts.one.files]]
path = "/etc/profile.d/drill.sh"
content = "exit 1\n"
"#,
        ..Edit::NONE
    }),
};
