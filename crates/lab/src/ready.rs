//! Waiting for a host: until ssh answers, or until it is known that it will not.

use std::fs;
use std::io::Read;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use crate::command::last_words;
use crate::console;
use crate::error::LabError;
use crate::record::HostPlaces;

/// A fresh host answers after one or two seconds; a machine busy with other things takes longer.
const PATIENCE: Duration = Duration::from_secs(120);

/// A SYN that is sent before the host's link is up is repeated by the kernel only after a second; asking anew is faster.
const ONE_TRY: Duration = Duration::from_millis(300);
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// How often the system inside is asked how far it is, and how long ssh may take once it says it is up.
const LOOK_INSIDE_EVERY: Duration = Duration::from_secs(1);
const AFTER_BOOT: Duration = Duration::from_secs(5);

/// What a host has to show before it counts as up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// The ssh banner at port 22: what a fresh host must give.
    Banner,
    /// The banner, or a finished boot: someone may have moved ssh or shut it off since.
    BannerOrBooted,
}

/// Waits until the host shows the sign.
pub(crate) fn wait(host: &str, address: Ipv4Addr, places: &HostPlaces, sign: Sign) -> Result<(), LabError> {
    let started = Instant::now();
    let mut looked_inside = started;
    let mut booted_at = None;
    loop {
        if ssh_answers(address) {
            return Ok(());
        }
        let given_up = places.keeper().processes().is_empty();
        if given_up || started.elapsed() > PATIENCE {
            return Err(LabError::NotReady {
                host: host.to_owned(),
                waited: started.elapsed(),
                console: last_console_lines(places),
            });
        }
        if sign == Sign::BannerOrBooted && looked_inside.elapsed() > LOOK_INSIDE_EVERY {
            looked_inside = Instant::now();
            if booted_at.is_none() && is_booted(places) {
                booted_at = Some(looked_inside);
            }
        }
        if booted_at.is_some_and(|booted: Instant| booted.elapsed() > AFTER_BOOT) {
            return Ok(());
        }
        thread::sleep(BETWEEN_TRIES);
    }
}

fn ssh_answers(address: Ipv4Addr) -> bool {
    let Ok(mut stream) = TcpStream::connect_timeout(&SocketAddr::from((address, 22)), ONE_TRY) else {
        return false;
    };
    let mut banner = [0; 4];
    stream.set_read_timeout(Some(Duration::from_secs(5))).is_ok()
        && stream.read_exact(&mut banner).is_ok()
        && &banner == b"SSH-"
}

fn is_booted(places: &HostPlaces) -> bool {
    let Some(leader) = places.machine().leader() else {
        return false;
    };
    console::command(leader, &["systemctl", "--quiet", "is-active", "multi-user.target"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn last_console_lines(places: &HostPlaces) -> String {
    let read = |path| fs::read(path).unwrap_or_default();
    let mut text = read(places.console_log());
    text.extend(read(places.keeper_log()));
    let text = String::from_utf8_lossy(&text);
    match text.trim() {
        "" => "(nothing)".to_owned(),
        words => last_words(words).to_owned(),
    }
}
