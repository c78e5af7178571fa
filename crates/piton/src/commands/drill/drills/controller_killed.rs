//! Its own end is the easy half; a link that is cut in silence is drill 26.

use super::{Drill, How, Must, Places, Trouble};

pub(super) static DRILL: Drill = Drill {
    number: 23,
    name: "controller-killed",
    what: "the operator's side is killed, or its link is cut, at every step boundary",
    must: Must::Revert,
    says: "",
    how: How::During(Trouble::KillOperator, Places::StepsAndWaiting),
};
