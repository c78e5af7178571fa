//! The checks of the demo: what the hosts let through, tried out, and not what piton believes.

use crate::errand::target;
use crate::failure::Failure;
use crate::print::Screen;
use crate::print::page::Page;
use crate::print::text::{Ink, Text};
use piton_config::{Host, Site};
use piton_lab::Lab;
use std::io::{ErrorKind, Read};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::Duration;

/// A filtered port is one that says nothing at all for this long.
const SILENCE: Duration = Duration::from_millis(1500);

/// A port that the site says nothing of, on which something really listens during the demo.
const UNNAMED_PORT: u16 = 8080;
const LISTENER: &str = "piton-demo-listener";

/// What a check expected, what it saw, and whether that is the same.
struct Proof {
    holds: bool,
    what: String,
    seen: String,
}

/// Tries everything, tells each, and says whether all of it holds.
pub(super) fn run(lab: &Lab, site: &Site, screen: &Screen) -> Result<bool, Failure> {
    let mut all = true;
    let mut tell = |proof: Proof| {
        all &= proof.holds;
        screen.answer(line(&proof, screen.width()));
    };
    for host in &site.hosts {
        let port = target(host).login.port.unwrap_or(22);
        tell(banner(host, port));
        tell(closed(host, 22, "port 22 does not answer any more"));
    }
    for (from, to) in pairs(site) {
        tell(ping(lab, from, to)?);
    }
    for host in &site.hosts {
        tell(handshake(lab, host)?);
    }
    if let [first, .., last] = site.hosts.as_slice() {
        listening(lab, last)?;
        tell(closed(last, UNNAMED_PORT, "a program listens on port 8080, and nobody reaches it"));
        tell(over_the_mesh(lab, first, last)?);
        lab.console(&last.name, &["systemctl", "stop", LISTENER])?;
        let rules = lab.console(&first.name, &["ufw", "status"])?;
        screen.answer(format!("\n  `ufw status` on {}:\n", first.name));
        for row in String::from_utf8_lossy(&rules.stdout).lines().filter(|row| !row.trim().is_empty()) {
            screen.answer(format!("    {}\n", row.trim_end()));
        }
    }
    Ok(all)
}

fn line(proof: &Proof, width: usize) -> Page {
    let mut text = Text::new(width);
    match proof.holds {
        true => text.spaces(2).put(Ink::Good, "ok    "),
        false => text.spaces(2).put(Ink::Error, "FAILED"),
    };
    text.spaces(2).put(Ink::Plain, &proof.what);
    if !proof.seen.is_empty() {
        text.put(Ink::Plain, ":").spaces(1).wrap(Ink::Dim, &proof.seen, 10);
    }
    text.end();
    text.done()
}

fn pairs(site: &Site) -> Vec<(&Host, &Host)> {
    let ordered = |from| site.hosts.iter().map(move |to| (from, to));
    site.hosts.iter().flat_map(ordered).filter(|(from, to): &(&Host, &Host)| from.name != to.name).collect()
}

fn connect(host: &Host, port: u16) -> std::io::Result<TcpStream> {
    let address: IpAddr = host.address.parse().map_err(|_| ErrorKind::InvalidInput)?;
    TcpStream::connect_timeout(&SocketAddr::from((address, port)), SILENCE)
}

fn banner(host: &Host, port: u16) -> Proof {
    let read = || -> std::io::Result<String> {
        let mut stream = connect(host, port)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        let mut bytes = [0; 64];
        let count = stream.read(&mut bytes)?;
        Ok(String::from_utf8_lossy(bytes.get(..count).unwrap_or_default()).trim().to_owned())
    };
    let (holds, seen) = match read() {
        Ok(text) => (text.starts_with("SSH-2.0-"), text),
        Err(error) => (false, error.to_string()),
    };
    Proof { holds, what: format!("{}: ssh answers on port {port}", host.name), seen }
}

fn closed(host: &Host, port: u16, what: &str) -> Proof {
    let (holds, seen) = match connect(host, port) {
        Ok(_) => (false, "it answers".into()),
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => (true, "refused".into()),
        Err(error) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock) => (true, "silence".into()),
        Err(error) => (false, error.to_string()),
    };
    Proof { holds, what: format!("{}: {what}", host.name), seen }
}

fn ping(lab: &Lab, from: &Host, to: &Host) -> Result<Proof, Failure> {
    let address = to.mesh_address.as_ref().map(|address| address.value.to_string()).unwrap_or_default();
    let answer = lab.console(&from.name, &["ping", "-c", "1", "-W", "5", &address])?;
    let said = String::from_utf8_lossy(&answer.stdout).into_owned();
    let time = said.split_once("time=").and_then(|(_, rest)| rest.lines().next());
    let seen = time.unwrap_or("no answer").to_owned();
    let what = format!("{} pings {} through the mesh", from.name, to.name);
    Ok(Proof { holds: answer.status.success(), what, seen })
}

fn handshake(lab: &Lab, host: &Host) -> Result<Proof, Failure> {
    let interface = host.settings.mesh.as_ref().map_or("wg0", |mesh| mesh.interface.as_str());
    let answer = lab.console(&host.name, &["wg", "show", interface, "latest-handshakes"])?;
    let said = String::from_utf8_lossy(&answer.stdout).into_owned();
    let last = said.split_whitespace().last().and_then(|word| word.parse::<u64>().ok()).unwrap_or(0);
    let seen = if last > 0 { "hands were shaken" } else { "no handshake" }.to_owned();
    Ok(Proof { holds: last > 0, what: format!("{}: the mesh is encrypted by WireGuard", host.name), seen })
}

/// Starts something that listens, and waits until it does.
fn listening(lab: &Lab, host: &Host) -> Result<(), Failure> {
    let port = UNNAMED_PORT.to_string();
    let server = ["python3", "-m", "http.server", &port];
    let start = [&["systemd-run", "--quiet", "--collect", "--unit", LISTENER], &server[..]].concat();
    lab.console(&host.name, &start)?;
    let listens = format!("until ss -Hltn sport = :{port} | grep -q .; do sleep 0.1; done");
    lab.console(&host.name, &["timeout", "10", "bash", "-c", &listens])?;
    Ok(())
}

/// The site lets the mesh reach every port of the last host.
fn over_the_mesh(lab: &Lab, from: &Host, to: &Host) -> Result<Proof, Failure> {
    let address = to.mesh_address.as_ref().map(|address| address.value.to_string()).unwrap_or_default();
    let open = format!("</dev/tcp/{address}/{UNNAMED_PORT}");
    let answer = lab.console(&from.name, &["timeout", "5", "bash", "-c", &open])?;
    let holds = answer.status.success();
    let what = format!("{} does reach it, through the mesh", from.name);
    Ok(Proof { holds, what, seen: if holds { "open" } else { "closed" }.into() })
}
