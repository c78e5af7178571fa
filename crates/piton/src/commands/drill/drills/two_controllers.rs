//! The second is told who is at it, why and since when; the first goes on.

use super::{Drill, How, Must, Places, Trouble};

pub(super) static DRILL: Drill = Drill {
    number: 29,
    name: "two-controllers",
    what: "two applies at the same host at once",
    must: Must::Finish,
    says: "",
    how: How::During(Trouble::SecondOperator, Places::Once),
};
