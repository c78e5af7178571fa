//! States of the network that were saved under a name, in piton's own folder.

use super::{Came, NetworkSaved, read};
use crate::journal::now;
use crate::lock;
use crate::own;
use crate::saved::{self, Saved, Undo};
use crate::system::{Fault, FaultCode, System};
use serde::{Deserialize, Serialize};

const FOLDER: &str = "/var/lib/piton/net";

/// Without a name: the state that the last `save` without a name left.
pub const DEFAULT: &str = "last";

/// A saved state, and when it was taken.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Snapshot {
    pub name: String,
    /// Seconds since the epoch.
    pub at: u64,
    pub network: NetworkSaved,
}

/// Saves the network as it is now; an older one of that name is replaced.
pub fn save(system: &System, name: &str) -> Result<Snapshot, Fault> {
    let path = path(name)?;
    own::make_folder(system, own::FOLDER)?;
    let snapshot = Snapshot { name: name.to_owned(), at: now(), network: read(system)? };
    own::make_folder(system, FOLDER)?;
    own::write(system, &path, &own::json(&snapshot)?)?;
    Ok(snapshot)
}

pub fn load(system: &System, name: &str) -> Result<Snapshot, Fault> {
    let Some(bytes) = own::read(system, &path(name)?)? else {
        let known: Vec<String> = list(system)?.into_iter().map(|(name, _)| name).collect();
        let help = match known.as_slice() {
            [] => "save one first, while the network is as it shall be: `piton net save`".to_owned(),
            known => format!("there are: {}", known.join(", ")),
        };
        return Err(Fault::new(FaultCode::Nothing, format!("no network is saved here as `{name}`")).help(help));
    };
    serde_json::from_slice(&bytes).map_err(|error| {
        Fault::new(FaultCode::Unreadable, format!("what is saved as `{name}` cannot be understood"))
            .because(error)
            .help("another version of piton may have saved it: save it again")
    })
}

/// Puts the network back as it was saved.
pub fn restore(system: &System, snapshot: &Snapshot, came: Came) -> Result<(), Fault> {
    let Some(_locks) = lock::try_begin(system)? else {
        return Err(
            Fault::new(FaultCode::Busy, "somebody is changing this host right now").help("wait until that has ended")
        );
    };
    let saved = Saved::Network(Box::new(snapshot.network.clone()));
    let undo = if came == Came::Goes { Undo::Open } else { Undo::Later };
    saved::restore(system, &[saved], &[], undo)
}

/// The names of all that are saved, and their age's beginning, the newest first.
pub fn list(system: &System) -> Result<Vec<(String, u64)>, Fault> {
    let mut found = Vec::new();
    for file in own::list(system, FOLDER)? {
        let Some(name) = file.strip_suffix(".json") else { continue };
        #[derive(Deserialize)]
        struct Head {
            at: u64,
        }
        let bytes = own::read(system, &format!("{FOLDER}/{file}"))?.unwrap_or_default();
        if let Ok(head) = serde_json::from_slice::<Head>(&bytes) {
            found.push((name.to_owned(), head.at));
        }
    }
    found.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
    Ok(found)
}

fn path(name: &str) -> Result<String, Fault> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let is_plain = !name.is_empty() && name.len() <= 64 && !name.starts_with('.') && name.chars().all(plain);
    match is_plain {
        true => Ok(format!("{FOLDER}/{name}.json")),
        false => Err(Fault::new(FaultCode::Refused, format!("`{name}` cannot be a name"))
            .help("letters, digits, `-`, `_` and `.`, at most 64")),
    }
}
