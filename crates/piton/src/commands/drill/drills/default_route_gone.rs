//! The operator is on the same network and still gets in; nobody else does.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 18,
    name: "default-route-gone",
    what: "a change of the network's configuration takes the default route away",
    must: Must::Revert,
    says: "default route",
    how: How::Change(Edit {
        append: r#"
[[hosts.one.files]]
path = "/etc/systemd/network/10-host0.network"
content = """{/etc/systemd/network/10-host0.network}"""
reloads = ["systemd-networkd.service"]
"#,
        turn: &[("Gateway=", "# Gateway=")],
        ..Edit::NONE
    }),
};
