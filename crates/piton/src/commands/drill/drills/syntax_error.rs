//! The keyword is right, so only sshd itself can tell.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 12,
    name: "syntax-error",
    what: "a value that sshd -t rejects",
    must: Must::Refuse,
    says: "no-such-mac",
    how: How::Change(Edit {
        replace: &[("MaxAuthTries = 6", "MaxAuthTries = 6\nMACs = \"no-such-mac\"")],
        ..Edit::NONE
    }),
};
