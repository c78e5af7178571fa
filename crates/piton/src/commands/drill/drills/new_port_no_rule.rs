//! The rule for the new port is there, but not for where the operator is.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 1,
    name: "new-port-no-rule",
    what: "sshd moves to 2222, and the filter lets only a stranger in there",
    must: Must::Refuse,
    says: "2222",
    how: How::Change(Edit {
        replace: &[
            ("port = 222", "port = 2222"),
            ("allow = []", "allow = [\"2222/tcp from 192.0.2.1\"]"),
            ("address = \"203.0.113.10\"", "address = \"203.0.113.10\"\nfirst = \"adminclaw@:222\""),
        ],
        ..Edit::NONE
    }),
};
