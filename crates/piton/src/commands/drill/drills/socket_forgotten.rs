//! Ubuntu starts sshd this way; nobody thinks of it before the port has moved.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 11,
    name: "socket-forgotten",
    what: "a socket-activated sshd: the port moves in its configuration, and the socket stays",
    must: Must::Refuse,
    says: "ssh.socket",
    how: How::Change(Edit {
        replace: &[
            ("port = 222", "port = 2222\nsocket = \"off\""),
            ("address = \"203.0.113.10\"", "address = \"203.0.113.10\"\nfirst = \"adminclaw@:222\""),
        ],
        image: Some("ubuntu-24.04"),
        ..Edit::NONE
    }),
};
