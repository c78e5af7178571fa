//! `piton lab`: throwaway hosts on this machine, the site's or any others.

use crate::arguments::{LabArguments, LabVerb};
use crate::errand::lab_name;
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::print::text::Ink;
use crate::print::{Screen, json, table};
use crate::site_folder::SiteFolder;
use piton_config::{Host, Site};
use piton_lab::{HostSpec, HostState, Image, Lab, LabHost};
use serde_json::json;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Duration;

/// The lab of hosts that are named by hand, outside of any site.
const UNNAMED: &str = "lab";

pub(super) fn run(arguments: &LabArguments, screen: &Screen) -> Ended {
    let site = site(arguments)?;
    let name = match (&arguments.name, &site) {
        (Some(name), _) => name.clone(),
        (None, Some(site)) => lab_name(site),
        (None, None) => UNNAMED.to_owned(),
    };
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

/// The site around the current folder or the one that is named, unless the lab is.
fn site(arguments: &LabArguments) -> Result<Option<Site>, Failure> {
    if arguments.site.is_none() && arguments.name.is_some() {
        return Ok(None);
    }
    match SiteFolder::open(arguments.site.as_deref()) {
        Ok(folder) => Ok(Some(folder.site)),
        // Outside of a site the lab of hosts named by hand is meant.
        Err(failure) if arguments.site.is_none() && failure.is("site/not-found") => Ok(None),
        Err(failure) => Err(failure),
    }
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
    let tell = |event: piton_lab::Event| match screen.is_json() {
        true => {
            screen.event(&json::object("piton.lab-event/1", json!({ "event": "progress", "text": event.to_string() })))
        }
        false => screen.say(&event.to_string()),
    };
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

fn list(lab: &Lab, hosts: &[LabHost], screen: &Screen) {
    if screen.is_json() {
        screen.answer_json(&as_json(lab, hosts, false));
    } else if hosts.is_empty() {
        screen.answer(&format!("lab `{}` has no hosts\n", lab.name()));
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
        screen.answer(&table::view(&hosts.iter().map(row).collect::<Vec<_>>(), screen.width()));
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
        false => screen.answer(&format!("{who} {what}\n")),
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
