//! What must be true of a host before a stack is touched.

use crate::system::{Call, Fault, FaultCode, System};
use piton_plan::kind::Stack;
use piton_plan::stack::Precondition;
use std::path::PathBuf;

pub(super) fn check(stack: &Stack, system: &System) -> Result<(), Fault> {
    stack.requires.iter().try_for_each(|precondition| match precondition {
        Precondition::CertificateByDns { domain, storage, why } => certificate(system, domain, storage, why),
        Precondition::Runtime { name, why } => runtime(system, name, why),
    })
}

/// A certificate for the name, or for all names beside it, that is valid still. That it was had over DNS cannot be
/// seen in it; a site that says so keeps port 80 closed.
fn certificate(system: &System, domain: &str, storage: &str, why: &str) -> Result<(), Fault> {
    let wildcard = domain.split_once('.').map(|(_, above)| format!("wildcard_.{above}"));
    let names: Vec<String> = [Some(domain.to_owned()), wildcard].into_iter().flatten().collect();
    for place in issuers(system, storage) {
        for name in &names {
            let path = place.join(name).join(format!("{name}.crt"));
            if path.is_file() && is_valid(system, &path)? {
                return Ok(());
            }
        }
    }
    let what = format!("there is no valid certificate for {domain} under {storage}");
    Err(Fault::new(FaultCode::Refused, what).because(why))
}

fn issuers(system: &System, storage: &str) -> Vec<PathBuf> {
    let entries = system.path(&format!("{storage}/certificates")).read_dir();
    entries.into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

fn is_valid(system: &System, path: &std::path::Path) -> Result<bool, Fault> {
    let path = path.to_string_lossy();
    Ok(system.call(&Call::new(&["openssl", "x509", "-in", &path, "-noout", "-checkend", "3600"]))?.ok())
}

fn runtime(system: &System, name: &str, why: &str) -> Result<(), Fault> {
    let said =
        system.run_ok(&["docker", "info", "--format", "{{range $name, $_ := .Runtimes}}{{println $name}}{{end}}"])?;
    match said.lines().any(|known| known.trim() == name) {
        true => Ok(()),
        false => Err(Fault::new(FaultCode::Refused, format!("Docker has no runtime `{name}`")).because(why)),
    }
}
