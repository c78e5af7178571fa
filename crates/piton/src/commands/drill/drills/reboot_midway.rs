//! In good order, with every service told to stop.

use super::{Drill, How, Must, Places, Trouble};

pub(super) static DRILL: Drill = Drill {
    number: 24,
    name: "reboot-midway",
    what: "the host reboots at every step boundary, and while it waits for the confirmation",
    must: Must::Revert,
    says: "",
    how: How::During(Trouble::Reboot, Places::StepsAndWaiting),
};
