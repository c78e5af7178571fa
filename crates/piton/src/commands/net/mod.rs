//! `piton net`: the network of the machine it runs on, for people with a site and without one.

mod guard;
mod restore;
mod show;
mod verify;
mod watch;

use crate::arguments::net::{NetArguments, NetVerb};
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::print::Screen;
use piton_host::network_state::Came;
use piton_host::system::{Fault, FaultCode, System};

pub(super) fn run(arguments: &NetArguments, screen: &Screen) -> Ended {
    if !rustix::process::geteuid().is_root() {
        let what = "the network of a machine is root's to read, to put back and to guard";
        return Err(Failure::new(Exit::Failed, "net/not-root", what, "run it with sudo"));
    }
    let system = System::host();
    match &arguments.verb {
        NetVerb::Save { name, replace } => show::save(&system, name, *replace, screen),
        NetVerb::Show { name } => show::show(&system, name.as_deref(), screen),
        NetVerb::Diff { name, all } => show::diff(&system, name, came(*all), screen),
        NetVerb::Restore { name, all, yes } => restore::run(&system, name, came(*all), *yes, screen),
        NetVerb::Verify(arguments) => verify::run(&system, arguments, screen),
        NetVerb::Guard(arguments) => guard::run(&system, arguments, screen),
        NetVerb::Confirm => guard::confirm(&system, screen),
        NetVerb::Watch => watch::run(&system, screen),
    }
}

/// What is to become of what other programs have brought since.
fn came(all: bool) -> Came {
    if all { Came::Goes } else { Came::Stays }
}

/// A fault of this machine's, as it is shown.
fn failure(fault: &Fault) -> Failure {
    let code = serde_json::to_value(fault.code).ok().and_then(|code| code.as_str().map(str::to_owned));
    let exit = match fault.code {
        FaultCode::NotRestored => Exit::Unknown,
        _ => Exit::Failed,
    };
    let help = fault.help.as_deref().unwrap_or("`piton net verify` says what works");
    Failure::new(exit, &format!("net/{}", code.unwrap_or_default()), fault.to_string(), help)
}
