//! `piton host`: the half that runs on a host, as root: for one session, or as its guard.

use crate::arguments::HostArguments;
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use piton_host::guard;
use piton_host::half::{self, Caller};
use piton_host::system::System;
use std::io;

pub(super) fn run(arguments: &HostArguments) -> Ended {
    if !rustix::process::geteuid().is_root() {
        let help = "piton starts this by itself, over ssh and sudo";
        return Err(Failure::new(Exit::Failed, "host/not-root", "the host half must run as root", help));
    }
    if arguments.guard || arguments.guard_early {
        let system = System::host();
        let ended = if arguments.guard { guard::watch(&system) } else { guard::put_files_back(&system) };
        let help = "what could not be put back is named; `piton plan` says what is left";
        return ended.map(|()| Exit::Done).map_err(|fault| {
            Failure::new(Exit::Failed, "host/guard", fault.to_string(), fault.help.as_deref().unwrap_or(help))
        });
    }
    let caller = Caller { login: arguments.login.clone(), connection: arguments.connection.clone() };
    match half::serve(&System::host(), io::stdin(), io::stdout(), caller) {
        Ok(()) => Ok(Exit::Done),
        Err(error) => Err(Failure::new(
            Exit::Failed,
            "host/session",
            format!("the session with the operator broke: {error}"),
            "a change that was under way has been put back",
        )),
    }
}
