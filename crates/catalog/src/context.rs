//! What every section is rendered from: the site, one of its hosts, and what is known of all.
//!
//! Questions that several sections ask (which port, who is in the mesh) are answered here once, so
//! that the filter, the jail and sshd cannot disagree.

use crate::CatalogProblem;
use crate::services::Services;
use piton_config::{Host, Mesh, Settings, Site};
use piton_plan::Facts;
use piton_plan::kind::wireguard::PublicKey;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// What rendering needs to know of a host; one that did not answer has no entry.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    pub facts: &'a Facts,
    /// The public key of its mesh interface; none when the host is not in the mesh.
    pub mesh_key: Option<PublicKey>,
}

/// The host that is rendered, and what its sections ask of one another.
pub(crate) struct Context<'a> {
    pub(crate) site: &'a Site,
    pub(crate) host: &'a Host,
    pub(crate) facts: &'a Facts,
    pub(crate) known: &'a BTreeMap<String, Known<'a>>,
    pub(crate) services: &'a Services,
}

/// A host's place in the mesh.
pub(crate) struct Member<'a> {
    pub(crate) host: &'a Host,
    pub(crate) mesh: &'a Mesh,
    pub(crate) address: IpAddr,
}

impl<'a> Context<'a> {
    pub(crate) fn settings(&self) -> &'a Settings {
        &self.host.settings
    }

    /// The port by which the host is reached once the blueprint is true.
    pub(crate) fn ssh_port(&self) -> u16 {
        match &self.settings().ssh {
            Some(ssh) => *ssh.port,
            None => self.host.first.port,
        }
    }

    pub(crate) fn member(&self) -> Option<Member<'a>> {
        Member::of(self.host)
    }

    /// The other hosts of the mesh, in the site's order.
    pub(crate) fn peers(&self) -> impl Iterator<Item = Member<'a>> {
        let others = self.site.hosts.iter().filter(|host| host.name != self.host.name);
        others.filter_map(Member::of)
    }

    pub(crate) fn problem(&self, code: &'static str, what: String, help: &str) -> CatalogProblem {
        CatalogProblem { host: self.host.name.clone(), code, what, help: help.to_owned(), origin: None, detail: None }
    }
}

impl<'a> Member<'a> {
    fn of(host: &'a Host) -> Option<Member<'a>> {
        let address = **host.mesh_address.as_ref()?;
        Some(Member { host, mesh: host.settings.mesh.as_ref()?, address })
    }
}
