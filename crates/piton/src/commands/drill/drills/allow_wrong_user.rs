//! sshd would start, listen and answer, and let nobody in.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 3,
    name: "allow-wrong-user",
    what: "AllowUsers without the login that the operator uses",
    must: Must::Refuse,
    how: How::Change(Edit { replace: &[("# allow_users", "allow_users = [\"somebody\"] #")], ..Edit::NONE }),
};
