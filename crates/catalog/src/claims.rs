//! What two things of one host cannot both have: a port, or a range of addresses.
//!
//! Docker refuses the second of two only once it starts it, and a bridge that takes the addresses of somebody else takes
//! the answers to them as well. Both are in the site, with their lines, before any host is asked.

mod ports;
mod subnets;

use crate::CatalogProblem;
use crate::context::Context;
use piton_config::Problem;

pub(crate) fn problems(context: &Context) -> Vec<CatalogProblem> {
    ports::problems(context).into_iter().chain(subnets::problems(context)).collect()
}

/// A problem that says it all, with both lines.
fn of_two(context: &Context, code: &'static str, problem: Problem) -> CatalogProblem {
    let help = problem.help.clone().unwrap_or_default();
    let found = context.problem(code, problem.what.clone(), &help);
    CatalogProblem { detail: Some(Box::new(problem)), ..found }
}
