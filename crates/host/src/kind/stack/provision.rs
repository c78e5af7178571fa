//! What is run in a container once it is ready: databases, users, extensions.
//!
//! Secrets are only ever read from standard input; what a program says about them is not passed on.

use super::files;
use super::record::Recorded;
use crate::system::{Call, Fault, FaultCode, System};
use piton_plan::kind::Stack;
use piton_plan::stack::{Provision, Repeats};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(120);

pub(super) fn run(system: &System, stack: &Stack, step: &Provision, recorded: &mut Recorded) -> Result<(), Fault> {
    let digest = step.digest();
    if step.repeats == Repeats::WhenChanged && recorded.provisioned.get(&step.name) == Some(&digest) {
        return Ok(());
    }
    let Some(container) = stack.containers.iter().find(|container| container.name == step.container) else {
        let what = format!("{} would run in {}, which {} does not have", step.name, step.container, stack.name);
        return Err(Fault::new(FaultCode::Refused, what));
    };
    let mut argv = vec!["docker", "container", "exec", "--interactive", &container.container];
    argv.extend(step.command.iter().map(String::as_str));
    let input = files::filled(system, &step.input)?;
    let ran = system.call(&Call::new(&argv).input(input.as_bytes()).deadline(PATIENCE))?;
    if !ran.ok() {
        let said = ran.last_words().unwrap_or_else(|| "it said nothing".to_owned());
        let said = system.secrets().map_or(said.clone(), |values| values.hidden(&said));
        let what = format!("{} failed in {}", step.name, container.container);
        return Err(Fault::new(FaultCode::CommandFailed, what).because(said));
    }
    if step.repeats == Repeats::WhenChanged {
        recorded.provisioned.insert(step.name.clone(), digest);
        recorded.write(system, &stack.name)?;
    }
    Ok(())
}
