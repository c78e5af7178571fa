//! The key is accepted, and the session is not.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 14,
    name: "pam-broken",
    what: "the PAM stack of sshd refuses every account",
    must: Must::Revert,
    says: "",
    how: How::Change(Edit {
        append: r#"
[[hosts.one.files]]
path = "/etc/pam.d/sshd"
content = """{/etc/pam.d/sshd}"""
"#,
        turn: &[("@include common-account", "account required pam_deny.so")],
        ..Edit::NONE
    }),
};
