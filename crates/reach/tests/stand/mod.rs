//! Hosts that are only values, and plans for them.
#![allow(dead_code, reason = "each test file uses its own part")]

use piton_plan::fake::FakeHost;
use piton_plan::kind::filter_policy::{FilterPolicy, Policy};
use piton_plan::kind::filter_rule::{FilterRule, Protocol};
use piton_plan::kind::{self, wireguard};
use piton_plan::{
    Digest, Effect, Expect, Facts, HostPlan, Login, Mode, Resource, Stage, StageName, Step, Verb, Wanted,
};
use piton_reach::access::{Access, Account, Line, Ssh};
use piton_reach::login::fingerprint;
use piton_reach::state::{Listener, State};
use piton_reach::{Protocol as Transport, Way};

pub const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA operator";
pub const OTHER_KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB other";

/// A fresh server at a provider's: root by key, sshd on 22, no filter.
pub fn fresh() -> State {
    let mut state = State::of_fresh_server("203.0.113.10".parse().ok(), 22);
    let effective = [
        ("permitrootlogin", "without-password"),
        ("pubkeyauthentication", "yes"),
        ("authorizedkeysfile", ".ssh/authorized_keys"),
    ];
    state.access = Access {
        ssh: Some(Ssh {
            effective: effective.map(|(keyword, value)| (keyword.to_owned(), value.to_owned())).into(),
            ports: [22].into(),
            seen_by: Some("root".into()),
            ..Ssh::default()
        }),
        accounts: vec![Account {
            name: "root".into(),
            shell: "/bin/bash".into(),
            home: "/root".into(),
            keys: vec![KEY.into()],
            ..Account::default()
        }],
        sudo: vec![Line { place: "/etc/sudoers:9".into(), text: "%sudo ALL=(ALL:ALL) ALL".into() }],
        key: fingerprint(KEY),
    };
    state
}

pub fn listen(state: &mut State, program: &str, port: u16) {
    state.sockets.push(Listener {
        protocol: Transport::Tcp,
        address: "0.0.0.0".parse().unwrap(),
        port,
        v6_only: false,
        interface: None,
        program: Some(program.into()),
        container: None,
    });
}

/// The same server after the usual hardening, the operator connected as the admin.
pub fn hardened() -> State {
    let before = fresh();
    let mut state = piton_reach::prove::foretell(&before, &planned(&hardening(), &before));
    state.access.ssh.as_mut().unwrap().seen_by = Some("adminclaw".into());
    state
}

/// From where the operator comes.
pub const OPERATOR: &str = "198.51.100.7";

/// The operator's connection: by the port that sshd has, as whom it is seen.
pub fn way_of(state: &State) -> Way {
    let ssh = state.access.ssh.as_ref().unwrap();
    Way {
        client: OPERATOR.parse().unwrap(),
        server: "203.0.113.10".parse().unwrap(),
        port: ssh.ports.first().copied().unwrap_or(22),
        user: ssh.seen_by.clone().unwrap(),
    }
}

pub fn package(name: &str) -> kind::Package {
    kind::Package { name: name.into() }
}

pub fn admin() -> kind::User {
    kind::User {
        name: "adminclaw".into(),
        uid: None,
        shell: "/bin/bash".into(),
        home: "/home/adminclaw".into(),
        home_mode: Mode(0o750),
        groups: Default::default(),
        forbidden_groups: Default::default(),
    }
}

pub fn policy(incoming: Policy) -> FilterPolicy {
    FilterPolicy { incoming, outgoing: Policy::Allow, only: None }
}

pub fn sshd(ports: &[u16], settings: &[(&str, &str)]) -> kind::Sshd {
    let settings = settings.iter().map(|(keyword, value)| ((*keyword).to_owned(), (*value).to_owned())).collect();
    kind::Sshd { file: "00-piton.conf".into(), ports: ports.iter().copied().collect(), settings, socket: false }
}

pub fn mesh() -> kind::Wireguard {
    let key = |host: &str| format!("{host:A<43}=").parse().unwrap();
    let peer = wireguard::Peer {
        host: "observe".into(),
        public_key: key("observe"),
        allowed: "10.0.0.2/32".into(),
        endpoint: Some("203.0.113.20:51820".into()),
        keepalive: 25,
    };
    kind::Wireguard {
        interface: "wg0".into(),
        address: "10.0.0.1/24".into(),
        port: 51820,
        public_key: key("openclaw"),
        peers: vec![peer],
    }
}

/// The usual hardening, as the site's blueprint has it.
pub fn hardening() -> Vec<Resource> {
    let keys = kind::AuthorizedKeys {
        user: "adminclaw".into(),
        home: "/home/adminclaw".into(),
        keys: vec![KEY.into()],
        exclusive: true,
    };
    let sudoers =
        kind::Sudoers { name: "90-piton-adminclaw".into(), content: "adminclaw ALL=(ALL) NOPASSWD:ALL\n".into() };
    let from_mesh = FilterRule { from: "10.0.0.0/24".parse().ok(), ..FilterRule::allow(Protocol::Tcp, 9100) };
    vec![
        package("ufw").into(),
        package("docker.io").into(),
        admin().into(),
        keys.into(),
        sudoers.into(),
        mesh().into(),
        FilterRule::allow(Protocol::Tcp, 222).into(),
        FilterRule::allow(Protocol::Udp, 51820).into(),
        from_mesh.into(),
        policy(Policy::Deny).into(),
        sshd(&[222], &[("AllowUsers", "adminclaw"), ("PermitRootLogin", "no")]).into(),
    ]
}

/// A host of the shipped example, planned for a fresh server.
pub fn two_vps(host: &str) -> HostPlan {
    site_plan(&resolved(include_str!("../../../../examples/two-vps/site.toml")), host)
}

pub fn resolved(text: &str) -> piton_config::Site {
    let mut sources = piton_config::Sources::new();
    sources.insert("keys/operator.pub", format!("{KEY}\n"));
    sources.insert("compose.yml", COMPOSE);
    piton_config::resolve(text, "site.toml", &sources).expect("the site resolves")
}

/// The port lines of S4's own compose file (3.15, 5), which leave the address away.
pub const COMPOSE: &str = "\
services:
  openclaw-gateway:
    image: openclaw:2026.2.17
    ports:
      - \"18789:18789\"
      - \"18790:18790\"
    healthcheck:
      test: [CMD, \"true\"]
";

/// A host of a site, planned for a fresh server.
pub fn site_plan(site: &piton_config::Site, host: &str) -> HostPlan {
    let facts = Facts::assumed(host);
    let key = |name: &str| format!("{name:A<43}=").parse().ok();
    let known = site
        .hosts
        .iter()
        .map(|other| (other.name.clone(), piton_catalog::Known { facts: &facts, mesh_key: key(&other.name) }));
    let known = known.collect();
    let own = site.hosts.iter().find(|other| other.name == host).expect("a host of the example");
    let wanted = piton_catalog::blueprint(site, own, &known).expect("it renders");
    let mut stand_in = FakeHost::empty(facts.clone());
    let seen = kind::sshd::Observed { listening: [22].into(), ..Default::default() };
    stand_in.drift(sshd(&[222], &[]).to_key(), seen.into());
    let view = stand_in.look(&wanted.resources);
    let plan = piton_plan::make(&site.name, Digest::of("site"), "0.1.0", &[(wanted, view)], Vec::new());
    plan.hosts.into_iter().next().unwrap()
}

/// The plan that the planner makes for a host on which nothing is but sshd on its port.
pub fn planned(wanted: &[Resource], state: &State) -> HostPlan {
    let mut host = FakeHost::empty(Facts::assumed("openclaw"));
    let ssh = state.access.ssh.as_ref().unwrap();
    let seen = kind::sshd::Observed { listening: ssh.ports.clone(), ..Default::default() };
    host.drift(sshd(&[222], &[]).to_key(), seen.into());
    let login = Login { address: "203.0.113.10".into(), user: Some("adminclaw".into()), port: Some(222) };
    let wanted = Wanted { host: "openclaw".into(), login, resources: wanted.to_vec(), waits: Vec::new() };
    let view = host.look(&wanted.resources);
    let plan = piton_plan::make("two-vps", Digest::of("site"), "0.1.0", &[(wanted, view)], Vec::new());
    plan.hosts.into_iter().next().unwrap()
}

trait ToKey {
    fn to_key(self) -> piton_plan::Key;
}

impl ToKey for kind::Sshd {
    fn to_key(self) -> piton_plan::Key {
        Resource::from(self).key()
    }
}

/// A plan by hand: what the planner would never make can be tried, too.
pub fn plan(user: &str, port: u16, open: Vec<Step>, close: Vec<Step>) -> HostPlan {
    let stages = [(StageName::Open, open), (StageName::Close, close)];
    let stages = stages.into_iter().filter(|(_, steps)| !steps.is_empty());
    HostPlan {
        host: "openclaw".into(),
        login: Login { address: "203.0.113.10".into(), user: Some(user.into()), port: Some(port) },
        parent: 0,
        observed: Digest::of("seen"),
        stages: stages.map(|(name, steps)| Stage { name, steps }).collect(),
        forget: Vec::new(),
        waits: Vec::new(),
        destroys: Vec::new(),
    }
}

fn step(verb: Verb, resource: Resource) -> Step {
    Step {
        verb,
        resource,
        expect: Expect::Seen(Digest::of("seen")),
        differences: Vec::new(),
        effect: Effect::default(),
        bridge: false,
    }
}

pub fn add(resource: impl Into<Resource>) -> Step {
    step(Verb::Add, resource.into())
}

pub fn change(resource: impl Into<Resource>) -> Step {
    step(Verb::Change, resource.into())
}

pub fn remove(resource: impl Into<Resource>) -> Step {
    step(Verb::Remove, resource.into())
}
