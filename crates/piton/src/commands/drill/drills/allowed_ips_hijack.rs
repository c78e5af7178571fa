//! What the peer is allowed becomes a route.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 9,
    name: "allowed-ips-hijack",
    what: "the mesh is given every address there is, so it takes the default route",
    must: Must::Refuse,
    says: "0.0.0.0/0",
    how: How::Change(Edit {
        replace: &[("address = \"203.0.113.10\"", "address = \"203.0.113.10\"\nmesh = \"10.0.0.1\"")],
        append: r#"
[mesh]
range = "0.0.0.0/0"
"#,
        ..Edit::NONE
    }),
};
