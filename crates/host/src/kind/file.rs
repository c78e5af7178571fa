//! A file with its content, owner and mode.

use super::{HostKind, Look};
use crate::saved::{Footprint, Settle, Subject};
use crate::system::files::Standing;
use crate::system::{Fault, FaultCode, System};
use piton_plan::kind::File;
use piton_plan::kind::file::Observed;

impl HostKind for File {
    fn observe(&self, system: &System, look: &Look<'_>) -> Result<Observed, Fault> {
        see(self, system, look).or_else(|fault| match fault.code {
            // Too large to be anything of ours: seen as another thing, not as an unreadable host.
            FaultCode::Unreadable => Ok(Observed { state: None, other: Some("file of another size".into()) }),
            _ => Ok(Observed { state: None, other: Some(fault.in_the_way().ok_or(fault)?) }),
        })
    }

    fn footprint(&self) -> Footprint {
        let mut footprint = Footprint::of([Subject::Path(self.file.path.clone())]);
        if is_unit_file(self) {
            footprint = footprint.settled_by(Settle::DaemonReload);
        }
        let settled = |footprint: Footprint, unit: &String| {
            footprint.with(Subject::Running(unit.clone())).settled_by(Settle::Reload(unit.clone()))
        };
        let is_ssh = |unit: &String| matches!(unit.as_str(), "ssh.service" | "ssh.socket");
        if self.reloads.iter().any(is_ssh) {
            footprint = footprint.with(Subject::SshPorts);
        }
        self.reloads.iter().fold(footprint, settled)
    }

    fn apply(&self, system: &System) -> Result<(), Fault> {
        // The plan said that a link would give way to a file.
        system.write_file_over_link(&self.file)?;
        // Also when nothing was written: an earlier attempt may have been cut off in between.
        if is_unit_file(self) {
            system.systemctl(&["daemon-reload"])?;
        }
        for unit in &self.reloads {
            if system.unit(unit)?.is_active() {
                system.systemctl(&["reload-or-restart", unit])?;
            }
        }
        Ok(())
    }
}

fn see(wanted: &File, system: &System, look: &Look<'_>) -> Result<Observed, Fault> {
    let other = match system.standing(&wanted.file.path)? {
        Standing::Nothing | Standing::File => None,
        other => Some(other.word().to_owned()),
    };
    Ok(Observed { state: system.spec_state(&wanted.file, look.accounts()?)?, other })
}

/// systemd has to be told when it changes.
fn is_unit_file(file: &File) -> bool {
    file.file.path.starts_with("/etc/systemd/system/")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Host, cycle};
    use super::*;
    use piton_plan::FileSpec;
    use std::os::unix::fs::symlink;

    fn wanted(host: &Host, path: &str) -> File {
        File { file: FileSpec { mode: piton_plan::Mode(0o640), ..host.spec(path, "a = 1\n") }, reloads: Vec::new() }
    }

    #[test]
    fn it_is_made_with_its_folders_and_leaves_none_behind() {
        let host = Host::new();
        cycle(&host, &wanted(&host, "/etc/app/deep/app.conf"));
    }

    #[test]
    fn a_link_gives_way_and_comes_back() {
        let host = Host::new();
        symlink("/etc/passwd", host.place("/etc/app.conf")).unwrap();
        cycle(&host, &wanted(&host, "/etc/app.conf"));
        assert_eq!(host.system.link_target("/etc/app.conf").unwrap().as_deref(), Some("/etc/passwd"));
    }

    #[test]
    fn a_directory_in_the_way_is_refused() {
        let host = Host::new();
        std::fs::create_dir(host.place("/etc/app.conf")).unwrap();
        let fault = wanted(&host, "/etc/app.conf").apply(&host.system).unwrap_err();
        assert_eq!(fault.code, FaultCode::Refused);
    }

    #[test]
    fn a_link_that_a_user_put_on_the_way_is_seen_and_not_followed() {
        let host = Host::new();
        if !host.strangers_link("/srv/app") {
            return;
        }
        let file = wanted(&host, "/srv/app/app.conf");
        assert_eq!(host.observe(&file).other.as_deref(), Some("link on the way"));
        assert_eq!(file.apply(&host.system).unwrap_err().code, FaultCode::Refused);
    }

    #[test]
    fn the_text_of_a_private_file_is_not_told_even_if_its_mode_drifted() {
        use std::os::unix::fs::PermissionsExt;
        let host = Host::new();
        let file = wanted(&host, "/etc/key");
        file.apply(&host.system).unwrap();
        std::fs::set_permissions(host.place("/etc/key"), std::fs::Permissions::from_mode(0o644)).unwrap();
        let seen = host.observe(&file);
        assert_eq!(seen.state.unwrap().text, None);
    }
}
