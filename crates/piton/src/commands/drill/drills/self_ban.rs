//! The jail reads a log in which the operator failed to log in.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 21,
    name: "self-ban",
    what: "a fail2ban jail that bans the operator's address during the change",
    must: Must::Revert,
    says: "",
    how: How::Change(Edit {
        append: r#"
[[hosts.one.files]]
path = "/srv/drill.log"
content = "drill failed from {operator}\ndrill failed from {operator}\n"

[[hosts.one.files]]
path = "/etc/fail2ban/filter.d/drill.conf"
content = "[Definition]\nfailregex = ^drill failed from <HOST>$\n"

[[hosts.one.files]]
path = "/etc/fail2ban/jail.d/zz-drill.conf"
content = "[drill]\nenabled = true\nbackend = polling\nfilter = drill\nlogpath = /srv/drill.log\nmaxretry = 1\nfindtime = 1d\nport = 222\nbanaction = iptables-allports\n"
reloads = ["fail2ban.service"]
"#,
        ..Edit::NONE
    }),
};
