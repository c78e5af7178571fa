//! sshd would start, listen and answer, and let nobody in.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 3,
    name: "allow-wrong-user",
    what: "AllowUsers without the login that the operator uses",
    must: Must::Refuse,
    says: "would not let the admin `adminclaw` in",
    how: How::Change(Edit { replace: &[("# allow_users", "allow_users = [\"somebody\"] #")], ..Edit::NONE }),
};
