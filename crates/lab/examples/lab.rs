//! The lab by hand, and the supervisor of its tests: `lab [--name NAME] up a=debian-12 b=ubuntu-24.04`.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use piton_lab::{HostSpec, Lab, LabError};

const USAGE: &str = "usage: lab [--name NAME] up HOST=IMAGE... | down | list | ssh HOST [CMD...] | exec HOST CMD...
       | reset HOST | reboot HOST | crash HOST | save HOST NAME | load HOST NAME | install | remove-images
NAME is `dev-lab` unless given; images: debian-12, debian-13, ubuntu-22.04, ubuntu-24.04";

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "lab-supervisor") {
        return report(piton_lab::supervise(&arguments[1..]).map(|()| ExitCode::SUCCESS));
    }
    let words: Vec<String> = arguments.iter().map(|argument| argument.to_string_lossy().into_owned()).collect();
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut name = "dev-lab";
    if let ["--name", given, ..] = words[..] {
        name = given;
        words.drain(..2);
    }
    report(Lab::open(name).and_then(|lab| obey(&lab, &words)))
}

fn report(result: Result<ExitCode, LabError>) -> ExitCode {
    result.unwrap_or_else(|error| {
        tell(&format!("lab: {error}"));
        ExitCode::FAILURE
    })
}

fn obey(lab: &Lab, words: &[&str]) -> Result<ExitCode, LabError> {
    match words {
        ["up", hosts @ ..] => {
            let hosts = hosts.iter().map(|host| spec(host)).collect::<Result<Vec<_>, _>>()?;
            lab.up(&hosts, &|event| tell(&event.to_string()))?;
        }
        ["down"] => lab.down()?,
        ["list"] => {
            for host in lab.hosts()? {
                tell(&format!("{}\t{}\t{}\t{:?}", host.name, host.address, host.image, host.state));
            }
        }
        ["ssh", host, command @ ..] => {
            let hosts = lab.hosts()?;
            let address = hosts.iter().find(|known| known.name == *host);
            let address = address.map_or((*host).to_owned(), |known| known.address.to_string());
            let mut ssh = Command::new("ssh");
            ssh.args(lab.ssh_options()).arg(format!("root@{address}")).args(command);
            return Ok(run(&mut ssh));
        }
        ["exec", host, command @ ..] => return Ok(run(&mut lab.console_command(host, command)?)),
        ["reset", host] => lab.reset(host)?,
        ["reboot", host] => lab.reboot(host)?,
        ["crash", host] => lab.crash(host)?,
        ["save", host, snapshot] => lab.save(host, snapshot)?,
        ["load", host, snapshot] => lab.load(host, snapshot)?,
        ["install"] => Lab::install_packages(&|event| tell(&event.to_string()))?,
        ["remove-images"] => Lab::remove_images()?,
        _ => {
            tell(USAGE);
            return Ok(ExitCode::from(2));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn spec(word: &str) -> Result<HostSpec, LabError> {
    let (name, image) = word.split_once('=').unwrap_or((word, "debian-12"));
    Ok(HostSpec { name: name.to_owned(), image: image.parse()? })
}

fn run(command: &mut Command) -> ExitCode {
    match command.status() {
        Ok(status) => ExitCode::from(status.code().unwrap_or(1) as u8),
        Err(error) => {
            tell(&format!("lab: {error}"));
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::print_stderr)]
fn tell(line: &str) {
    eprintln!("{line}");
}
