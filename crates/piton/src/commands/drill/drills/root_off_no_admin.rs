//! The site forgets its admin and keeps its hardening.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 4,
    name: "root-off-no-admin",
    what: "root may not log in any more, and root is the only login there is",
    must: Must::Refuse,
    how: How::Change(Edit { replace: &[("admin = \"adminclaw\"", "# admin = \"adminclaw\""), ("keys = [", "# keys = [")], ..Edit::NONE }),
};
