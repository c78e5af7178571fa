//! The site forgets its admin and keeps its hardening.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 4,
    name: "root-off-no-admin",
    what: "root may not log in any more, and root is the only login that the site has",
    must: Must::Refuse,
    says: "you would not get in any more",
    how: How::Change(Edit {
        replace: &[
            ("[access]\nadmin = \"adminclaw\"\nkeys = [\"keys/operator.pub\"]\n", ""),
            ("address = \"203.0.113.10\"", "address = \"203.0.113.10\"\nfirst = \"adminclaw@:222\""),
        ],
        ..Edit::NONE
    }),
};
