//! `piton logs`, `piton restart`, `piton exec`: one service, asked or told something over the usual session.

use crate::arguments::{ExecArguments, LogsArguments, RestartArguments, ServiceArguments};
use crate::errand::{self, Ground, hand_over, target, unlock};
use crate::exit::Exit;
use crate::failure::{Ended, Failure, session_problem};
use crate::print::{Screen, json};
use piton_config::Host;
use piton_host::fleet;
use piton_host::session::{Session, SessionError};
use piton_host::wire::{Asked, Reply, Request};
use piton_plan::Resource;
use piton_plan::stack::{Container, Stack};
use serde_json::json;

pub(super) fn logs(arguments: &LogsArguments, screen: &Screen) -> Ended {
    let said = ask(&arguments.service, &Asked::Logs { lines: arguments.lines }, "piton logs", screen)?;
    Ok(said.shown(screen))
}

pub(super) fn restart(arguments: &RestartArguments, screen: &Screen) -> Ended {
    let said = ask(&arguments.service, &Asked::Restart, "piton restart", screen)?;
    if said.status == Some(0) && !screen.is_json() {
        screen.answer(format!("{} is ready\n", arguments.service.service));
        return Ok(Exit::Done);
    }
    Ok(said.shown(screen))
}

pub(super) fn exec(arguments: &ExecArguments, screen: &Screen) -> Ended {
    let asked = Asked::Run { command: arguments.command.clone() };
    let said = ask(&arguments.service, &asked, "piton exec", screen)?;
    Ok(said.shown(screen))
}

struct Said {
    host: String,
    container: String,
    status: Option<i32>,
    out: String,
    err: String,
}

impl Said {
    fn shown(&self, screen: &Screen) -> Exit {
        match screen.is_json() {
            true => screen.answer_json(&json::object(
                "piton.service/1",
                json!({ "host": self.host, "container": self.container, "status": self.status, "out": self.out, "err": self.err }),
            )),
            false => {
                screen.answer(self.out.clone());
                if !self.err.is_empty() {
                    screen.say(self.err.trim_end());
                }
            }
        }
        if self.status == Some(0) { Exit::Done } else { Exit::Failed }
    }
}

/// One container, and the stack and host that it belongs to.
struct Found<'a> {
    host: &'a Host,
    stack: Stack,
    container: Container,
}

fn ask(arguments: &ServiceArguments, asked: &Asked, reason: &str, screen: &Screen) -> Result<Said, Failure> {
    let ground = Ground::prepare(&arguments.site, reason)?;
    let found = find(&ground, &arguments.service, arguments.on.as_deref())?;
    let secrets = unlock(&ground, screen)?;
    let unreached = |error: &SessionError| {
        let exit = if matches!(error, SessionError::Refused(_)) { Exit::Failed } else { Exit::Unreachable };
        Failure::of(exit, vec![session_problem(&found.host.name, error)])
    };
    let session = fleet::reach(&target(found.host), &ground.errand);
    let stack = Resource::Stack(found.stack.clone());
    let session = session.and_then(|session| hand_over(session, &secrets, [&stack].into_iter()));
    let mut session = session.map_err(|error| unreached(&error))?;
    let request = Request::Container {
        stack: found.stack.name.clone(),
        container: Box::new(found.container.clone()),
        asked: asked.clone(),
    };
    let reply = session.ask(&request, &mut |_| {}).map_err(|error| unreached(&error))?;
    Session::close(session);
    match reply {
        Reply::Said { status, out, err } => {
            Ok(Said { host: found.host.name.clone(), container: found.container.container, status, out, err })
        }
        Reply::Locked { holder } => {
            let what = format!("{} is changing {}: {}", holder.operator, found.host.name, holder.reason);
            Err(Failure::new(Exit::Locked, "locked", what, "wait until that is through"))
        }
        _ => Err(Failure::new(Exit::Unknown, "session", "the host answered something else", "try again")),
    }
}

/// The service's container; where it has several, one has to be named.
fn find<'a>(ground: &'a Ground, service: &str, on: Option<&str>) -> Result<Found<'a>, Failure> {
    let hosts = ground.selected(&on.map(str::to_owned).into_iter().collect::<Vec<_>>())?;
    let wanted =
        errand::assumed(&ground.site, &hosts).map_err(|found| ground.folder.explain(Failure::catalog(found)))?;
    let mut all = Vec::new();
    for (host, wanted) in hosts.into_iter().zip(wanted) {
        for resource in wanted.resources {
            let Resource::Stack(stack) = resource else { continue };
            let containers = stack.containers.iter().cloned();
            all.extend(containers.map(|container| Found { host, stack: stack.clone(), container }));
        }
    }
    let known: Vec<String> = all.iter().map(|found| found.container.name.clone()).collect();
    let is_it = |found: &Found| found.container.name == service;
    let is_of_it = |found: &Found| found.container.name.starts_with(&format!("{service}-"));
    let exact = all.iter().any(is_it);
    let mut found: Vec<Found> =
        all.into_iter().filter(|found| if exact { is_it(found) } else { is_of_it(found) }).collect();
    match (found.pop(), found.as_slice()) {
        (Some(one), []) => Ok(one),
        (Some(one), others) => {
            let each: Vec<String> =
                others.iter().chain([&one]).map(|it| format!("{} on {}", it.container.name, it.host.name)).collect();
            let what = format!("`{service}` is more than one: {}", each.join(", "));
            Err(Failure::usage(what, "`--on HOST` says which, or the container's own name"))
        }
        (None, _) => {
            let what = format!("no container of this site is called `{service}`");
            Err(Failure::usage(what, format!("its containers: {}", known.join(", "))))
        }
    }
}
