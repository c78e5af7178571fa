//! What the peer is allowed becomes a route.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 9,
    name: "allowed-ips-hijack",
    what: "the mesh is given every address there is, so it takes the default route",
    must: Must::Refuse,
    says: "0.0.0.0/0",
    how: How::Change(Edit {
        append: r#"
[mesh]
range = "0.0.0.0/0"

[hosts.two]
address = "203.0.113.11"
mesh = "10.0.0.2"
"#,
        ..Edit::NONE
    }),
};
