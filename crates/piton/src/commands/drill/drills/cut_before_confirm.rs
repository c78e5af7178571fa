//! The cable is out until the host has put itself back without hearing anybody.

use super::{Drill, How, Must, Places, Trouble};

pub(super) static DRILL: Drill = Drill {
    number: 26,
    name: "cut-before-confirm",
    what: "all is applied, and the link dies before the confirmation",
    must: Must::Revert,
    says: "",
    how: How::During(Trouble::CutLink, Places::StepsAndWaiting),
};
