//! The way from a site file to its hosts: which ones, how they are reached, who asks and why.
//!
//! [`Ground`] is the site with the ways to its hosts; [`survey`] goes there, looks, and comes back
//! with a plan and the sessions it was made over. Nothing here prints.

mod assumed;
mod foretold;
mod images;
mod lab;
mod lines;
mod pins;
mod proof;
mod secrets;
mod survey;

pub(crate) use assumed::{assumed, stand_in};
pub(crate) use foretold::{foretold, fresh};
pub(crate) use lab::lab_name;
pub(crate) use lines::explain_by;
pub(crate) use pins::{Pins, Resolved, open, resolve};
pub(crate) use proof::prove;
use secrets::Unlocking;
pub(crate) use secrets::{hand_over, unlock};
pub(crate) use survey::{Survey, greeted, survey};

use crate::arguments::SiteArguments;
use crate::failure::Failure;
use crate::site_folder::SiteFolder;
use piton_config::{Host, Site};
use piton_host::fleet::{Errand, Target};
use piton_host::images::Archives;
use piton_host::transport::{Binaries, Reaching};
use piton_plan::{Aim, Digest, Login};

/// A site and the ways to its hosts.
pub(crate) struct Ground {
    pub(crate) folder: SiteFolder,
    /// The site as it is used: the lab's stand-ins are in place.
    pub(crate) site: Site,
    pub(crate) aim: Aim,
    pub(crate) errand: Errand,
    /// Whether the data of what leaves the site goes, too.
    pub(crate) destroy_data: bool,
    /// Images that lie at hand and are sent along.
    pub(crate) archives: Archives,
    /// What the names of all other images led to.
    pub(crate) pins: Pins,
    unlocking: Unlocking,
}

impl Ground {
    /// Reads the site and prepares to reach its hosts. `reason` is what the hosts note down.
    pub(crate) fn prepare(arguments: &SiteArguments, reason: &str) -> Result<Ground, Failure> {
        let site = arguments.site.as_deref();
        let folder = if arguments.lab { SiteFolder::open_for_the_lab(site) } else { SiteFolder::open(site) }?;
        let (site, ssh_arguments, unlocking) = match arguments.lab {
            true => lab::aim(&folder)?,
            false => (folder.site.clone(), Vec::new(), Unlocking::Operator(arguments.identity.identity.clone())),
        };
        let errand = errand(&site, arguments, ssh_arguments, reason)?;
        let aim = if arguments.lab { Aim::Lab } else { Aim::Hosts };
        let archives = images::at_hand(&folder, arguments.lab)?;
        let pins = Pins::beside(&folder)?;
        Ok(Ground { folder, site, aim, errand, destroy_data: false, archives, pins, unlocking })
    }

    /// A site whose hosts nobody goes to.
    pub(crate) fn without_hosts(site: Site, text: &str) -> Result<Ground, Failure> {
        let errand = errand(&site, &SiteArguments::default(), Vec::new(), "nothing")?;
        let folder = SiteFolder { site: site.clone(), file: "site.toml".into(), text: text.to_owned() };
        let unlocking = Unlocking::Operator(Vec::new());
        Ok(Ground {
            folder,
            site,
            aim: Aim::Hosts,
            errand,
            destroy_data: false,
            archives: Archives::default(),
            pins: Pins::default(),
            unlocking,
        })
    }

    /// Of everything that the site says; a comment in its file does not count.
    pub(crate) fn digest(&self) -> Digest {
        Digest::of(piton_config::digest_input(&self.site))
    }

    /// The hosts that were named, or all of them; an unknown name is a mistake.
    pub(crate) fn selected(&self, names: &[String]) -> Result<Vec<&Host>, Failure> {
        let known: Vec<&str> = self.site.hosts.iter().map(|host| host.name.as_str()).collect();
        if let Some(stranger) = names.iter().find(|name| !known.contains(&name.as_str())) {
            let help = format!("the hosts of site `{}`: {}", self.site.name, known.join(", "));
            return Err(Failure::usage(format!("`{stranger}` is not a host of this site"), help));
        }
        let wanted = |host: &&Host| names.is_empty() || names.contains(&host.name);
        Ok(self.site.hosts.iter().filter(wanted).collect())
    }
}

/// How a host is reached: the way that the site declares, and the way to it when it is fresh.
pub(crate) fn target(host: &Host) -> Target {
    let address = host.address.value.clone();
    let user = host.settings.access.as_ref().map_or(&host.first.user, |access| &access.admin.value);
    let port = host.settings.ssh.as_ref().map_or(host.first.port, |ssh| *ssh.port);
    let login = Login { address: address.clone(), user: Some(user.clone()), port: Some(port) };
    let first = Login { address, user: Some(host.first.user.clone()), port: Some(host.first.port) };
    let first = (first != login).then_some(first);
    Target { host: host.name.clone(), login, first }
}

fn errand(site: &Site, arguments: &SiteArguments, ssh_arguments: Vec<String>, reason: &str) -> Result<Errand, Failure> {
    let own = std::env::current_exe().and_then(|path| Binaries::beside(&path));
    let binaries = own.map_err(|error| Failure::file("read", std::path::Path::new("piton's own program"), &error))?;
    let mesh = site.hosts.iter().find_map(|host| host.settings.mesh.as_ref());
    Ok(Errand {
        reaching: Reaching { ssh_arguments, connect_timeout: arguments.connect_timeout, binaries },
        jobs: usize::from(arguments.jobs),
        operator: operator(),
        reason: reason.to_owned(),
        mesh: mesh.map(|mesh| mesh.interface.value.clone()),
        drill: None,
    })
}

/// Who asks, for locks and journals: `user@machine`.
pub(crate) fn operator() -> String {
    let user = ["SUDO_USER", "USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
    let user = user.unwrap_or_else(|| match rustix::process::getuid() {
        uid if uid.is_root() => "root".into(),
        uid => format!("uid-{}", uid.as_raw()),
    });
    let machine = rustix::system::uname().nodename().to_string_lossy().into_owned();
    format!("{user}@{machine}")
}
