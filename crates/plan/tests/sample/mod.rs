//! Resources of every kind, and what people do to them behind piton's back.
//!
//! Names come from small pools, so that random hosts and random wishes meet often.
#![allow(dead_code, reason = "each test file uses its own part")]

pub mod random;

use piton_plan::kind::{self, filter_policy::Policy, filter_rule, filter_rule::Protocol, wireguard};
use piton_plan::stack::{
    Container, Image, Joins, Made, Network, Phase, Pin, Provision, Ready, ReadyBy, Repeats, SecretNeed, Stack,
    StackDirectory, StackFile, StackUnit,
};
use piton_plan::{Facts, FileSpec, FileState, Login, Mode, Observed, Resource, Wanted};

pub fn wanted(resources: Vec<Resource>) -> Wanted {
    let login = Login { address: "203.0.113.10".into(), user: Some("adminclaw".into()), port: Some(222) };
    Wanted { host: "openclaw".into(), login, resources, waits: Vec::new() }
}

pub fn facts() -> Facts {
    Facts::assumed("openclaw")
}

/// One resource of every kind, as a hardened host has them.
pub fn every_kind() -> Vec<Resource> {
    vec![
        kind::Package { name: "ufw".into() }.into(),
        kind::Group { name: "ops".into(), gid: Some(2000), system: false }.into(),
        user("adminclaw").into(),
        keys("adminclaw").into(),
        kind::Sudoers { name: "90-piton-adminclaw".into(), content: "adminclaw ALL=(ALL) NOPASSWD:ALL\n".into() }
            .into(),
        kind::Directory { path: "/srv".into(), owner: "root".into(), group: "root".into(), mode: Mode(0o755) }.into(),
        kind::File { file: FileSpec::of_root("/srv/motd", "hello\n"), reloads: vec!["app.service".into()] }.into(),
        kind::Link { path: "/srv/current".into(), target: "/srv/1".into() }.into(),
        kind::Sysctl { file: "99-security.conf".into(), values: [("kernel.kptr_restrict".into(), "2".into())].into() }
            .into(),
        kind::TimeZone { zone: "UTC".into() }.into(),
        kind::Updates { files: vec![FileSpec::of_root("/etc/apt/apt.conf.d/20auto-upgrades", "x \"1\";\n")] }.into(),
        mesh().into(),
        kind::DockerDaemon { content: "{}\n".into() }.into(),
        kind::Cron { name: "backup".into(), schedule: "@daily".into(), user: "root".into(), command: "true".into() }
            .into(),
        kind::Timer { name: "sync".into(), calendar: "daily".into(), user: "root".into(), command: "/bin/true".into() }
            .into(),
        kind::Unit { name: "app.service".into(), enabled: Some(true), active: Some(true) }.into(),
        kind::FilterRule::allow(Protocol::Tcp, 222).into(),
        kind::FilterPolicy {
            incoming: Policy::Deny,
            outgoing: Policy::Allow,
            only: Some(["allow 222/tcp".into()].into()),
        }
        .into(),
        sshd([222].into()).into(),
        kind::Jail { content: "[sshd]\nenabled = true\n".into() }.into(),
        stack("infra", Phase::Infrastructure).into(),
    ]
}

/// A stack with one of everything.
pub fn stack(name: &str, phase: Phase) -> Stack {
    let directory = format!("/opt/{name}");
    let file = |path: &str, content: &str, mode| FileSpec {
        mode: Mode(mode),
        ..FileSpec::of_root(format!("{directory}/{path}"), content)
    };
    let folder = |path: &str, data| StackDirectory {
        path: format!("{directory}{path}"),
        owner: "999".into(),
        group: "999".into(),
        mode: Mode(0o750),
        data,
    };
    Stack {
        name: name.into(),
        phase,
        requires: Vec::new(),
        networks: vec![Network {
            name: "backend".into(),
            subnet: "172.20.2.0/24".parse().expect("a network"),
            gateway: "172.20.2.1".parse().expect("an address"),
            internal: true,
        }],
        own_networks: Vec::new(),
        pools: Vec::new(),
        doubts: Vec::new(),
        directories: vec![folder("", false), folder("/data", true)],
        files: vec![
            StackFile {
                file: file("docker-compose.yml", "services: {}\n", 0o644),
                secret: false,
                containers: Vec::new(),
                units: Vec::new(),
            },
            StackFile {
                file: file("db.env", "PASSWORD='@secret(db_password,env)'\n", 0o600),
                secret: true,
                containers: vec!["db".into()],
                units: vec!["exporter.service".into()],
            },
        ],
        compose: Some(format!("{directory}/docker-compose.yml")),
        containers: vec![Container {
            name: "db".into(),
            container: "db".into(),
            joins: Joins::Networks(vec!["backend".into()]),
            unforeseen: false,
            image: Image { reference: "postgres:18.1".into(), pin: Pin::Exact, build: None, id: None, digest: None },
            ready: Ready { within_seconds: 60, blocks: true, steady_seconds: 0, by: ReadyBy::Docker },
            beside: false,
        }],
        ports: Vec::new(),
        units: vec![StackUnit { name: "exporter.service".into(), enabled: true, active: true }],
        provisions: vec![Provision {
            name: "database app".into(),
            container: "db".into(),
            command: vec!["psql".into()],
            input: "SELECT 1;\n".into(),
            repeats: Repeats::WhenChanged,
        }],
        secrets: vec![SecretNeed {
            permanent: false,
            name: "db_password".into(),
            about: "its password".into(),
            made: Made::Hex64,
            optional: false,
        }],
        directory,
    }
}

pub fn user(name: &str) -> kind::User {
    kind::User {
        name: name.into(),
        uid: None,
        shell: "/bin/bash".into(),
        home: format!("/home/{name}"),
        home_mode: Mode(0o750),
        groups: ["docker".into()].into(),
        forbidden_groups: ["sudo".into()].into(),
    }
}

pub fn keys(user: &str) -> kind::AuthorizedKeys {
    let keys = vec!["ssh-ed25519 AAAAone operator".into()];
    kind::AuthorizedKeys { user: user.into(), home: format!("/home/{user}"), keys, exclusive: true }
}

pub fn sshd(ports: std::collections::BTreeSet<u16>) -> kind::Sshd {
    let settings = vec![("AllowUsers".into(), "adminclaw".into()), ("PermitRootLogin".into(), "no".into())];
    kind::Sshd { file: "00-piton.conf".into(), ports, settings, socket: false }
}

/// A key in which a person can read whose it is.
pub fn public_key(host: &str) -> wireguard::PublicKey {
    format!("{host:A<43}=").parse().expect("base64")
}

pub fn mesh() -> kind::Wireguard {
    let peer = wireguard::Peer {
        host: "observe".into(),
        public_key: public_key("observe"),
        allowed: "10.0.0.2/32".into(),
        endpoint: Some("203.0.113.20:51820".into()),
        keepalive: 25,
    };
    kind::Wireguard {
        interface: "wg0".into(),
        address: "10.0.0.1/24".into(),
        port: 51820,
        public_key: public_key("openclaw"),
        peers: vec![peer],
    }
}

/// What people do by hand to one resource that was as it should be: each must be seen, and mended.
/// Every kind is named here, so that a new one has to say how it drifts.
pub fn drifts(resource: &Resource) -> Vec<(&'static str, Observed)> {
    let settled = resource.settled(&resource.nothing());
    let mut found = vec![("gone", resource.nothing())];
    match (resource, settled) {
        (Resource::Package(_), Observed::Package(_)) => {}
        (Resource::Group(_), Observed::Group(_)) => {
            found.push(("another gid", kind::group::Observed { gid: Some(77) }.into()));
        }
        (Resource::User(_), Observed::User(seen)) => {
            let with = |change: fn(&mut kind::user::Account)| {
                let mut account = seen.account.clone().expect("settled");
                change(&mut account);
                kind::user::Observed { account: Some(account) }.into()
            };
            found.push(("another shell", with(|account| account.shell = "/bin/false".into())));
            found.push(("open home", with(|account| account.home_mode = Some(Mode(0o777)))));
            found.push(("no home", with(|account| account.home_mode = None)));
            found.push(("left a group", with(|account| account.groups.clear())));
            found.push(("joined a forbidden group", with(|account| _ = account.groups.insert("sudo".into()))));
        }
        (Resource::AuthorizedKeys(wanted), Observed::AuthorizedKeys(mut seen)) => {
            seen.faults.push("the file is 0666".into());
            found.push(("loose modes", seen.clone().into()));
            if wanted.exclusive {
                let keys = Some([wanted.keys.clone(), vec!["ssh-rsa AAAAstranger x".into()]].concat());
                found.push(("a stranger's key", kind::authorized_keys::Observed { keys, faults: Vec::new() }.into()));
            }
        }
        (Resource::Directory(_), Observed::Directory(mut seen)) => {
            seen.state.as_mut().expect("settled").mode = Mode(0o777);
            found.push(("open to all", seen.clone().into()));
            let other = Some("file".into());
            found.push(("a file instead", kind::directory::Observed { state: None, other }.into()));
        }
        (Resource::File(_), Observed::File(seen)) => {
            for (what, state) in changed(&seen.state.expect("settled")) {
                found.push((what, kind::file::Observed { state: Some(state), other: None }.into()));
            }
            let other = Some("directory".into());
            found.push(("a directory instead", kind::file::Observed { state: None, other }.into()));
        }
        (Resource::Link(_), Observed::Link(_)) => {
            let target = Some("/elsewhere".into());
            found.push(("points elsewhere", kind::link::Observed { target, other: None }.into()));
            let other = Some("file".into());
            found.push(("a file instead", kind::link::Observed { target: None, other }.into()));
        }
        (Resource::Sudoers(_), Observed::Sudoers(seen)) => {
            found.extend(with_files(&seen.files, |files| kind::sudoers::Observed { files }.into()));
        }
        (Resource::Updates(_), Observed::Updates(seen)) => {
            found.extend(with_files(&seen.files, |files| kind::updates::Observed { files }.into()));
        }
        (Resource::Cron(_), Observed::Cron(seen)) => {
            found.extend(with_files(&seen.files, |files| kind::cron::Observed { files }.into()));
        }
        (Resource::Sysctl(_), Observed::Sysctl(seen)) => {
            let live = seen.live.clone();
            found.extend(with_files(&seen.files, |files| kind::sysctl::Observed { files, live: live.clone() }.into()));
            let other = seen.live.keys().map(|key| (key.clone(), "another".to_owned())).collect();
            found.push(("another live value", kind::sysctl::Observed { live: other, ..seen.clone() }.into()));
            found.push(("no live value", kind::sysctl::Observed { live: Default::default(), ..seen }.into()));
        }
        (Resource::TimeZone(_), Observed::TimeZone(_)) => {
            found.push(("another zone", kind::time_zone::Observed { zone: Some("Europe/Paris".into()) }.into()));
        }
        (Resource::Wireguard(_), Observed::Wireguard(seen)) => {
            let base = seen.clone();
            found.extend(with_files(&seen.files, |files| kind::wireguard::Observed { files, ..base.clone() }.into()));
            let with = |change: fn(&mut kind::wireguard::Observed)| {
                let mut other = seen.clone();
                change(&mut other);
                other.into()
            };
            found.push(("down", with(|seen| seen.live = None)));
            found.push(("off at boot", with(|seen| seen.enabled = false)));
            found.push(("another key", with(|seen| seen.installed_key = Some(public_key("other")))));
            found.push(("readable key", with(|seen| seen.key_mode = Some(Mode(0o644)))));
            found.push((
                "a stranger as peer",
                with(|seen| {
                    let live = seen.live.as_mut().expect("settled");
                    live.peers.insert("stranger 0.0.0.0/0".into());
                }),
            ));
            found.push(("another live port", with(|seen| seen.live.as_mut().expect("settled").port = 1)));
        }
        (Resource::DockerDaemon(_), Observed::DockerDaemon(seen)) => {
            let running = seen.running;
            found.extend(with_files(&seen.files, |files| kind::docker_daemon::Observed { files, running }.into()));
            found.push(("stopped", kind::docker_daemon::Observed { running: false, ..seen }.into()));
        }
        (Resource::Timer(_), Observed::Timer(seen)) => {
            let base = seen.clone();
            found.extend(with_files(&seen.files, |files| kind::timer::Observed { files, ..base.clone() }.into()));
            found.push(("stopped", kind::timer::Observed { active: false, ..seen.clone() }.into()));
            found.push(("off at boot", kind::timer::Observed { enabled: false, ..seen }.into()));
        }
        (Resource::Unit(wanted), Observed::Unit(seen)) => {
            found.retain(|_| wanted.enabled == Some(true) || wanted.active == Some(true));
            if wanted.active.is_some() {
                found.push(("otherwise now", kind::unit::Observed { active: !seen.active, ..seen.clone() }.into()));
            }
            if wanted.enabled.is_some() {
                found.push(("otherwise at boot", kind::unit::Observed { enabled: !seen.enabled, ..seen }.into()));
            }
        }
        (Resource::FilterRule(_), Observed::FilterRule(_)) => {
            let live = Some(false);
            found.push(("not in the kernel", kind::filter_rule::Observed { present: true, live }.into()));
        }
        (Resource::FilterPolicy(wanted), Observed::FilterPolicy(seen)) => {
            found.push(("off at boot", kind::filter_policy::Observed { enabled: false, ..seen.clone() }.into()));
            found.push(("off now", kind::filter_policy::Observed { live: false, ..seen.clone() }.into()));
            if wanted.only.is_some() {
                let rules = ["allow 31337/tcp".to_owned()].into();
                found.push(("a stranger's rule", kind::filter_policy::Observed { rules, ..seen }.into()));
            }
        }
        (Resource::Sshd(wanted), Observed::Sshd(seen)) => {
            let base = seen.clone();
            found.extend(with_files(&seen.files, |files| kind::sshd::Observed { files, ..base.clone() }.into()));
            let listening = [4022].into();
            found.push(("another port", kind::sshd::Observed { listening, ..seen.clone() }.into()));
            if !wanted.effective().is_empty() {
                let effective = wanted.effective().into_keys().map(|key| (key, "other".to_owned())).collect();
                found.push(("overruled by another file", kind::sshd::Observed { effective, ..seen }.into()));
            }
        }
        (Resource::Jail(_), Observed::Jail(seen)) => {
            let base = seen.clone();
            found.extend(with_files(&seen.files, |files| kind::jail::Observed { files, ..base.clone() }.into()));
            found.push(("stopped", kind::jail::Observed { active: false, ..seen.clone() }.into()));
            found.push(("off at boot", kind::jail::Observed { enabled: false, ..seen }.into()));
        }
        (Resource::Stack(_), Observed::Stack(seen)) => {
            let base = seen.clone();
            found.extend(with_files(&seen.files, |files| kind::stack::Observed { files, ..base.clone() }.into()));
            let mut other = seen.clone();
            other.containers.values_mut().for_each(|container| container.running = false);
            found.push(("stopped", other.into()));
            let mut other = seen.clone();
            other.containers.values_mut().for_each(|container| container.image = "postgres:17".into());
            found.push(("another image", other.into()));
            let stray =
                kind::stack::SeenContainer { image: "x:1".into(), id: None, digests: Vec::new(), running: true };
            let mut other = seen.clone();
            other.containers.insert("stray".into(), stray);
            found.push(("a container too many", other.into()));
            let mut other = seen.clone();
            other.networks.values_mut().for_each(|network| network.internal = false);
            found.push(("a network with a way out", other.into()));
            let mut other = seen.clone();
            other.directories.values_mut().for_each(|state| state.owner = "root".into());
            found.push(("folders of another owner", other.into()));
            found.push(("no unit", kind::stack::Observed { units: Default::default(), ..seen.clone() }.into()));
            found.push(("cut off midway", kind::stack::Observed { carried_out: None, ..seen.clone() }.into()));
            found.push(("not provisioned", kind::stack::Observed { provisioned: Default::default(), ..seen }.into()));
        }
        (resource, seen) => panic!("{} settled as {seen:?}", resource.key()),
    }
    found
}

fn changed(state: &FileState) -> Vec<(&'static str, FileState)> {
    let other = FileSpec::of_root("/x", "another content\n").state();
    vec![
        ("another content", FileState { digest: other.digest, text: other.text, ..state.clone() }),
        ("unreadable content", FileState { digest: piton_plan::Digest::of([0xff]), text: None, ..state.clone() }),
        ("another owner", FileState { owner: "nobody".into(), ..state.clone() }),
        ("open to all", FileState { mode: Mode(0o777), ..state.clone() }),
    ]
}

fn with_files(files: &kind::SeenFiles, seen: impl Fn(kind::SeenFiles) -> Observed) -> Vec<(&'static str, Observed)> {
    let mut found = Vec::new();
    for (path, state) in files {
        for (what, state) in changed(state) {
            let mut other = files.clone();
            other.insert(path.clone(), state);
            found.push((what, seen(other)));
        }
        let mut other = files.clone();
        other.remove(path);
        found.push(("a file gone", seen(other)));
    }
    found
}

/// The plan of one host, made as `piton plan` makes it.
pub fn plan(wanted: &Wanted, host: &piton_plan::fake::FakeHost) -> piton_plan::Plan {
    let view = host.look(&wanted.resources);
    piton_plan::make("two-vps", piton_plan::Digest::of("site"), "0.1.0", &[(wanted.clone(), view)], Vec::new())
}

pub fn allow_from(port: u16, from: &str) -> kind::FilterRule {
    let from = Some(from.parse().expect("a range"));
    kind::FilterRule { from, ..kind::FilterRule::allow(filter_rule::Protocol::Tcp, port) }
}
