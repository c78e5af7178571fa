//! The address is not even there yet.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 5,
    name: "listen-on-mesh-only",
    what: "sshd listens on an address of the mesh only, and the operator comes from outside",
    must: Must::Refuse,
    says: "10.0.0.1",
    how: How::Change(Edit {
        replace: &[("MaxAuthTries = 6", "MaxAuthTries = 6\nListenAddress = \"10.0.0.1\"")],
        ..Edit::NONE
    }),
};
