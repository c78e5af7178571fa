//! A new version beside the old one: shown to be well before anything that serves is stopped.
//!
//! Only where two may run at once (`Container::beside`): nothing on the disk that both would write, no port of the host's.
//! compose makes the trial from the same lines, without its ports. Once it is ready it takes the service's name in
//! its networks, too, and answers while the old one is replaced, so that whoever asks finds somebody at any time. If it does not
//! become ready, the old one was never touched.

use super::gate::{self, Before};
use super::said;
use crate::docker::{self, COMPOSE_PATIENCE};
use crate::system::{Call, Fault, System};
use piton_plan::kind::Stack;
use piton_plan::stack::Container;

/// A new version that is ready, beside the old one.
pub(super) struct Trial {
    name: String,
}

impl Trial {
    /// Starts one, and waits until it is ready.
    pub(super) fn begin(system: &System, stack: &Stack, file: &str, container: &Container) -> Result<Trial, Fault> {
        clear(system, stack)?;
        let name = format!("{}-next", container.container);
        let run = ["run", "--detach", "--no-deps", "--no-TTY", "--name", &name, &container.name];
        let made = docker::compose(system, &stack.name, file, &run, COMPOSE_PATIENCE);
        let ready = made.map_err(|fault| said::with_logs(system, &name, fault)).and_then(|()| {
            let find = || Ok(docker::trials(system, &stack.name)?.into_iter().next());
            match gate::wait(container, &name, &stack.name, &Before::Nothing, find)? {
                Ok(()) => join(system, stack, container),
                Err(not) => Err(said::with_logs(system, &name, not.fault())),
            }
        });
        match ready {
            Ok(()) => Ok(Trial { name }),
            Err(fault) => {
                clear(system, stack)?;
                let help = format!(
                    "the {0} that runs was not touched, and serves; mend what the new one says, and apply again",
                    container.name
                );
                Err(fault.help(help))
            }
        }
    }

    /// Takes it away again: what it is asked then is answered by the one that replaced the old one.
    pub(super) fn end(self, system: &System) -> Result<(), Fault> {
        system.call_ok(&Call::new(&["docker", "container", "stop", &self.name]).deadline(COMPOSE_PATIENCE))?;
        system.run_ok(&["docker", "container", "rm", "--force", &self.name]).map(drop)
    }
}

/// Whether compose would make another one in the place of the one that was found.
pub(super) fn is_another(
    system: &System,
    stack: &Stack,
    file: &str,
    container: &Container,
    found: &docker::Container,
    anew: bool,
) -> Result<bool, Fault> {
    let other_image = docker::image(system, &container.image.reference)?.as_ref() != Some(&found.image);
    Ok(anew || other_image || docker::would_recreate(system, &stack.name, file, &container.name)?)
}

/// Has it answer by the service's name. A network cannot be told a further name of a container that is in it already.
fn join(system: &System, stack: &Stack, container: &Container) -> Result<(), Fault> {
    for trial in docker::trials(system, &stack.name)? {
        for network in trial.networks() {
            system.run_ok(&["docker", "network", "disconnect", network, &trial.id])?;
            let mut connect = vec!["docker", "network", "connect", "--alias", &container.name];
            if container.container != container.name {
                connect.extend(["--alias", &container.container]);
            }
            connect.extend([network, &trial.id]);
            system.run_ok(&connect)?;
        }
    }
    Ok(())
}

/// What an apply that was cut short may have left.
fn clear(system: &System, stack: &Stack) -> Result<(), Fault> {
    let trials = docker::trials(system, &stack.name)?;
    docker::remove(system, &trials.iter().collect::<Vec<_>>())
}
