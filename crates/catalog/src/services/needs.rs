//! Which secrets a site needs, and the line that asks for each.

use super::Services;
use crate::CatalogProblem;
use piton_config::{Origin, Site};
use piton_plan::stack::SecretNeed;
use std::collections::BTreeMap;

/// A secret that a host needs, and why.
#[derive(Clone, Debug)]
pub struct NeededSecret {
    pub need: SecretNeed,
    /// The hosts whose files or provisions have a mark of it.
    pub hosts: Vec<String>,
    /// The service that asks for it, as the site calls it.
    pub service: String,
    /// The line of the site that makes it needed.
    pub origin: Origin,
}

/// Every secret that some host of the site needs, by name.
pub fn secret_needs(site: &Site) -> Result<Vec<NeededSecret>, Vec<CatalogProblem>> {
    let mut found: BTreeMap<String, NeededSecret> = BTreeMap::new();
    for host in &site.hosts {
        let services = Services::of(site, host)?;
        for need in services.stacks(host)?.into_iter().flat_map(|stack| stack.secrets) {
            let (service, origin) = services.asks_for(site, &need.name, &host.name);
            let needed = NeededSecret { need, hosts: Vec::new(), service, origin };
            let hosts = &mut found.entry(needed.need.name.clone()).or_insert(needed).hosts;
            if !hosts.contains(&host.name) {
                hosts.push(host.name.clone());
            }
        }
    }
    Ok(found.into_values().collect())
}

impl Services {
    /// The site's own mention of a secret, or else the service whose form declares it.
    fn asks_for(&self, site: &Site, secret: &str, host: &str) -> (String, Origin) {
        let mentions = |value: &str| value.strip_prefix("secret:") == Some(secret);
        let written = site.services.iter().find_map(|placement| {
            let value = placement.env.values().find(|value| mentions(value))?;
            Some((placement.name.value.clone(), value.origin.clone()))
        });
        let seats = || self.world.seats.iter();
        let declares = |seat: &&super::world::Seat| seat.form.secrets.contains_key(secret);
        let declared = seats()
            .find(|seat| declares(seat) && self.world.host(seat).name == host)
            .or_else(|| seats().find(declares))
            .map(|seat| (self.world.name(seat).to_owned(), self.world.placement(seat).name.origin.clone()));
        written.or(declared).unwrap_or_else(|| (String::new(), Origin::Default))
    }
}
