//! `piton demo`: all of it at once, on two hosts that are booted for it and gone afterwards.
//!
//! The hosts are real (the lab's), so is the site (the two-VPS example) and so are the checks from
//! outside. Where there is no root or no Linux, [`dry`] tells the same story with hosts that are
//! only values, and says what it left out.

mod dry;
mod lockout;
mod proof;

use super::{apply, plan};
use crate::arguments::{DemoArguments, SiteArguments};
use crate::errand::Ground;
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::interrupt;
use crate::print::Screen;
use crate::print::page::Page;
use crate::print::report::seconds;
use crate::print::text::Ink;
use piton_host::fleet::ApplyOptions;
use piton_host::wire::Guarding;
use piton_lab::{HostSpec, Image, Lab};
use piton_reach::Proven;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// The lab's name, and the site's.
const NAME: &str = "demo";

/// Where the demo's site lies while it runs, and after it with `--keep`.
const FOLDER: &str = "/var/lib/piton/demo";

const EXAMPLE: &str = "two-vps";

const OPTIONS: ApplyOptions = ApplyOptions { stop_on_failure: false, wait: false, guard: Guarding::Seconds(60) };

pub(super) fn run(arguments: &DemoArguments, screen: &Screen) -> Ended {
    if arguments.dry || !cfg!(target_os = "linux") || !rustix::process::geteuid().is_root() {
        return dry::run(arguments.dry, screen);
    }
    let image: Image = arguments.image.parse()?;
    let lab = Lab::open(NAME)?;
    let keep = arguments.keep;
    let last = lab.clone();
    interrupt::on_interrupt(screen, move || match take_down(&last) {
        Ok(()) => "The demo's hosts are gone; nothing else was touched.".into(),
        Err(_) => format!("The demo's hosts are still there: `piton lab down --name {NAME}`."),
    });
    let ended = tell(&lab, image, screen);
    interrupt::wait_if_interrupted();
    match (keep, &ended) {
        (true, _) => screen.answer(kept()),
        (false, _) => {
            title(screen, "The end");
            take_down(&lab)?;
            screen.answer("The hosts are gone, with their network and their disks.\n");
            if ended.is_ok() {
                screen.answer("\nYour own site: `piton init`, then put your servers' addresses into site.toml.\n");
            }
        }
    }
    ended
}

/// The whole story.
fn tell(lab: &Lab, image: Image, screen: &Screen) -> Ended {
    screen.answer(format!(
        "This boots two fresh {image} servers on this machine, sets them up the way the `{EXAMPLE}` example says\n\
         (users, ssh, filter, private network, Docker), and looks at them from outside. It takes a few minutes.\n"
    ));
    title(screen, "Two fresh servers");
    boot(lab, image, screen)?;
    interrupt::wait_if_interrupted();
    let folder = write_site(lab, image)?;
    let site =
        SiteArguments { site: Some(folder), lab: true, connect_timeout: 10, jobs: 10, ..SiteArguments::default() };

    title(screen, "What would change: `piton plan`");
    let ground = Ground::prepare(&site, "piton demo")?;
    let survey = plan::make(&ground, &[], screen)?;
    screen.answer(plan::words(&survey, screen.width(), false));

    title(screen, "Exactly that, done: `piton apply`");
    let proven = Proven::of(&survey.plan, &survey.shown).map_err(|refusals| Failure::reach(&refusals))?;
    let exit = apply::carry_out(&proven, survey.sessions, &ground.errand, OPTIONS, screen);
    if exit != Exit::Done {
        return Ok(exit);
    }
    title(screen, "How it looks from outside");
    let proved = proof::run(lab, &ground.site, screen)?;

    lockout::run(&site, screen)?;

    title(screen, "Once more, as the site was: `piton apply`");
    let again = again(&site, screen)?;
    Ok(if proved { again } else { again.worse(Exit::Failed) })
}

fn title(screen: &Screen, words: &str) {
    let mut page = Page::default();
    page.end().put(Ink::Strong, &format!("== {words}")).end();
    screen.answer(page);
}

fn boot(lab: &Lab, image: Image, screen: &Screen) -> Result<(), Failure> {
    let missing = Lab::missing_packages();
    if !missing.is_empty() {
        screen.answer(format!("This machine lacks what boots them, so it is installed now: {}\n", missing.join(", ")));
    }
    let tell = |event: piton_lab::Event| screen.say(&event.to_string());
    Lab::install_packages(&tell)?;
    // What an earlier demo left would not be fresh.
    take_down(lab)?;
    let hosts = ["openclaw", "observe"].map(|name| HostSpec { name: name.to_owned(), image });
    lab.up(&hosts, &tell)?;
    Ok(())
}

/// Writes the example as the demo's own site, with the lab's key as the operator's.
fn write_site(lab: &Lab, image: Image) -> Result<PathBuf, Failure> {
    let folder = PathBuf::from(FOLDER);
    let key = lab.public_key()?;
    let site = format!("{}\n[lab]\nimage = \"{image}\"\n", example().replace(EXAMPLE, NAME));
    let written = write(&folder.join("site.toml"), &site).and_then(|()| write(&folder.join("keys/operator.pub"), &key));
    written.map_err(|error| Failure::file("write the demo's site below", &folder, &error))?;
    Ok(folder)
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text)
}

/// The text of the example's site file.
fn example() -> &'static str {
    let example = piton_config::examples().iter().find(|example| example.name == EXAMPLE);
    let file = example.and_then(|example| example.files.iter().find(|(name, _)| *name == "site.toml"));
    file.map_or("", |(_, text)| text)
}

/// Plans again, over new sessions, as any later run would.
fn again(site: &SiteArguments, screen: &Screen) -> Ended {
    let began = Instant::now();
    let ground = Ground::prepare(site, "piton demo")?;
    let survey = plan::make(&ground, &[], screen)?;
    let words = plan::words(&survey, screen.width(), false);
    screen.answer(words);
    screen.answer(format!("It took {} to ask both hosts and to find that out.\n", seconds(began.elapsed())));
    Ok(if survey.plan.is_empty() { Exit::Done } else { Exit::Failed })
}

fn take_down(lab: &Lab) -> Result<(), Failure> {
    lab.down()?;
    match std::fs::remove_dir_all(FOLDER) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Failure::file("remove", Path::new(FOLDER), &error))
        }
        _ => Ok(()),
    }
}

fn kept() -> String {
    format!(
        "\nThe hosts stay. In {FOLDER} is their site; go there, and:\n\
         \x20 piton lab ssh openclaw      log in, as the site says\n\
         \x20 piton lab console openclaw  get in past ssh and filter\n\
         \x20 piton plan --lab            after changing site.toml, or something on a host\n\
         \x20 piton lab down              to remove them\n"
    )
}
