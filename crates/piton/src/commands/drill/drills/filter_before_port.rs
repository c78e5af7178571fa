//! Whoever writes the site cannot get the order wrong; the planner finds the one that stays open.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 10,
    name: "filter-before-port",
    what: "a new port and the end of the old one: one order of the steps cuts the operator off",
    must: Must::Finish,
    says: "",
    how: How::Change(Edit {
        replace: &[
            ("port = 222", "port = 2222"),
            ("address = \"203.0.113.10\"", "address = \"203.0.113.10\"\nfirst = \"adminclaw@:222\""),
        ],
        ..Edit::NONE
    }),
};
