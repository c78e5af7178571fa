//! ufw's files as they are, for foretelling what it would load.

use crate::kind::ufw::{self, DEFAULTS};
use crate::system::{Fault, System};
use piton_reach::ufw::{Files, Ufw, UserRule};

pub(super) fn read(system: &System) -> Result<Option<Ufw>, Fault> {
    let Some(files) = ufw::Ufw::read(system)? else { return Ok(None) };
    let defaults = system.read_text(DEFAULTS)?.unwrap_or_default();
    let text = |path: &str| -> Result<String, Fault> { Ok(system.read_text(path)?.unwrap_or_default()) };
    Ok(Some(Ufw {
        enabled: files.enabled,
        v6: files.has_v6(),
        incoming: files.incoming,
        outgoing: files.outgoing,
        routed: ufw::policy(&defaults, "DEFAULT_FORWARD_POLICY"),
        rules: files.lines().into_iter().map(|(name, v4, v6)| UserRule { name, v4, v6 }).collect(),
        before: Files { v4: text("/etc/ufw/before.rules")?, v6: text("/etc/ufw/before6.rules")? },
        after: Files { v4: text("/etc/ufw/after.rules")?, v6: text("/etc/ufw/after6.rules")? },
    }))
}
