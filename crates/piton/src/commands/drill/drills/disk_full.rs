//! The disk under piton's own folder: a lab host shares the other one with the machine.

use super::{Drill, How, Must, Places, Trouble};

pub(super) static DRILL: Drill = Drill {
    number: 28,
    name: "disk-full",
    what: "the disk fills up during the change, the journal included",
    must: Must::Revert,
    says: "",
    how: How::During(Trouble::FillDisk, Places::Steps),
};
