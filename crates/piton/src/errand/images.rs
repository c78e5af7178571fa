//! Images that the operator has at hand and sends along: archives as `docker save` writes them, in `images/` beside
//! site.toml; for a lab, the stand-ins that were made for it, too.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::site_folder::SiteFolder;
use piton_host::images::Archives;
use piton_plan::{Resource, Wanted};
use std::path::Path;

/// Beside site.toml.
const FOLDER: &str = "images";

pub(super) fn at_hand(folder: &SiteFolder, lab: bool) -> Result<Archives, Failure> {
    let mut archives = Archives::default();
    let own = Path::new(&folder.file).parent().map(|beside| beside.join(FOLDER));
    let published = (lab && folder.site.lab_real.value).then(piton_lab::containers::folder_of_published);
    let of_lab = lab.then(piton_lab::containers::folder);
    for folder in own.into_iter().chain(published).chain(of_lab) {
        archives.add_folder(&folder).map_err(|error| {
            let help = "`docker save --output images/NAME.tar IMAGE` writes one; take away what is none";
            Failure::new(Exit::Failed, "images/unreadable", error.to_string(), help)
        })?;
    }
    Ok(archives)
}

/// Says of every image that is at hand what it must lead to, so that the plan leaves no choice.
pub(super) fn settle(wanted: &mut Wanted, archives: &Archives) {
    for resource in &mut wanted.resources {
        let Resource::Stack(stack) = resource else { continue };
        for container in &mut stack.containers {
            container.image.id = archives.id(&container.image.reference).map(str::to_owned);
        }
    }
}
