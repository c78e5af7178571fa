//! The denial stands before the rule that opens the port, since ufw takes the first that fits.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 2,
    name: "deny-all-no-ssh",
    what: "the filter denies the operator the port that sshd listens on",
    must: Must::Refuse,
    says: "222",
    how: How::Change(Edit { replace: &[("deny = []", "deny = [\"222/tcp from {operator}\"]")], ..Edit::NONE }),
};
