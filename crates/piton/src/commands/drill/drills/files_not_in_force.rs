//! To go back to files that were never in force would be the lockout.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 37,
    name: "files-not-in-force",
    what: "somebody took the port out of sshd's files and let nothing read them; a change has to be put back",
    must: Must::Revert,
    says: "",
    how: How::Change(Edit {
        append: r#"
[[hosts.one.files]]
path = "/etc/pam.d/sshd"
content = """{/etc/pam.d/sshd}"""
"#,
        prepare: "sed -i '/^Port /d' /etc/ssh/sshd_config.d/00-piton.conf; \
                  for override in /etc/systemd/system/ssh.socket.d/*.conf; do \
                  [ ! -e $override ] || sed -i 's/:222/:22/' $override; done",
        turn: &[("@include common-account", "account required pam_deny.so")],
        ..Edit::NONE
    }),
};
