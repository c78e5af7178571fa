//! Right one day, and today it shuts the door from inside.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 6,
    name: "vpn-only-too-early",
    what: "the ssh port is for the mesh only, before the mesh carries anything",
    must: Must::Refuse,
    says: "222",
    how: How::Change(Edit { replace: &[("allow = []", "allow = [\"222/tcp from 10.0.0.0/24\"]")], ..Edit::NONE }),
};
