//! The unit flushes every table when it stops, those of others too, and going back has to stop it.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 33,
    name: "filter-taken-along",
    what: "a unit whose stopping flushes the whole filter is kept, and then rolled back",
    must: Must::GoBack,
    says: "rolled back",
    how: How::Change(Edit {
        prepare: "nft 'table inet by-hand { chain input { type filter hook input priority 5; tcp dport 9998 drop; }; }'; \
                  iptables -A INPUT -p tcp --dport 9997 -j DROP",
        append: r#"
[[hosts.one.files]]
path = "/etc/nftables.conf"
content = """
table inet drill {
    chain input {
        type filter hook input priority 10; policy accept;
        tcp dport 9999 drop
    }
}
"""
reloads = ["nftables.service"]

[[hosts.one.units]]
name = "nftables.service"
active = true
"#,
        image: Some("debian-12"),
        ..Edit::NONE
    }),
};
