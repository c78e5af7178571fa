//! One container of a stack, asked or told something by a person: logs, a restart, a program run in it.
//!
//! It goes over the session that everything goes over, and what comes back has no value of a secret in it.

use super::Session;
use crate::docker::COMPOSE_PATIENCE;
use crate::kind::stack;
use crate::lock::Taken;
use crate::system::{Call, Fault, FaultCode, Ran};
use crate::wire::{Asked, Reply};
use piton_plan::stack::Container;
use std::time::Duration;

/// How long a program that somebody runs in a container may take.
const PATIENCE: Duration = Duration::from_secs(3600);

impl Session {
    pub(super) fn container(&mut self, stack: &str, container: &Container, asked: &Asked) -> Result<Reply, Fault> {
        let name = container.container.as_str();
        match asked {
            Asked::Logs { lines } => {
                let lines = lines.to_string();
                self.said(self.system.run(&["docker", "container", "logs", "--tail", &lines, name])?, name)
            }
            Asked::Run { command } => {
                let mut words = vec!["docker", "container", "exec", name];
                words.extend(command.iter().map(String::as_str));
                self.said(self.system.call(&Call::new(&words).deadline(PATIENCE))?, name)
            }
            Asked::Restart => {
                // Not into the middle of somebody's change.
                let _turn = match self.take_turn(false)? {
                    Taken::Mine(turn) => turn,
                    Taken::Theirs(holder) => return Ok(Reply::Locked { holder }),
                };
                let call = Call::new(&["docker", "container", "restart", name]).deadline(COMPOSE_PATIENCE);
                let ran = self.system.call(&call)?;
                if !ran.ok() {
                    return self.said(ran, name);
                }
                stack::ready(&self.system, stack, container)?;
                Ok(Reply::Said { status: Some(0), out: String::new(), err: String::new() })
            }
        }
    }

    fn said(&self, ran: Ran, name: &str) -> Result<Reply, Fault> {
        if ran.stderr.contains("No such container") {
            let fault = Fault::new(FaultCode::Nothing, format!("there is no container {name} on this host"));
            return Err(fault.help("`piton plan` says what is missing"));
        }
        let hidden = |text: String| self.system.secrets().map_or(text.clone(), |values| values.hidden(&text));
        Ok(Reply::Said { status: ran.status, out: hidden(ran.stdout), err: hidden(ran.stderr) })
    }
}
