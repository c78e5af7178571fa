//! Only the question whether what answered before still answers can tell.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 20,
    name: "loopback-drop",
    what: "a DROP on 6379 ahead of the ACCEPT for lo: a local service dies though ssh works",
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
        prepare: "systemd-run --quiet --unit drill-redis python3 -m http.server --bind 127.0.0.1 6379; until ss -Hltn sport = :6379 | grep -q .; do sleep 0.1; done",
        turn: &[(
            "-A ufw-before-input -i lo -j ACCEPT",
            "-A ufw-before-input -p tcp --dport 6379 -j DROP\n-A ufw-before-input -i lo -j ACCEPT",
        )],
        ..Edit::NONE
    }),
};
