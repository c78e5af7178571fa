//! A new port with the filter closed to all others: whoever writes the site cannot get the order wrong.

use super::{Drill, Edit, How, Must};

pub(super) static DRILL: Drill = Drill {
    number: 10,
    name: "filter-before-port",
    what: "the right end, in an order that would cut the operator off midway",
    must: Must::Finish,
    how: How::Change(Edit { replace: &[("port = 222", "port = 2222")], ..Edit::NONE }),
};
