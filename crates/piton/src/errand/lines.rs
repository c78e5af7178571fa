//! The line of the site behind what the proof refuses: which port is published where, which network has which subnet.

use super::Ground;
use piton_catalog::PlacedPort;
use piton_config::{Origin, Valued};
use piton_reach::prove::Cause;
use piton_reach::{Because, Refusal};

/// Adds the lines of the site that do what is refused.
pub(crate) fn explain(ground: &Ground, refusal: Refusal) -> Refusal {
    let host = ground.site.hosts.iter().find(|host| host.name == refusal.host);
    let is_of_port = matches!(&*refusal.cause, Cause::Opens(_));
    let ports = host.filter(|_| is_of_port).map(|host| piton_catalog::ports(&ground.site, host)).unwrap_or_default();
    explain_by(ground, &ports, refusal)
}

/// The same, with the ports of the host's services at hand: reading them takes longer than all else.
pub(crate) fn explain_by(ground: &Ground, ports: &[PlacedPort], refusal: Refusal) -> Refusal {
    let Some(host) = ground.site.hosts.iter().find(|host| host.name == refusal.host) else { return refusal };
    let found = match &*refusal.cause {
        Cause::Opens(opened) => {
            let is = |it: &&PlacedPort| (it.port.protocol.into(), it.port.port) == (opened.protocol, opened.port);
            // Two may want one port, by other addresses: the one that the world comes to is behind it.
            let names = |it: &&PlacedPort| {
                it.port
                    .container
                    .as_ref()
                    .is_some_and(|name| opened.behind == *name || opened.behind.ends_with(&format!("-{name}-1")))
            };
            let everywhere = |it: &&PlacedPort| it.port.addresses.iter().any(|address| address.is_unspecified());
            let found = ports.iter().filter(is).max_by_key(|it| (names(it), everywhere(it)));
            found.and_then(|placed| of_port(ground, placed))
        }
        Cause::Overlaps { net, .. } => {
            let here = |hosts: &[Valued<String>]| hosts.iter().any(|on| on.value == host.name);
            let mut networks = ground.site.networks.iter();
            let network = networks.find(|it| *it.subnet == *net && it.on.as_deref().is_none_or(here));
            network.and_then(|network| line(ground, &network.subnet.origin))
        }
        _ => None,
    };
    match found {
        Some(because) => refusal.by(because),
        None => refusal,
    }
}

/// The line of a compose file of the user's, by the name that the site has for it; else that of the site.
fn of_port(ground: &Ground, placed: &PlacedPort) -> Option<Because> {
    let Some((place, text)) = &placed.line else { return line(ground, &placed.origin) };
    let written = placed.origin.span().and_then(|span| ground.folder.text.get(span.range.clone()));
    let file = written.map(|text| text.trim_matches(['"', '\''])).filter(|file| !file.contains(['[', '=', '\n']));
    let place = match (file, place.rsplit_once(':')) {
        (Some(file), Some((_, number))) => format!("{file}:{number}"),
        _ => place.clone(),
    };
    Some(Because::new(place, text.clone()))
}

fn line(ground: &Ground, origin: &Origin) -> Option<Because> {
    let span = origin.span().filter(|span| span.file == ground.folder.file)?;
    let before = ground.folder.text.get(..span.range.start)?.matches('\n').count();
    let text = ground.folder.text.lines().nth(before)?;
    Some(Because::new(format!("{}:{}", span.file, before + 1), text.trim()))
}
