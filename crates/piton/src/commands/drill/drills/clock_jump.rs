//! A lab host has no clock of its own: this moves the machine's, and sets it right at once.

use super::{Drill, How, Must, Places, Trouble};

pub(super) static DRILL: Drill = Drill {
    number: 27,
    name: "clock-jump",
    what: "the wall clock jumps by a day, both ways, while the host waits",
    must: Must::Revert,
    says: "",
    how: How::During(Trouble::ClockJump, Places::Waiting),
};
