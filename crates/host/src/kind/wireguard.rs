//! A WireGuard interface: its configuration, its key, and what really runs.
//!
//! The private key is made here and never leaves the host: it goes from file to file and into
//! `wg`'s stdin, never into argv, a message or a log.

mod key;
mod show;

use super::{HostKind, Look, Slow, confirm};
use crate::saved::{Footprint, Settle, Subject};
use crate::system::{Call, Fault, FaultCode, System};
use ipnet::IpNet;
pub use key::candidate_key;
use piton_plan::FileSpec;
use piton_plan::kind::Wireguard;
use piton_plan::kind::wireguard::{Live, Observed};
use std::collections::BTreeSet;
use std::time::Duration;

impl HostKind for Wireguard {
    fn observe(&self, system: &System, look: &Look<'_>) -> Result<Observed, Fault> {
        let mut running = show::parse(look.wireguard()?.unwrap_or_default());
        let installed = system.file_state(&self.key_path(), look.accounts()?)?;
        Ok(Observed {
            files: look.files(&[self.spec()])?,
            installed_key: key::public_half(system, &self.key_path())?,
            key_mode: installed.map(|state| state.mode),
            live: running.remove(&self.interface).map(|live| as_wanted(self, live)),
            enabled: look.unit(&self.unit())?.is_enabled(),
        })
    }

    fn footprint(&self) -> Footprint {
        let file = Footprint::of_files(&[self.spec()]);
        let whole = file.with(Subject::Secret(self.key_path())).with(Subject::Unit(self.unit()));
        whole.settled_by(Settle::Restart(self.unit()))
    }

    fn apply(&self, system: &System) -> Result<(), Fault> {
        if system.program("wg-quick").is_none() {
            let fault = Fault::new(FaultCode::MissingProgram, "WireGuard's tools are not installed on this host");
            return Err(fault.help("add `wireguard-tools` to the host's packages"));
        }
        not_by_hand(self, system)?;
        key::install(self, system)?;
        let seen = self.observe(system, &Look::new(system, self.units(), self.slow()))?;
        let in_place = seen.live.is_some() && fits_running(self, system)?;
        system.write_file(&self.spec())?;
        if !seen.enabled {
            system.systemctl(&["enable", &self.unit()])?;
        }
        match in_place {
            true => synchronise(self, system)?,
            false => restart(self, system)?,
        }
        confirm::took_effect_within(self, system, Duration::from_secs(5))
    }

    fn units(&self) -> Vec<String> {
        vec![self.unit()]
    }

    fn slow(&self) -> &'static [Slow] {
        &[Slow::Wireguard]
    }
}

/// The running interface with its peers' networks spelled as they are wanted.
fn as_wanted(wanted: &Wireguard, live: Live) -> Live {
    let networks = |text: &str| text.split(',').map(|net| net.trim().to_owned()).collect::<BTreeSet<_>>();
    let spelled = |peer: String| {
        let Some((key, allowed)) = peer.split_once(' ') else { return peer };
        let same = wanted
            .peers
            .iter()
            .find(|one| one.public_key.to_string() == key && networks(&one.allowed) == networks(allowed));
        same.map(|one| format!("{key} {}", one.allowed)).unwrap_or(peer)
    };
    Live { peers: live.peers.into_iter().map(spelled).collect(), ..live }
}

/// Whether the running interface can be changed without taking it down: its unit runs it, its
/// address stays, and no network is routed to it that its own address does not cover.
fn fits_running(wanted: &Wireguard, system: &System) -> Result<bool, Fault> {
    if !system.unit(&wanted.unit())?.is_active() {
        return Ok(false);
    }
    let shown = system.run(&["ip", "-o", "address", "show", "dev", &wanted.interface])?;
    let Ok(own) = wanted.address.parse::<IpNet>() else { return Ok(false) };
    let has_address = shown.stdout.split_whitespace().any(|word| word.parse() == Ok(own));
    let covered = |allowed: &str| allowed.trim().parse::<IpNet>().is_ok_and(|net| own.trunc().contains(&net));
    let all_covered = wanted.peers.iter().flat_map(|peer| peer.allowed.split(',')).all(covered);
    Ok(has_address && all_covered)
}

/// Gives the running interface its new port, key and peers; those that stay keep their sessions.
fn synchronise(wanted: &Wireguard, system: &System) -> Result<(), Fault> {
    let stripped = system.run_ok(&["wg-quick", "strip", &wanted.interface])?;
    // Without its key in the same breath, `wg` would take the interface's key away.
    let key = key::private_text(system, &wanted.key_path())?;
    let whole = stripped.replacen("[Interface]", &format!("[Interface]\nPrivateKey = {key}"), 1);
    let call = Call::new(&["wg", "syncconf", &wanted.interface, "/dev/stdin"]).input(whole);
    system.call_ok(&call).map(drop)
}

/// Refuses an interface that runs without its unit: the unit would fail on the name, and what
/// somebody made by hand, taken down, could not be put back.
fn not_by_hand(wanted: &Wireguard, system: &System) -> Result<(), Fault> {
    let (interface, unit) = (&wanted.interface, wanted.unit());
    if !system.exists(&format!("/sys/class/net/{interface}")) || system.unit(&unit)?.is_active() {
        return Ok(());
    }
    let what = format!("the interface {interface} is up, and {unit} is not what runs it");
    Err(Fault::new(FaultCode::Refused, what)
        .because("somebody brought it up by hand")
        .help(format!("take it down (`wg-quick down {interface}` or `ip link delete {interface}`), then apply again")))
}

fn restart(wanted: &Wireguard, system: &System) -> Result<(), Fault> {
    let unit = wanted.unit();
    system.systemctl(&["restart", &unit]).map_err(|fault| match can_run(system) {
        true => fault,
        false => Fault::new(FaultCode::Unsupported, "this host cannot run WireGuard")
            .because("its kernel has no WireGuard, and wireguard-go is not installed")
            .help("boot a kernel that has it, or add `wireguard-go` to the host's packages"),
    })
}

/// Whether the kernel has WireGuard, once it was asked to, or a program that stands in for it.
fn can_run(system: &System) -> bool {
    system.exists("/sys/module/wireguard") || system.program("wireguard-go").is_some()
}

/// The file of a private key.
fn key_spec(path: &str, text: String) -> FileSpec {
    FileSpec::of_root(path, text).with_mode(0o600)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Host;
    use super::*;
    use crate::saved::testing::program;

    #[test]
    fn an_interface_that_was_made_by_hand_is_left_alone() {
        let host = Host::new();
        let wanted = Wireguard {
            interface: "wg0".into(),
            address: "10.0.0.1/24".into(),
            port: 51820,
            public_key: "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=".parse().unwrap(),
            peers: Vec::new(),
        };
        not_by_hand(&wanted, &host.system).unwrap();
        host.write("/sys/class/net/wg0/ifindex", "4\n");
        program(&host.system, "systemctl", "echo ActiveState=inactive");
        let refused = not_by_hand(&wanted, &host.system).unwrap_err();
        assert_eq!(refused.code, FaultCode::Refused);
        program(&host.system, "systemctl", "echo ActiveState=active");
        not_by_hand(&wanted, &host.system).unwrap();
    }
}
