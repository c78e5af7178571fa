//! `piton gate` and `piton approve`: the judge of `piton-gate`, with everything around it that touches the world.
//!
//! One file a verb. `setting.rs` gathers what a judgement needs (policy, folder, files), `state.rs`
//! knows where the gate keeps what it remembers, `protocol.rs` speaks the agents' forms.

mod allow;
mod approve;
mod check;
mod configure;
mod explain;
mod hook;
mod log;
mod operator;
mod protocol;
mod run;
mod setting;
mod splice;
mod state;
mod user;

use crate::arguments::{ApproveArguments, GateArguments, GateVerb};
use crate::failure::Ended;
use crate::print::Screen;

pub(super) fn run(arguments: GateArguments, screen: &Screen) -> Ended {
    match arguments.verb {
        GateVerb::Check { batch: true, cwd, .. } => check::batch(cwd.as_deref(), screen),
        GateVerb::Check { command, cwd, .. } => check::one(&command, cwd, screen),
        GateVerb::Hook { agent } => hook::run(agent, screen),
        GateVerb::Install(arguments) => configure::install(&arguments, screen),
        GateVerb::Uninstall(arguments) => configure::uninstall(&arguments, screen),
        GateVerb::Status { .. } => configure::status(screen),
        GateVerb::Log { since, stopped, verify, .. } => log::show(since.as_deref(), stopped, verify, screen),
        GateVerb::Explain { effect, .. } => explain::run(effect.as_deref(), screen),
        GateVerb::Allow(arguments) => allow::run(&arguments, screen),
        GateVerb::User { name, site, piton } => user::run(&name, &site, piton, screen),
        GateVerb::Run { write, dry_run, command } => run::run(&write, dry_run, &command, screen),
    }
}

pub(super) fn approve(arguments: &ApproveArguments, screen: &Screen) -> Ended {
    approve::run(arguments, screen)
}
