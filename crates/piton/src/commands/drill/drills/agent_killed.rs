//! Nothing runs after a SIGKILL.

use super::{Drill, How, Must, Places, Trouble};

pub(super) static DRILL: Drill = Drill {
    number: 22,
    name: "agent-killed",
    what: "the host half is killed at every step boundary",
    must: Must::Revert,
    says: "",
    how: How::During(Trouble::KillHalf, Places::Steps),
};
