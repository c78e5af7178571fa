//! `piton lab`: throwaway hosts on this machine, the site's or any others.

mod images;

use super::drill;
use crate::arguments::{LabArguments, LabVerb};
use crate::errand::lab_name;
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::print::text::Ink;
use crate::print::{Screen, json, table};
use crate::site_folder::SiteFolder;
use piton_config::{Host, Problem, Site};
use piton_lab::{HostSpec, HostState, Image, Lab, LabHost};
use serde_json::json;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Duration;

/// The lab of hosts that are named by hand, outside of any site.
const UNNAMED: &str = "lab";

pub(super) fn run(arguments: &LabArguments, screen: &Screen) -> Ended {
    let (site, name) = site_and_name(arguments)?;
    let lab = Lab::open(&name)?;
    match &arguments.verb {
        LabVerb::Up { hosts, install } => up(&lab, &specs(hosts, site.as_ref())?, *install, screen),
        LabVerb::Down { images } => {
            lab.down()?;
            if *images {
                Lab::remove_images()?;
            }
            said(screen, &name, "is down; nothing of it is left")
        }
        LabVerb::Images { list: true, .. } => images::list(screen),
        LabVerb::Images { images, .. } => images::make(images, site.as_ref(), screen),
        LabVerb::List => {
            list(&lab, &lab.hosts()?, screen);
            Ok(Exit::Done)
        }
        LabVerb::Ssh { host, command } => ssh(&lab, site.as_ref(), host, command),
        LabVerb::Exec { host, command } => {
            let words: Vec<&str> = command.iter().map(String::as_str).collect();
            become_program(lab.console_command(host, &words)?)
        }
        LabVerb::Console { host } => become_program(lab.console_command(host, &["bash", "-l"])?),
        LabVerb::Reset { host } => {
            lab.reset(host)?;
            said(screen, host, "has a fresh disk")
        }
        LabVerb::Reboot { host } => {
            lab.reboot(host)?;
            said(screen, host, "is up again")
        }
        LabVerb::Crash { host } => {
            lab.crash(host)?;
            said(screen, host, "lost its power and is up again")
        }
        LabVerb::Unplug { host } => {
            lab.unplug(host)?;
            said(screen, host, "is off the network; `piton lab plug` puts it back")
        }
        LabVerb::Plug { host } => {
            lab.plug(host)?;
            said(screen, host, "is on the network")
        }
        LabVerb::Drill(asked) => drill::run(asked, screen),
        LabVerb::Save { host, snapshot } => {
            lab.save(host, snapshot)?;
            said(screen, host, &format!("is saved as {snapshot}"))
        }
        LabVerb::Load { host, snapshot } => {
            lab.load(host, snapshot)?;
            said(screen, host, &format!("is as it was in {snapshot}"))
        }
    }
}

/// The site around the current folder or the one that is named, unless the lab is; and the lab's
/// name.
fn site_and_name(arguments: &LabArguments) -> Result<(Option<Site>, String), Failure> {
    let asked = arguments.site.as_deref();
    let named = arguments.name.clone();
    if let (None, Some(name)) = (asked, &named) {
        return Ok((None, name.clone()));
    }
    match SiteFolder::open_for_the_lab(asked) {
        Ok(folder) => {
            let name = named.unwrap_or_else(|| lab_name(&folder.site.name));
            Ok((Some(folder.site), name))
        }
        // Outside of a site the lab of hosts named by hand is meant.
        Err(failure) if asked.is_none() && failure.is("site/not-found") => Ok((None, UNNAMED.to_owned())),
        // What is there already can be listed and taken down, whatever the site says by now.
        Err(failure) if !needs_site(&arguments.verb) => {
            let name = named.or_else(|| SiteFolder::written_name(asked).map(|name| lab_name(&name)));
            name.map(|name| (None, name)).ok_or_else(|| unnamed(failure))
        }
        Err(failure) => Err(failure),
    }
}

/// The site is so broken that it does not even say its name.
fn unnamed(mut failure: Failure) -> Failure {
    let problem = Problem::new("lab/unnamed", "so the lab's name is not known either");
    failure.problems.push(problem.help("`--name LAB` says it without the site"));
    failure
}

/// Whether the verb cannot do without the site that the lab stands for.
fn needs_site(verb: &LabVerb) -> bool {
    matches!(verb, LabVerb::Up { .. } | LabVerb::Ssh { .. } | LabVerb::Images { .. })
}

fn specs(words: &[String], site: Option<&Site>) -> Result<Vec<HostSpec>, Failure> {
    if words.is_empty() {
        let none = || Failure::usage("no host is named", "`piton lab up a=debian-12`, or go to a site's folder");
        return stand_ins(site.ok_or_else(none)?);
    }
    let of_site = |name: &str| site.and_then(|site| site.hosts.iter().find(|host| host.name == name));
    words
        .iter()
        .map(|word| match word.split_once('=') {
            Some((name, image)) => Ok(HostSpec { name: name.to_owned(), image: image.parse::<Image>()? }),
            None => match of_site(word) {
                Some(host) => stand_in(host),
                None => Ok(HostSpec { name: word.clone(), image: Image::Debian12 }),
            },
        })
        .collect()
}

/// A stand-in for each host of a site.
fn stand_ins(site: &Site) -> Result<Vec<HostSpec>, Failure> {
    site.hosts.iter().map(stand_in).collect()
}

fn stand_in(host: &Host) -> Result<HostSpec, Failure> {
    Ok(HostSpec { name: host.name.clone(), image: host.lab_image.parse()? })
}

fn up(lab: &Lab, hosts: &[HostSpec], install: bool, screen: &Screen) -> Ended {
    let missing = Lab::missing_packages();
    let tell = |event| tell(&event, screen);
    if !missing.is_empty() && install {
        Lab::install_packages(&tell)?;
    } else if !missing.is_empty() {
        let what = format!("the lab needs packages that are not installed: {}", missing.join(", "));
        return Err(Failure::new(Exit::Failed, "lab/packages", what, "`piton lab up --install` installs them"));
    }
    let hosts = lab.up(hosts, &tell)?;
    match screen.is_json() {
        true => screen.event(&as_json(lab, &hosts, true)),
        false => list(lab, &hosts, screen),
    }
    Ok(Exit::Done)
}

fn tell(event: &piton_lab::Event, screen: &Screen) {
    match screen.is_json() {
        true => {
            screen.event(&json::object("piton.lab-event/1", json!({ "event": "progress", "text": event.to_string() })))
        }
        false => screen.say(&event.to_string()),
    }
}

fn list(lab: &Lab, hosts: &[LabHost], screen: &Screen) {
    if screen.is_json() {
        screen.answer_json(&as_json(lab, hosts, false));
    } else if hosts.is_empty() {
        screen.answer(format!("lab `{}` has no hosts\n", lab.name()));
    } else {
        let row = |host: &LabHost| {
            let (ink, state) = match host.state {
                HostState::Running => (Ink::Good, "running"),
                HostState::Off => (Ink::Warning, "off"),
            };
            vec![
                (Ink::Strong, host.name.clone()),
                (Ink::Plain, host.address.to_string()),
                (Ink::Plain, host.image.to_string()),
                (ink, state.to_owned()),
            ]
        };
        screen.answer(table::view(&hosts.iter().map(row).collect::<Vec<_>>(), screen.width()));
    }
}

fn as_json(lab: &Lab, hosts: &[LabHost], result: bool) -> serde_json::Value {
    let host = |host: &LabHost| {
        json!({
            "name": host.name,
            "address": host.address,
            "image": host.image.to_string(),
            "running": host.state == HostState::Running,
        })
    };
    let mut fields = json!({ "lab": lab.name(), "hosts": hosts.iter().map(host).collect::<Vec<_>>() });
    if let Some(fields) = fields.as_object_mut().filter(|_| result) {
        fields.insert("event".into(), "result".into());
    }
    json::object("piton.lab/1", fields)
}

fn said(screen: &Screen, who: &str, what: &str) -> Ended {
    match screen.is_json() {
        true => screen.answer_json(&json::object("piton.lab/1", json!({ "name": who, "text": what }))),
        false => screen.answer(format!("{who} {what}\n")),
    }
    Ok(Exit::Done)
}

/// Logs in the way that is open: the site's own when it answers, a fresh host's otherwise.
fn ssh(lab: &Lab, site: Option<&Site>, host: &str, command: &[String]) -> Ended {
    let hosts = lab.hosts()?;
    let Some(found) = hosts.iter().find(|known| known.name == host) else {
        let known: Vec<&str> = hosts.iter().map(|host| host.name.as_str()).collect();
        let what = format!("lab `{}` has no host `{host}`", lab.name());
        return Err(Failure::usage(what, format!("its hosts: {}", known.join(", "))));
    };
    let declared = site.and_then(|site| site.hosts.iter().find(|known| known.name == host)).map(crate::errand::target);
    let declared = declared.map(|target| target.login).and_then(|login| Some((login.user?, login.port?)));
    let answers = |port: u16| {
        let address = SocketAddr::from((found.address, port));
        TcpStream::connect_timeout(&address, Duration::from_millis(500)).is_ok()
    };
    let (user, port) = declared.filter(|(_, port)| answers(*port)).unwrap_or(("root".into(), 22));
    let mut ssh = Command::new("ssh");
    ssh.args(["-F", "none"]).args(lab.ssh_options()).args(["-p", &port.to_string(), "-l", &user]);
    ssh.arg("--").arg(found.address.to_string()).args(command);
    become_program(ssh)
}

/// This process becomes that program, so that its terminal, signals and exit code are its own.
fn become_program(mut command: Command) -> Ended {
    let program = command.get_program().to_owned();
    let error = command.exec();
    Err(Failure::file("start", std::path::Path::new(&program), &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a verb makes of a folder with this site.
    fn meant(site: &str, verb: LabVerb) -> Result<String, Failure> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("site.toml"), site).unwrap();
        let arguments = LabArguments { name: None, site: Some(folder.path().to_owned()), json: false, verb };
        site_and_name(&arguments).map(|(_, name)| name)
    }

    #[test]
    fn a_lab_can_be_taken_down_whatever_its_site_says_by_now() {
        let broken = "[site]\nname = \"Pair\"\nprofil = \"hardened\"\n";
        assert_eq!(meant(broken, LabVerb::Down { images: false }).unwrap(), "pair");
        let up = meant(broken, LabVerb::Up { hosts: Vec::new(), install: false }).unwrap_err();
        assert!(!up.is("lab/unnamed"), "what would be booted is not known: {up:?}");
    }

    #[test]
    fn a_site_that_does_not_say_its_name_leads_to_the_option_that_does() {
        let failure = meant("[site\n", LabVerb::Down { images: false }).unwrap_err();
        assert_eq!(failure.problems.last().map(|problem| problem.code.as_str()), Some("lab/unnamed"));
    }
}
