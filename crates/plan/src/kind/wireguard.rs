//! A WireGuard interface. Its private key is made on the host and never leaves it.

mod public_key;

use super::{Kind, SeenFiles, file_differences, written};
use crate::{Difference, Effect, FileSpec, Verb};
pub use public_key::{NotAPublicKey, PublicKey};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt::Write;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wireguard {
    pub interface: String,
    /// Address with prefix, as `10.0.0.1/24`.
    pub address: String,
    pub port: u16,
    /// This host's own public key. The private half lies on the host, in the file of [`Wireguard::key_path`],
    /// or still in piton's own folder, where looking at the host put it before it was first used.
    pub public_key: PublicKey,
    pub peers: Vec<Peer>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Peer {
    /// The host of the site, for the comment above it.
    pub host: String,
    pub public_key: PublicKey,
    pub allowed: String,
    pub endpoint: Option<String>,
    pub keepalive: u16,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    pub files: SeenFiles,
    /// The public half of the key in [`Wireguard::key_path`].
    pub installed_key: Option<PublicKey>,
    pub key_mode: Option<crate::Mode>,
    /// What the running interface has; none when it is down.
    pub live: Option<Live>,
    pub enabled: bool,
}

/// The running interface.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Live {
    /// None: it was brought up without a key.
    pub public_key: Option<PublicKey>,
    pub port: u16,
    /// `public key allowed-ips`, one for each peer.
    pub peers: BTreeSet<String>,
}

impl Wireguard {
    pub fn conf_path(&self) -> String {
        format!("/etc/wireguard/{}.conf", self.interface)
    }

    /// One key a host, as wg-quick setups usually have it; a second interface has its own file.
    pub fn key_path(&self) -> String {
        key_path(&self.interface)
    }

    pub fn unit(&self) -> String {
        format!("wg-quick@{}.service", self.interface)
    }

    pub fn spec(&self) -> FileSpec {
        let mut text = String::from("[Interface]\n");
        // Writing to a String cannot fail.
        let _ = writeln!(text, "Address = {}\nListenPort = {}", self.address, self.port);
        let _ = writeln!(text, "# The key stays in its own file, so that this one can be shown.");
        let _ = writeln!(text, "PostUp = wg set %i private-key {}", self.key_path());
        for peer in &self.peers {
            let _ = writeln!(text, "\n[Peer]\n# {}\nPublicKey = {}", peer.host, peer.public_key);
            let _ = writeln!(text, "AllowedIPs = {}", peer.allowed);
            if let Some(endpoint) = &peer.endpoint {
                let _ = writeln!(text, "Endpoint = {endpoint}");
            }
            let _ = writeln!(text, "PersistentKeepalive = {}", peer.keepalive);
        }
        FileSpec::of_root(self.conf_path(), text).with_mode(0o600)
    }

    fn live(&self) -> Live {
        Live {
            public_key: Some(self.public_key),
            port: self.port,
            peers: self.peers.iter().map(|peer| format!("{} {}", peer.public_key, peer.allowed)).collect(),
        }
    }
}

/// Where an interface's private key lies.
pub fn key_path(interface: &str) -> String {
    match interface {
        "wg0" => "/etc/wireguard/private.key".into(),
        other => format!("/etc/wireguard/{other}.key"),
    }
}

impl Kind for Wireguard {
    type Observed = Observed;
    const NAME: &'static str = "wireguard";

    fn name(&self) -> String {
        self.interface.clone()
    }

    fn differences(&self, seen: &Observed) -> Vec<Difference> {
        let mut found = file_differences(&[self.spec()], &seen.files);
        found.extend(match &seen.installed_key {
            Some(key) => Difference::between("public key", key, &self.public_key),
            None => Some(Difference::add("public key", self.public_key)),
        });
        if let Some(mode) = seen.key_mode {
            found.extend(Difference::between("key mode", &mode, &crate::Mode(0o600)));
        }
        match &seen.live {
            None => found.push(Difference::change("interface", "down", "up")),
            Some(live) => found.extend(live_differences(live, &self.live())),
        }
        if !seen.enabled {
            found.push(Difference::change("at boot", "off", "on"));
        }
        found
    }

    fn is_absent(&self, seen: &Observed) -> bool {
        seen.files.is_empty() && seen.live.is_none()
    }

    fn settled(&self, _seen: &Observed) -> Observed {
        Observed {
            files: written(&[self.spec()]),
            installed_key: Some(self.public_key),
            key_mode: Some(crate::Mode(0o600)),
            live: Some(self.live()),
            enabled: true,
        }
    }

    fn effect(&self, verb: Verb, _seen: &Observed) -> Effect {
        Effect { guarded: true, narrows: verb == Verb::Remove, restarts: vec![self.unit()], ..Effect::default() }
    }

    fn packages(&self) -> &'static [&'static str] {
        &["wireguard-tools"]
    }
}

fn live_differences(live: &Live, wanted: &Live) -> Vec<Difference> {
    let mut found = Vec::new();
    let key = |live: &Live| live.public_key.map_or_else(|| "none".to_owned(), |key| key.to_string());
    found.extend(Difference::between("live key", &key(live), &key(wanted)));
    found.extend(Difference::between("live port", &live.port, &wanted.port));
    found.extend(wanted.peers.difference(&live.peers).map(|peer| Difference::add("live peer", peer)));
    found.extend(live.peers.difference(&wanted.peers).map(|peer| Difference::drop("live peer", peer)));
    found
}
