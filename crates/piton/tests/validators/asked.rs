//! The roots with the programs, and one question put to one of them.

use crate::rendered::SECRET;
use piton_lab::programs::{Programs, Suite, Wanted, programs};
use piton_lab::{Event, Lab};
use std::path::Path;
use std::process::Stdio;

/// Where a program is had from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// What runs on hosts: Debian 13's.
    Hosts,
    /// What runs in containers: nearest to the images that the catalog names.
    Containers,
    /// npm's and PyPI's, which take minutes to put in: with `PITON_TEST_APPLICATIONS=1` only.
    Node,
    Python,
}

const HOSTS: Wanted = Wanted {
    name: "hosts",
    suite: Suite::Trixie,
    packages: &[
        "apt",
        "cron",
        "docker-compose",
        "docker.io",
        "fail2ban",
        "iproute2",
        "iptables",
        "nftables",
        "openssh-server",
        "procps",
        "shellcheck",
        "sudo",
        "systemd",
        "ufw",
        "unattended-upgrades",
        "wireguard-go",
        "wireguard-tools",
    ],
    after: "",
};

const CONTAINERS: Wanted = Wanted {
    name: "containers",
    suite: Suite::Sid,
    packages: &["caddy", "postgresql-18", "prometheus", "prometheus-alertmanager", "python3", "redis-server"],
    after: "",
};

const NODE: Wanted = Wanted {
    name: "node",
    suite: Suite::Sid,
    packages: &["ca-certificates", "nodejs", "npm"],
    // The gateway fetches the plugin itself before it reads its file; whoever only asks about the file has to have it.
    // The second one wants a dependency from git and one that is gone; both have a newer name.
    after: "mkdir -p /usr/local/lib/openclaw/2026.9.6 /usr/local/lib/openclaw/2026.2.17
        cd /usr/local/lib/openclaw/2026.9.6
        npm install --ignore-scripts --no-audit --no-fund openclaw@2026.9.6
        npm pack --silent @openclaw/brave-plugin@2026.9.5
        tar xf openclaw-brave-plugin-*.tgz
        cd ../2026.2.17
        echo '{\"overrides\": {\"libsignal\": \"6.0.0\", \"linkedom\": \"0.18.12\"}}' > package.json
        npm install --ignore-scripts --no-audit --no-fund --legacy-peer-deps openclaw@2026.2.17",
};

const PYTHON: Wanted = Wanted {
    name: "python",
    suite: Suite::Trixie,
    packages: &["ca-certificates", "python3-venv"],
    after: "python3 -m venv /usr/local/lib/litellm; /usr/local/lib/litellm/bin/pip install --quiet 'litellm[proxy]==1.106.2'",
};

pub struct Roots {
    hosts: Programs,
    containers: Programs,
    /// Node's and Python's.
    applications: Option<(Programs, Programs)>,
}

pub enum Answer {
    /// With what it said all the same.
    Accepted(String),
    Refused(String),
    /// It was not to be asked in this run.
    Left,
}

impl Roots {
    pub fn made() -> Roots {
        let tell = |event: Event| eprintln!("{event}");
        if !Lab::missing_packages().is_empty() {
            Lab::install_packages(&tell).unwrap();
        }
        let made = |wanted: &Wanted| programs(wanted, &tell).unwrap_or_else(|error| panic!("{error}"));
        let (hosts, containers) = std::thread::scope(|scope| {
            let hosts = scope.spawn(|| made(&HOSTS));
            let containers = made(&CONTAINERS);
            (hosts.join().unwrap(), containers)
        });
        let wanted = std::env::var_os("PITON_TEST_APPLICATIONS").is_some();
        Roots { hosts, containers, applications: wanted.then(|| (made(&NODE), made(&PYTHON))) }
    }

    pub fn has_applications(&self) -> bool {
        self.applications.is_some()
    }

    /// Puts a shell line to a root in which the files of a folder lie: `$F` is the file it is about, `$D` the file's
    /// folder, `$SECRET` what stands where secrets stand.
    pub fn ask(&self, from: From, files: &Path, path: &str, line: &str) -> Answer {
        let programs = match (from, &self.applications) {
            (From::Hosts, _) => &self.hosts,
            (From::Containers, _) => &self.containers,
            (From::Node, Some((node, _))) => node,
            (From::Python, Some((_, python))) => python,
            (From::Node | From::Python, None) => return Answer::Left,
        };
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let line = format!("F='{path}' D='{folder}' SECRET={SECRET}\n{line}");
        let done = programs.command(files, &line).stdin(Stdio::null()).output().unwrap();
        let said = [done.stdout, done.stderr].map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned()).join("\n");
        match done.status.success() {
            true => Answer::Accepted(said),
            false => Answer::Refused(format!("{}: {said}", done.status)),
        }
    }
}
