//! Everything else about the site is right.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 2,
    name: "deny-all-no-ssh",
    what: "the filter denies the port that sshd listens on",
    must: Must::Refuse,
    how: How::Change(Edit { replace: &[("deny = []", "deny = [\"222/tcp\"]")], ..Edit::NONE }),
};
