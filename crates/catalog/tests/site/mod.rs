//! Sites and hosts to render: the shipped two-server example, and what its hosts answer.
#![allow(dead_code, reason = "each test file uses its own part")]

use piton_catalog::{CatalogProblem, Known, blueprint};
use piton_config::{Site, Sources, resolve};
use piton_plan::kind::wireguard::PublicKey;
use piton_plan::{Facts, Os, Wanted};
use std::collections::BTreeMap;

pub const TWO_VPS: &str = include_str!("../../../../examples/two-vps/site.toml");

/// The same two servers with all that runs on them.
pub const TWO_VPS_STACK: &str = include_str!("../../../../examples/two-vps-stack/site.toml");

pub const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGoYKAzIWHAoFFKbGLHbKlPaNQ9hlnFTmWM2gqOqTTZM operator";

/// The distributions that the lab has, with ssh started as it is there.
pub const DISTRIBUTIONS: [(&str, &str, &str, bool); 4] = [
    ("debian", "12", "bookworm", false),
    ("debian", "13", "trixie", false),
    ("ubuntu", "22.04", "jammy", false),
    ("ubuntu", "24.04", "noble", true),
];

pub fn facts(id: &str, version: &str) -> Facts {
    let known = DISTRIBUTIONS.iter().find(|row| row.0 == id && row.1 == version);
    let (codename, ssh_socket) = known.map_or(("none", false), |row| (row.2, row.3));
    let os = Os { id: id.into(), version: version.into(), codename: codename.into() };
    Facts { os, ssh_socket, ..Facts::assumed("any") }
}

pub fn resolved(text: &str) -> Site {
    let mut sources = Sources::new();
    sources.insert("keys/operator.pub", format!("{KEY}\n"));
    match resolve(text, "site.toml", &sources) {
        Ok(site) => site,
        Err(problems) => panic!("{}", problems.iter().map(|it| it.to_text(text)).collect::<String>()),
    }
}

/// The example with some lines after it: a host's own tables may follow.
pub fn two_vps_with(more: &str) -> Site {
    resolved(&format!("{TWO_VPS}\n{more}"))
}

/// A key in which a person can read whose it is.
pub fn mesh_key(host: &str) -> PublicKey {
    format!("{host:A<43}=").parse().expect("base64")
}

/// Every host of the site answers, with these facts and the key of [`mesh_key`].
pub struct Fleet {
    pub facts: Facts,
    pub keys: BTreeMap<String, PublicKey>,
}

impl Fleet {
    pub fn of(site: &Site, facts: Facts) -> Fleet {
        let keys = site.hosts.iter().map(|host| (host.name.clone(), mesh_key(&host.name))).collect();
        Fleet { facts, keys }
    }

    pub fn known(&self) -> BTreeMap<String, Known<'_>> {
        let known = |key| Known { facts: &self.facts, mesh_key: Some(key) };
        self.keys.iter().map(|(host, key)| (host.clone(), known(*key))).collect()
    }
}

pub fn render(site: &Site, host: &str, known: &BTreeMap<String, Known>) -> Result<Wanted, Vec<CatalogProblem>> {
    let host = site.hosts.iter().find(|it| it.name == host).expect("a host of the site");
    blueprint(site, host, known)
}

/// What a host shall be where every host answers.
pub fn wanted(site: &Site, host: &str, facts: Facts) -> Wanted {
    match render(site, host, &Fleet::of(site, facts).known()) {
        Ok(wanted) => wanted,
        Err(problems) => panic!("{problems:#?}"),
    }
}

/// The codes of what is wrong with the first host of a site.
pub fn codes(site: &Site, facts: Facts) -> Vec<&'static str> {
    let found = render(site, &site.hosts[0].name, &Fleet::of(site, facts).known());
    found.err().unwrap_or_default().iter().map(|problem| problem.code).collect()
}

pub fn file(wanted: &Wanted, path: &str) -> Option<String> {
    let files = piton_catalog::render(wanted);
    files.into_iter().find(|file| file.path == path).map(|file| file.content)
}
