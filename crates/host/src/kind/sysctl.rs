//! Kernel parameters: the file that the next boot reads, and the live values.

mod later;

use super::ufw::parameters as ufw;
use super::{HostKind, Look, confirm};
use crate::saved::{self, Footprint, Saved, Subject, Undo};
use crate::system::{Fault, FaultCode, System, sysctl};
use piton_plan::kind::Sysctl;
use piton_plan::kind::sysctl::Observed;
use std::collections::BTreeMap;

const REDIRECTS: &str = "net.ipv4.conf.all.accept_redirects";

impl HostKind for Sysctl {
    fn observe(&self, system: &System, look: &Look<'_>) -> Result<Observed, Fault> {
        let mut live = BTreeMap::new();
        for (name, wanted) in &self.values {
            if let Some(value) = system.sysctl(name)? {
                // Blanks do not matter, so the same value is given back as it was written.
                let same = sysctl::normal(wanted) == value;
                live.insert(name.clone(), if same { wanted.clone() } else { value });
            }
        }
        Ok(Observed { files: look.files(&[self.spec()])?, live })
    }

    fn footprint(&self) -> Footprint {
        let live = self.values.keys().map(|name| Subject::Sysctl(name.clone()));
        let files = Footprint::of_files(&[self.spec()]).with(Subject::Path(ufw::FILE.into()));
        // Turning forwarding on or off has the kernel set this one as well.
        let forwarding = |name: &String| name == "net.ipv4.ip_forward" || name == "net.ipv4.conf.all.forwarding";
        let along = self.values.keys().any(forwarding).then(|| Subject::Sysctl(REDIRECTS.into()));
        live.chain(along).fold(files, Footprint::with)
    }

    fn apply(&self, system: &System) -> Result<(), Fault> {
        // All of them first: a host gets all of its values or none.
        for name in self.values.keys() {
            if system.sysctl(name)?.is_none() {
                return Err(Fault::new(FaultCode::Unsupported, format!("there is no kernel parameter {name}"))
                    .help("load the module that brings it, or take it out of the site for this host"));
            }
        }
        later::none_wins(system, &self.file, &self.values)?;
        system.write_file(&self.spec())?;
        ufw::give_way(system, &self.values)?;
        for (name, value) in &self.values {
            if system.sysctl(name)?.as_deref() != Some(&sysctl::normal(value)) {
                system.set_sysctl(name, value)?;
            }
        }
        confirm::took_effect(self, system)
    }

    fn remove(&self, system: &System, original: &[Saved]) -> Result<(), Fault> {
        ufw::take_back(system, &self.values)?;
        // ufw may have been installed since, and its file then is not to go.
        let of_ufw = |saved: &Saved| saved.subject() == Subject::Path(ufw::FILE.into());
        let rest: Vec<Saved> = original.iter().filter(|saved| !of_ufw(saved)).cloned().collect();
        saved::restore(system, &rest, &self.footprint().settle, Undo::Later)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Host, cycle};
    use super::*;

    fn wanted(name: &str, value: &str) -> Sysctl {
        Sysctl { file: "60-piton.conf".into(), values: BTreeMap::from([(name.to_owned(), value.to_owned())]) }
    }

    #[test]
    fn the_file_and_the_live_value_come_and_go() {
        let host = Host::new();
        host.write("/proc/sys/net/ipv4/tcp_rmem", "4096\t131072\t6291456\n");
        cycle(&host, &wanted("net.ipv4.tcp_rmem", "4096 131072 7000000"));
        assert_eq!(host.system.sysctl("net.ipv4.tcp_rmem").unwrap().as_deref(), Some("4096 131072 6291456"));
    }

    #[test]
    fn a_parameter_that_is_not_there_is_named_and_nothing_is_written() {
        let host = Host::new();
        let fault = wanted("net.nothing", "1").apply(&host.system).unwrap_err();
        assert!(fault.what.contains("net.nothing"), "{fault}");
        assert!(!host.system.exists("/etc/sysctl.d"));
    }
}
