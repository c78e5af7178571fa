//! The best part of the demo: it tries to lock itself out, is refused, forces it, and sees the host
//! come back by itself.

use super::super::{apply, plan};
use super::title;
use crate::arguments::SiteArguments;
use crate::errand::{Ground, survey};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::print::Screen;
use piton_host::fleet::ApplyOptions;
use piton_host::wire::Guarding;
use piton_reach::Proven;
use piton_secrets::Secrets;
use std::path::Path;

/// As long as anybody wants to look at a host that does not answer.
const OPTIONS: ApplyOptions = ApplyOptions { stop_on_failure: false, wait: false, guard: Guarding::Seconds(10) };

/// The host that is to be lost.
const HOST: &str = "observe";

/// Denies the address that the demo itself comes from, whatever else the site allows.
pub(super) fn run(site: &SiteArguments, screen: &Screen) -> Result<Exit, Failure> {
    let Some(folder) = &site.site else { return Ok(Exit::Done) };
    let file = folder.join("site.toml");
    let before = read(&file)?;
    let ended = locked_out(site, &file, &before, screen);
    // The demo goes on with the site as it was, and so may whoever keeps the hosts.
    std::fs::write(&file, before).map_err(|error| Failure::file("write", &file, &error))?;
    ended
}

fn locked_out(site: &SiteArguments, file: &Path, before: &str, screen: &Screen) -> Result<Exit, Failure> {
    let ground = Ground::prepare(site, "piton demo")?;
    let Some(host) = ground.site.hosts.iter().find(|host| host.name == HOST) else { return Ok(Exit::Done) };
    let operator = host.address.rsplit_once('.').map(|(network, _)| format!("{network}.1")).unwrap_or_default();
    let mistake = format!("[hosts.{HOST}.filter]\ndeny = [\"222/tcp from {operator}\"]\n");
    std::fs::write(file, format!("{before}\n{mistake}")).map_err(|error| Failure::file("write", file, &error))?;

    title(screen, "Now the mistake: the site denies the address that you come from");
    screen.answer(format!("{mistake}\n"));
    let ground = Ground::prepare(site, "piton demo")?;
    let hosts = [HOST.to_owned()];
    let survey = survey(&ground, &hosts, &Secrets::default(), &|_, _| {})?;
    screen.answer(plan::words(&survey, screen.width(), false));
    let Err(refusals) = Proven::of(&survey.plan, &survey.shown) else {
        let what = "the plan that locks out was not refused";
        return Err(Failure::new(Exit::Bug, "demo/not-refused", what, "please report this"));
    };
    title(screen, "Refused: `piton apply`");
    screen.failure(&Failure::reach(&refusals));

    title(screen, "Forced: `piton apply --anyway`, and then the host is on its own");
    let exit = apply::carry_out(&Proven::anyway(&survey.plan), survey.sessions, &ground.errand, OPTIONS, screen);
    if exit != Exit::Reverted {
        let what = "the host that was locked did not put itself back";
        return Err(Failure::new(Exit::Bug, "demo/not-reverted", what, "please report this"));
    }
    Ok(Exit::Done)
}

fn read(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| Failure::file("read", file, &error))
}
