//! The replies would go to the bridge.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 8,
    name: "subnet-overlap",
    what: "a container bridge gets the subnet that the operator and the gateway are in",
    must: Must::Refuse,
    how: How::Change(Edit { append: r#"
[docker]
settings = { bip = "{network}" }
"#, ..Edit::NONE }),
};
