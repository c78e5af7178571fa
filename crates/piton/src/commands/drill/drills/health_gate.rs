//! A service of systemd in the place of a container: the old one must run again.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 30,
    name: "health-gate",
    what: "the new version of a service never becomes healthy",
    must: Must::Revert,
    says: "drill-app",
    how: How::Change(Edit {
        prepare: "printf '[Service]\nExecStart=/usr/bin/python3 -m http.server 8088\n' > /etc/systemd/system/drill-app.service; systemctl daemon-reload; systemctl start drill-app; until ss -Hltn sport = :8088 | grep -q .; do sleep 0.1; done",
        append: r#"
[[hosts.one.files]]
path = "/etc/systemd/system/drill-app.service"
content = "[Service]\nExecStart=/usr/bin/python3 -m no.such.module\n"
reloads = ["drill-app.service"]
"#,
        ..Edit::NONE
    }),
};
