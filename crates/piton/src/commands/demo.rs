//! `piton demo`
use crate::arguments::DemoArguments;
use crate::failure::{Ended, Failure};
use crate::print::Screen;

pub(super) fn run(_arguments: &DemoArguments, _screen: &Screen) -> Ended {
    Err(Failure::usage("not yet", "soon"))
}
