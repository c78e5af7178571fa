//! What the host would put back lies in the very folder that goes.

use super::{Drill, How, Must, Places, Trouble};

pub(super) static DRILL: Drill = Drill {
    number: 35,
    name: "own-folder-gone",
    what: "piton's own folder is deleted in the middle of a change, with the journal and the guard's program",
    must: Must::Revert,
    says: "",
    how: How::During(Trouble::OwnFolderGone, Places::StepsAndWaiting),
};
