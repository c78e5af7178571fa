//! The lab adds its own key to every site, so this takes the whole file.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 7,
    name: "keys-replaced",
    what: "authorized_keys is rewritten without the key that the operator has",
    must: Must::Refuse,
    says: "authorized_keys",
    how: How::Change(Edit {
        append: r#"
[[hosts.one.files]]
path = "/home/adminclaw/.ssh/authorized_keys"
content = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHZzb21lYm9keS1lbHNlcy1rZXktbm90LW91cnMh else\n"
owner = "adminclaw"
group = "adminclaw"
mode = "0600"
"#,
        ..Edit::NONE
    }),
};
