//! The commands, one file each; the only thing decided here is which one runs.

mod apply;
mod check;
mod demo;
mod drill;
mod explain;
mod gate;
mod help;
mod history;
mod host;
mod init;
mod lab;
mod lock;
mod net;
mod plan;
pub(crate) mod reach;
pub mod reference;
mod render;
mod rollback;
mod secrets;
mod service;
mod show;

pub(crate) use secrets::made_for;

use crate::arguments::{Command, SchemaOf};
use crate::exit::Exit;
use crate::failure::Ended;
use crate::print::Screen;

pub(crate) fn run(command: Command, screen: &Screen) -> Ended {
    match command {
        Command::Init(arguments) => init::run(&arguments, screen),
        Command::Plan(arguments) => plan::run(&arguments, screen),
        Command::Apply(arguments) => apply::run(&arguments, screen),
        Command::Show(arguments) => show::run(&arguments, screen),
        Command::Logs(arguments) => service::logs(&arguments, screen),
        Command::Restart(arguments) => service::restart(&arguments, screen),
        Command::Exec(arguments) => service::exec(&arguments, screen),
        Command::Reach(arguments) => reach::run(&arguments, screen),
        Command::History(arguments) => history::run(&arguments, screen),
        Command::Rollback(arguments) => rollback::run(&arguments, screen),
        Command::Render(arguments) => render::run(&arguments, screen),
        Command::Lock(arguments) => lock::run(&arguments, screen),
        Command::Secrets(arguments) => secrets::run(&arguments, screen),
        Command::Gate(arguments) => gate::run(arguments, screen),
        Command::Approve(arguments) => gate::approve(&arguments, screen),
        Command::Net(arguments) => net::run(&arguments, screen),
        Command::Lab(arguments) => lab::run(&arguments, screen),
        Command::Check(arguments) => check::run(&arguments, screen),
        Command::Explain { id, json } => explain::run(&id, json, screen),
        Command::Lsp { .. } => crate::lsp::run(screen),
        Command::Rules { json } => explain::list(json, screen),
        Command::Demo(arguments) => demo::run(&arguments, screen),
        Command::Schema { of } => {
            screen.answer_json(&match of {
                SchemaOf::Site => piton_config::schema(),
                SchemaOf::Settings => reference::settings_schema(),
            });
            Ok(Exit::Done)
        }
        Command::Completions { shell } => {
            screen.answer_raw(&reference::completions(shell));
            Ok(Exit::Done)
        }
        Command::Man => {
            screen.answer_raw(&reference::manual());
            Ok(Exit::Done)
        }
        Command::Help { topic } => help::run(&topic, screen),
        Command::Host(arguments) => host::run(&arguments),
        Command::LabSupervisor { arguments } => {
            piton_lab::supervise(&arguments)?;
            Ok(Exit::Done)
        }
    }
}
