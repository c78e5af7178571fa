//! No shutdown. The lab's disks keep what was written, so what this cannot show is a lost write.

use super::{Drill, How, Must, Places, Trouble};

pub(super) static DRILL: Drill = Drill {
    number: 25,
    name: "power-cut",
    what: "the host is stopped dead at every step boundary",
    must: Must::Revert,
    says: "",
    how: How::During(Trouble::PowerCut, Places::StepsAndWaiting),
};
