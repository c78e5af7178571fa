//! sshd -t is content, and so is every rule.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 13,
    name: "no-common-cipher",
    what: "a valid sshd_config whose ciphers the operator's ssh does not offer",
    must: Must::Revert,
    says: "",
    how: How::Change(Edit {
        replace: &[("MaxAuthTries = 6", "MaxAuthTries = 6\nCiphers = \"3des-cbc\"")],
        ..Edit::NONE
    }),
};
