//! The replies would go to the bridge.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 8,
    name: "subnet-overlap",
    what: "a container bridge gets the subnet that the operator and the gateway are in",
    must: Must::Refuse,
    says: "docker0",
    how: How::Change(Edit {
        append: r#"
[docker]
daemon = { bip = "{network}" }
"#,
        ..Edit::NONE
    }),
};
