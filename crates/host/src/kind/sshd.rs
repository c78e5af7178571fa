//! sshd: its drop-in, its ports, and the socket unit that may hold them.
//!
//! Everything is tried on a copy of sshd's configuration first, and there as far as what would be
//! in force: a file that sshd accepts and then overrules is as bad as one that it refuses.

mod effective;
mod listening;
mod sock_diag;
mod winner;

use super::candidate::Candidate;
use super::{HostKind, Look, Slow, confirm};
use crate::saved::{Footprint, Settle, Subject, ssh_ports};
use crate::system::{Fault, FaultCode, System};
use effective::{Effective, adds_up};
use piton_plan::kind::Sshd;
use piton_plan::kind::sshd::Observed;
use std::collections::BTreeSet;
use std::time::Duration;

pub(crate) const SERVICE: &str = "ssh.service";
pub(crate) const SOCKET: &str = "ssh.socket";
const DROP_INS: &str = "/etc/ssh/sshd_config.d";

/// How long sshd may take to listen on its new ports.
const PATIENCE: Duration = Duration::from_secs(5);

impl HostKind for Sshd {
    fn observe(&self, system: &System, look: &Look<'_>) -> Result<Observed, Fault> {
        let printed = Effective::parse(look.sshd()?.unwrap_or_default());
        let wanted = self.effective();
        let effective = wanted
            .iter()
            .filter_map(|(keyword, wanted)| printed.value_as(keyword, wanted).map(|value| (keyword.clone(), value)));
        Ok(Observed {
            files: look.files(&self.files())?,
            listening: listening::ports(system, &look.unit(SOCKET)?),
            effective: effective.collect(),
        })
    }

    fn footprint(&self) -> Footprint {
        let unit = if self.socket { SOCKET } else { SERVICE };
        let files = Footprint::of_files(&self.files()).with(Subject::Unit(unit.into()));
        let files = files.with(Subject::SshPorts);
        files.settled_by(Settle::DaemonReload).settled_by(Settle::Restart(unit.into()))
    }

    /// Only whether sshd takes it: what would be in force may depend on earlier steps.
    fn preflight(&self, system: &System) -> Result<(), Fault> {
        match system.program("sshd") {
            Some(_) => check_activation(self, system).and_then(|()| read_candidate(self, system).map(drop)),
            None => Ok(()),
        }
    }

    fn apply(&self, system: &System) -> Result<(), Fault> {
        check_activation(self, system)?;
        check_effective(self, system, &read_candidate(self, system)?)?;
        let mut wrote = false;
        for spec in self.files() {
            wrote |= system.write_file(&spec)?;
        }
        if wrote {
            // Ubuntu makes the socket's addresses from sshd's configuration at this moment.
            system.systemctl(&["daemon-reload"])?;
        } else if confirm::took_effect(self, system).is_ok() {
            return Ok(());
        }
        ssh_ports::leave_to_files(system)?;
        // Sessions stay: each unit ends only its main process, the listener. A reload would do on a
        // host without the socket, but returns before sshd listens, or fails to.
        match self.socket {
            true => restart_socket(system)?,
            false => system.systemctl(&["restart", SERVICE])?,
        }
        confirm::took_effect_within(self, system, PATIENCE)
    }

    fn units(&self) -> Vec<String> {
        vec![SERVICE.into(), SOCKET.into()]
    }

    fn slow(&self) -> &'static [Slow] {
        &[Slow::Sshd]
    }
}

/// Opens the socket unit's new ports, and starts sshd behind them: the next caller shall not be
/// the first to learn that it does not.
pub(crate) fn restart_socket(system: &System) -> Result<(), Fault> {
    let behind = system.unit(SERVICE)?.is_active();
    system.systemctl(&["restart", SOCKET])?;
    match behind {
        true => system.systemctl(&["start", SERVICE]),
        // Older socket units start an sshd for each connection, and conflict with the service.
        false => Ok(()),
    }
}

/// The ports on which sshd can be reached now.
pub(super) fn ports(system: &System) -> Result<BTreeSet<u16>, Fault> {
    Ok(listening::ports(system, &system.unit(SOCKET)?))
}

/// Moving sshd between the service and the socket is not this resource's work.
fn check_activation(wanted: &Sshd, system: &System) -> Result<(), Fault> {
    let socket = system.unit(SOCKET)?.is_active();
    if socket == wanted.socket {
        return Ok(());
    }
    let (is, shall) = if socket { (SOCKET, SERVICE) } else { (SERVICE, SOCKET) };
    let what = format!("sshd is started by {is} on this host, and the site says {shall}");
    let help = format!("leave `socket` out of [ssh], or move sshd to {shall} by hand first");
    Err(Fault::new(FaultCode::Unsupported, what).help(help))
}

/// Lets sshd read its whole configuration with the new drop-in in it, and say what would be in force.
fn read_candidate(wanted: &Sshd, system: &System) -> Result<Effective, Fault> {
    let candidate = Candidate::make(system, "sshd")?;
    candidate.mirror(system, DROP_INS, "sshd_config.d", &wanted.file)?;
    for spec in wanted.files().iter().filter(|spec| spec.path == wanted.path()) {
        candidate.add(system, &format!("sshd_config.d/{}", wanted.file), &spec.content)?;
    }
    let main = system.read_text(winner::MAIN)?.unwrap_or_default();
    let main = candidate.add(system, "sshd_config", &aimed_at(&main, candidate.path()))?;
    let ran = super::look::print_settings(system, &["-f", &main])?;
    if !ran.ok() {
        let said = candidate.as_if_in("/etc/ssh", &ran.last_words().unwrap_or_default());
        return Err(Fault::new(FaultCode::Refused, "sshd would not start with these settings").because(said));
    }
    Ok(Effective::parse(&ran.stdout))
}

fn check_effective(wanted: &Sshd, system: &System, printed: &Effective) -> Result<(), Fault> {
    for (keyword, value) in wanted.effective() {
        let would_be = printed.value_as(&keyword, &value);
        if would_be.as_deref() != Some(value.as_str()) {
            let would_be = would_be.unwrap_or_else(|| "unset".into());
            return Err(overruled(
                wanted,
                system,
                &keyword,
                &format!("`{keyword}` would be `{would_be}`, not `{value}`"),
            ));
        }
    }
    if !wanted.socket && printed.ports != wanted.ports {
        let list = |ports: &BTreeSet<u16>| ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
        let what = format!("sshd would listen on {}, not on {}", list(&printed.ports), list(&wanted.ports));
        let listens = winner::first_setting(system, "listenaddress", &wanted.path())?;
        return Err(overruled(wanted, system, if listens.is_some() { "listenaddress" } else { "port" }, &what));
    }
    Ok(())
}

/// Names the line of another file that decides instead.
fn overruled(wanted: &Sshd, system: &System, keyword: &str, what: &str) -> Fault {
    let fault = Fault::new(FaultCode::Refused, what);
    match winner::first_setting(system, keyword, &wanted.path()) {
        Ok(Some((place, line))) => {
            let help = match adds_up(keyword) {
                true => "take that line away: sshd adds such lines up".to_owned(),
                false => format!("take that line away, or let the drop-in's name sort before it ({})", wanted.file),
            };
            fault.because(format!("{place} says `{line}`")).help(help)
        }
        Ok(None) => {
            let because = format!("{} does not include {DROP_INS}, or not before its own settings", winner::MAIN);
            fault.because(because).help(format!("put `Include {DROP_INS}/*.conf` at its top"))
        }
        Err(unreadable) => fault.because(unreadable),
    }
}

/// sshd's own file, including the candidate's drop-ins in place of the real ones.
fn aimed_at(main: &str, folder: &str) -> String {
    let line = |line: &str| match winner::setting(line) {
        Some((word, value)) if word.eq_ignore_ascii_case("Include") => {
            let aim = |pattern: &str| {
                let name = pattern.strip_prefix("/etc/ssh/").unwrap_or(pattern);
                match name.strip_prefix("sshd_config.d/") {
                    Some(name) => format!("{folder}/sshd_config.d/{name}"),
                    None => pattern.to_owned(),
                }
            };
            format!("Include {}\n", value.split_whitespace().map(aim).collect::<Vec<_>>().join(" "))
        }
        _ => format!("{line}\n"),
    };
    main.lines().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::Host;
    use super::*;

    fn wanted(socket: bool) -> Sshd {
        let settings = vec![("PasswordAuthentication".to_owned(), "no".to_owned())];
        Sshd { file: "hardening.conf".into(), ports: BTreeSet::from([222]), settings, socket }
    }

    fn refusal(host: &Host, wanted: &Sshd, printed: &str) -> String {
        check_effective(wanted, &host.system, &Effective::parse(printed)).unwrap_err().to_string()
    }

    #[test]
    fn a_setting_that_another_file_overrules_is_refused_with_that_line() {
        let host = Host::new();
        host.write("/etc/ssh/sshd_config", "Include /etc/ssh/sshd_config.d/*.conf\n");
        host.write("/etc/ssh/sshd_config.d/50-cloud-init.conf", "PasswordAuthentication yes\n");
        let said = refusal(&host, &wanted(true), "passwordauthentication yes\n");
        assert!(said.contains("50-cloud-init.conf:1 says `PasswordAuthentication yes`"), "{said}");
    }

    #[test]
    fn a_configuration_without_drop_ins_is_named_as_the_reason() {
        let host = Host::new();
        host.write("/etc/ssh/sshd_config", "UsePAM yes\n");
        let said = refusal(&host, &wanted(true), "passwordauthentication yes\n");
        assert!(said.contains("does not include /etc/ssh/sshd_config.d"), "{said}");
    }

    #[test]
    fn a_port_of_another_file_counts_only_where_sshd_opens_ports_itself() {
        let host = Host::new();
        host.write("/etc/ssh/sshd_config", "Port 22\n");
        let printed = "passwordauthentication no\nlistenaddress 0.0.0.0:22\nlistenaddress 0.0.0.0:222\n";
        let said = refusal(&host, &wanted(false), printed);
        assert!(said.contains("sshd_config:1 says `Port 22`"), "{said}");
        check_effective(&wanted(true), &host.system, &Effective::parse(printed)).unwrap();
    }

    #[test]
    fn the_candidate_includes_its_own_drop_ins() {
        let main =
            "# sshd\nInclude /etc/ssh/sshd_config.d/*.conf\nUsePAM yes\ninclude sshd_config.d/a.conf /etc/other\n";
        let aimed = "# sshd\nInclude /c/sshd_config.d/*.conf\nUsePAM yes\nInclude /c/sshd_config.d/a.conf /etc/other\n";
        assert_eq!(aimed_at(main, "/c"), aimed);
    }
}
