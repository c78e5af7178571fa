//! New ones are let in, and hear nothing after their first packet.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 19,
    name: "drop-established",
    what: "the filter drops what belongs to connections that are open",
    must: Must::Revert,
    says: "",
    how: How::Change(Edit {
        append: r#"
[[hosts.one.files]]
path = "/etc/ufw/before.rules"
content = """{/etc/ufw/before.rules}"""
mode = "0640"
reloads = ["ufw.service"]
"#,
        turn: &[("--ctstate RELATED,ESTABLISHED -j ACCEPT", "--ctstate RELATED,ESTABLISHED -j DROP")],
        ..Edit::NONE
    }),
};
