//! What a host's network would be once the site is carried out on a fresh server: nobody is asked for it.

use super::assumed;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::site_folder::SiteFolder;
use piton_config::{Host, Site};
use piton_plan::fake::FakeHost;
use piton_plan::{Digest, Facts, HostView, Plan, Resource, Wanted, kind, lint};
use piton_reach::State;
use piton_reach::prove::{Foretold, foretell_all};
use std::collections::BTreeSet;

/// The host as the site has it, and what of that nobody can foretell.
pub(crate) fn foretold(site: &Site, host: &Host, folder: &SiteFolder) -> Result<Foretold, Failure> {
    let wanted = assumed(site, &[host]).map_err(|problems| folder.explain(Failure::catalog(problems)))?;
    let Some(wanted) = wanted.into_iter().next() else {
        return Err(Failure::new(Exit::Bug, "reach/no-host", "nothing is rendered for the host", "tell us"));
    };
    let violations = lint::check(&wanted);
    if !violations.is_empty() {
        return Err(Failure::lint(violations));
    }
    let fresh = fresh(&wanted, host.first.port);
    let seen: (Wanted, HostView) = (wanted.clone(), fresh.look(&wanted.resources));
    let plan: Plan = piton_plan::make(&site.name, Digest::of("site"), env!("CARGO_PKG_VERSION"), &[seen], Vec::new());
    let before = State::of_fresh_server(host.address.parse().ok(), host.first.port);
    match plan.hosts.first() {
        Some(plan) => Ok(foretell_all(&before, plan)),
        None => Ok(Foretold { state: before, guesses: Vec::new(), refusals: Vec::new() }),
    }
}

/// A host that has nothing but its sshd.
pub(crate) fn fresh(wanted: &Wanted, ssh_port: u16) -> FakeHost {
    let mut host = FakeHost::empty(Facts::assumed(&wanted.host));
    let sshd = wanted.resources.iter().find(|resource| matches!(resource, Resource::Sshd(_)));
    if let Some(sshd) = sshd {
        let seen = kind::sshd::Observed { listening: BTreeSet::from([ssh_port]), ..Default::default() };
        host.drift(sshd.key(), seen.into());
    }
    host
}
