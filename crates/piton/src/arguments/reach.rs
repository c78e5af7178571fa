//! The words of `piton reach`.

use super::SiteArguments;
use clap::Args;
use piton_reach::Protocol;
use piton_reach::sources::Who;
use std::net::IpAddr;
use std::str::FromStr;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  piton reach\n  piton reach --foretell\n  piton reach openclaw\n  piton reach openclaw --from world --to 22/tcp --why\n  piton reach observe --from 10.0.0.1 --to 10.0.0.2:3100/tcp\n  piton reach openclaw --probe"
)]
pub struct ReachArguments {
    /// Of which host [default: every port of the site, in one table]
    pub host: Option<String>,
    /// From where: an address, `world`, `mesh`, `container` or `host` [default: all of them]
    #[arg(long, value_name = "WHO", requires = "host")]
    pub from: Option<Who>,
    /// Only this port, on this address of the host: `[ADDRESS:]PORT[/tcp|/udp]`
    #[arg(long, value_name = "WHERE", requires = "host")]
    pub to: Option<Aim>,
    /// Say because of which lines
    #[arg(long, requires = "host")]
    pub why: bool,
    /// Ask no host: say what the site would come to on fresh servers
    #[arg(long, conflicts_with = "probe")]
    pub foretell: bool,
    /// Try from here as well, and compare; TCP only
    #[arg(long, requires = "host")]
    pub probe: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub site: SiteArguments,
}

/// A port, and perhaps an address and a protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aim {
    pub address: Option<IpAddr>,
    pub port: u16,
    pub protocol: Option<Protocol>,
}

impl FromStr for Aim {
    type Err = String;

    fn from_str(text: &str) -> Result<Aim, String> {
        let wrong = || format!("`{text}` is not `[ADDRESS:]PORT[/tcp|/udp]`");
        let (place, protocol) = match text.rsplit_once('/') {
            None => (text, None),
            Some((place, "tcp")) => (place, Some(Protocol::Tcp)),
            Some((place, "udp")) => (place, Some(Protocol::Udp)),
            Some(_) => return Err(wrong()),
        };
        let (address, port) = match place.rsplit_once(':') {
            None => (None, place),
            Some((address, port)) => {
                let address = address.trim_start_matches('[').trim_end_matches(']');
                (Some(address.parse().map_err(|_| wrong())?), port)
            }
        };
        Ok(Aim { address, port: port.parse().map_err(|_| wrong())?, protocol })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_aim_is_a_port_and_what_is_known_beside_it() {
        let aim = |text: &str| text.parse::<Aim>();
        assert_eq!(aim("22"), Ok(Aim { address: None, port: 22, protocol: None }));
        let full = Aim { address: "fd00::1".parse().ok(), port: 80, protocol: Some(Protocol::Udp) };
        assert_eq!(aim("[fd00::1]:80/udp"), Ok(full));
        for wrong in ["", "x", "22/icmp", "host:22", "70000"] {
            assert!(aim(wrong).is_err(), "{wrong}");
        }
    }
}
