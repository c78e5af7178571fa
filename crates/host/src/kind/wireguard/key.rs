//! A WireGuard key pair that is made on the host and whose private half stays there.

use super::key_spec;
use crate::system::{Fault, FaultCode, System};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use piton_plan::kind::Wireguard;
use piton_plan::kind::wireguard::{PublicKey, key_path};
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use x25519_dalek::StaticSecret;

/// Where keys wait that no interface has yet; looking at a host puts them there, so that a plan
/// can name the public half before anything is changed.
const WAITING: &str = "/var/lib/piton/keys";

/// The public half of the key that an interface has, or will have: made now if there is none.
pub fn candidate_key(system: &System, interface: &str) -> Result<PublicKey, Fault> {
    if let Some(public) = public_half(system, &key_path(interface))? {
        return Ok(public);
    }
    let waiting = waiting_path(interface)?;
    if let Some(public) = public_half(system, &waiting)? {
        return Ok(public);
    }
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| {
        Fault::new(FaultCode::Unsupported, "this host has no randomness to make a key from").because(error)
    })?;
    let secret = StaticSecret::from(bytes);
    let folder = system.path(WAITING);
    let made = DirBuilder::new().recursive(true).mode(0o700).create(&folder);
    made.map_err(|error| Fault::file("cannot make", &folder, error))?;
    system.write_file(&key_spec(&waiting, format!("{}\n", STANDARD.encode(secret.to_bytes()))))?;
    Ok(public_of(&secret))
}

/// Puts the key with the wanted public half in its place, mode 0600.
pub(super) fn install(wanted: &Wireguard, system: &System) -> Result<(), Fault> {
    let path = wanted.key_path();
    for place in [path.clone(), waiting_path(&wanted.interface)?] {
        if public_half(system, &place)? == Some(wanted.public_key) {
            let text = format!("{}\n", private_text(system, &place)?);
            return system.write_file(&key_spec(&path, text)).map(drop);
        }
    }
    let what = format!("this host has no key for {} with the public half {}", wanted.interface, wanted.public_key);
    Err(Fault::new(FaultCode::Refused, what).because("the plan is older than the key").help("plan again").retry())
}

/// The public half of a key file; none when there is no file, or no key in it.
pub(super) fn public_half(system: &System, path: &str) -> Result<Option<PublicKey>, Fault> {
    Ok(read(system, path)?.map(|secret| public_of(&secret)))
}

/// The private key as `wg` takes it. Only for a file of root's or a program's stdin.
pub(super) fn private_text(system: &System, path: &str) -> Result<String, Fault> {
    let secret = read(system, path)?;
    let secret = secret.ok_or_else(|| Fault::new(FaultCode::Unreadable, format!("{path} holds no WireGuard key")))?;
    Ok(STANDARD.encode(secret.to_bytes()))
}

fn read(system: &System, path: &str) -> Result<Option<StaticSecret>, Fault> {
    let Some(text) = system.read(path)? else { return Ok(None) };
    let bytes: Option<[u8; 32]> = STANDARD.decode(text.trim_ascii()).ok().and_then(|bytes| bytes.try_into().ok());
    Ok(bytes.map(StaticSecret::from))
}

fn public_of(secret: &StaticSecret) -> PublicKey {
    x25519_dalek::PublicKey::from(secret).to_bytes().into()
}

/// An interface's name comes from the site, and becomes a file's.
fn waiting_path(interface: &str) -> Result<String, Fault> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.' | '=' | '+');
    match !interface.is_empty() && interface.len() <= 15 && !interface.starts_with('.') && interface.chars().all(plain)
    {
        true => Ok(format!("{WAITING}/{interface}.key")),
        false => Err(Fault::new(FaultCode::Refused, format!("`{interface}` cannot be the name of an interface"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn wanted(public_key: PublicKey) -> Wireguard {
        Wireguard { interface: "wg0".into(), address: "10.0.0.1/24".into(), port: 51820, public_key, peers: Vec::new() }
    }

    #[test]
    fn a_key_is_made_once_for_root_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let system = System::at(folder.path());
        let public = candidate_key(&system, "wg0").expect("a key");
        assert_eq!(candidate_key(&system, "wg0").expect("a key"), public);
        let mode = |path: &str| system.path(path).metadata().expect("there").permissions().mode() & 0o7777;
        assert_eq!((mode(WAITING), mode(&format!("{WAITING}/wg0.key"))), (0o700, 0o600));
    }

    #[test]
    fn the_public_half_is_wireguard_s() {
        // Of RFC 7748, section 6.1: Alice's key pair.
        let folder = tempfile::tempdir().expect("a folder");
        let system = System::at(folder.path());
        let path = system.path("/key");
        std::fs::write(&path, "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=\n").expect("a file");
        let public = public_half(&system, "/key").expect("readable");
        assert_eq!(public, "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=".parse().ok());
        std::fs::write(&path, "not a key").expect("a file");
        assert_eq!(public_half(&system, "/key").expect("readable"), None);
    }

    #[test]
    fn a_plan_with_another_key_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let system = System::at(folder.path());
        candidate_key(&system, "wg0").expect("a key");
        let fault = install(&wanted([7; 32].into()), &system).expect_err("another key");
        assert!(fault.retry, "{fault}");
    }

    #[test]
    fn a_name_that_leaves_the_folder_is_refused() {
        for name in ["", "../x", "a/b", "wg0 ", "sixteen-letters-"] {
            assert!(waiting_path(name).is_err(), "{name}");
        }
    }
}
