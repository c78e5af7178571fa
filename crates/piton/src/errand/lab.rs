//! Aiming at a site's lab: its stand-ins in place of the hosts, its keys in place of the operator's.

use super::secrets::Unlocking;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::site_folder::SiteFolder;
use piton_config::{LabOverlay, Lacking, Site};
use piton_lab::Lab;

/// The lab of a site is named after it.
pub(crate) fn lab_name(site: &str) -> String {
    let letter = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    site.chars().map(letter).take(32).collect()
}

/// The site as it is in its lab, and the arguments by which ssh gets in there.
pub(super) fn aim(folder: &SiteFolder) -> Result<(Site, Vec<String>, Unlocking), Failure> {
    if !rustix::process::geteuid().is_root() {
        let what = "the lab and its keys are root's";
        return Err(Failure::new(Exit::Usage, "lab/not-root", what, "`sudo piton lab up`, and `sudo` here as well"));
    }
    let lab = Lab::open(&lab_name(&folder.site.name))?;
    let hosts = lab.hosts()?;
    let missing: Vec<&str> = folder.site.hosts.iter().map(|host| host.name.as_str()).collect();
    let missing: Vec<&str> = missing.into_iter().filter(|name| !hosts.iter().any(|host| host.name == *name)).collect();
    if !missing.is_empty() {
        let what = format!("lab `{}` has no stand-in for {}", lab.name(), missing.join(", "));
        return Err(Failure::new(Exit::Usage, "lab/not-up", what, "boot them with `piton lab up`"));
    }
    let overlay = LabOverlay {
        addresses: hosts.iter().map(|host| (host.name.clone(), host.address.into())).collect(),
        key: lab.public_key()?.trim().to_owned(),
        lacking: lacking(),
    };
    let options = lab.ssh_options().into_iter().map(|option| option.to_string_lossy().into_owned());
    // The operator's own configuration says nothing of lab hosts.
    let arguments = ["-F".to_owned(), "none".to_owned()].into_iter().chain(options).collect();
    let unlocking = Unlocking::Lab { key: lab.identity().to_owned() };
    Ok((piton_config::for_lab(&folder.site, &overlay), arguments, unlocking))
}

/// What hosts of a lab on this machine do not have.
fn lacking() -> Lacking {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Lacking {
        cpu_limits: !Lab::has_limits(),
        open_files: Lab::most_open_files(),
        capabilities: owned(piton_lab::MISSING_CAPABILITIES),
        devices: owned(piton_lab::MISSING_DEVICES),
    }
}
