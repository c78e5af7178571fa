//! Random resources, wishes and hosts.

use super::drifts;
use piton_plan::fake::FakeHost;
use piton_plan::kind::filter_policy::Policy;
use piton_plan::kind::filter_rule::{Action, Ports, Protocol};
use piton_plan::kind::wireguard::Peer;
use piton_plan::kind::{self};
use piton_plan::{FileSpec, Mode, Resource, Wanted};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::Union;

/// Up to a dozen resources, each key once.
pub fn wishes() -> impl Strategy<Value = Wanted> {
    vec(resource(), 0..12).prop_map(|mut resources| {
        let mut keys = std::collections::BTreeSet::new();
        resources.retain(|resource| keys.insert(resource.key()));
        super::wanted(resources)
    })
}

/// A host where some of the wanted is there already, as it should be or otherwise.
pub fn host_before(wanted: &Wanted, choices: &[Index]) -> FakeHost {
    let mut host = FakeHost::empty(super::facts());
    for (resource, choice) in wanted.resources.iter().zip(choices) {
        let settled = resource.settled(&resource.nothing());
        let mut states: Vec<_> = drifts(resource).into_iter().map(|(_, seen)| seen).collect();
        states.push(settled);
        host.drift(resource.key(), choice.get(&states).clone());
    }
    host
}

fn resource() -> impl Strategy<Value = Resource> {
    let name = || select(["one", "two", "three"].map(String::from).to_vec());
    let text = || "[a-z ]{0,12}\n";
    let mode = || select(vec![0o600, 0o644, 0o750]).prop_map(Mode);
    let package = name().prop_map(|name| Resource::from(kind::Package { name }));
    let group = (name(), option::of(1000..1010u32), any::<bool>())
        .prop_map(|(name, gid, system)| kind::Group { name, gid, system }.into());
    let sudoers = (name(), text()).prop_map(|(name, content)| kind::Sudoers { name, content }.into());
    let directory = (name(), name(), mode()).prop_map(|(path, owner, mode)| {
        kind::Directory { path: format!("/srv/{path}"), group: owner.clone(), owner, mode }.into()
    });
    let file_path = select(["/etc/app.conf", "/etc/ssh/banner", "/etc/apt/sources.list.d/x.sources"].to_vec());
    let file = (file_path, text(), mode(), vec(name(), 0..2)).prop_map(|(path, content, mode, reloads)| {
        kind::File { file: FileSpec { mode, ..FileSpec::of_root(path, content) }, reloads }.into()
    });
    let link =
        (name(), name()).prop_map(|(path, target)| kind::Link { path: format!("/srv/link/{path}"), target }.into());
    let sysctl = (name(), btree_map(select(vec!["net.a".to_owned(), "kernel.b".into()]), "[0-9]", 1..3))
        .prop_map(|(file, values)| kind::Sysctl { file, values }.into());
    let zone = name().prop_map(|zone| kind::TimeZone { zone }.into());
    let updates = text().prop_map(|content| {
        kind::Updates { files: vec![FileSpec::of_root("/etc/apt/apt.conf.d/50x", content)] }.into()
    });
    let docker = text().prop_map(|content| kind::DockerDaemon { content }.into());
    let jail = text().prop_map(|content| kind::Jail { content }.into());
    let cron = (name(), name(), name())
        .prop_map(|(name, user, command)| kind::Cron { name, schedule: "@daily".into(), user, command }.into());
    let timer = (name(), name(), name())
        .prop_map(|(name, user, command)| kind::Timer { name, calendar: "daily".into(), user, command }.into());
    let unit_name = select(["app.service", "ssh.service", "docker.service"].map(String::from).to_vec());
    let unit = (unit_name, option::of(any::<bool>()), option::of(any::<bool>()))
        .prop_map(|(name, enabled, active)| kind::Unit { name, enabled, active }.into());
    let kinds: Vec<BoxedStrategy<Resource>> = vec![
        package.boxed(),
        group.boxed(),
        sudoers.boxed(),
        directory.boxed(),
        file.boxed(),
        link.boxed(),
        sysctl.boxed(),
        zone.boxed(),
        updates.boxed(),
        docker.boxed(),
        jail.boxed(),
        cron.boxed(),
        timer.boxed(),
        unit.boxed(),
        user().boxed(),
        keys().boxed(),
        mesh().boxed(),
        rule().boxed(),
        policy().boxed(),
        sshd().boxed(),
    ];
    Union::new(kinds)
}

fn user_name() -> impl Strategy<Value = String> {
    select(["adminclaw", "openclaw"].map(String::from).to_vec())
}

fn user() -> impl Strategy<Value = Resource> {
    let groups = || btree_set(select(["docker", "ops"].map(String::from).to_vec()), 0..2);
    (user_name(), option::of(1000..1010u32), groups(), select(vec![0o700, 0o750])).prop_map(
        |(name, uid, groups, mode)| kind::User { uid, groups, home_mode: Mode(mode), ..super::user(&name) }.into(),
    )
}

fn keys() -> impl Strategy<Value = Resource> {
    (user_name(), btree_set("ssh-ed25519 AAAA[a-c] [a-z]{0,3}", 1..3), any::<bool>()).prop_map(
        |(user, lines, exclusive)| {
            kind::AuthorizedKeys { keys: lines.into_iter().collect(), exclusive, ..super::keys(&user) }.into()
        },
    )
}

fn mesh() -> impl Strategy<Value = Resource> {
    let peer = (1..9u8, option::of(Just("203.0.113.20:51820".to_owned()))).prop_map(|(number, endpoint)| Peer {
        host: format!("host{number}"),
        public_key: super::public_key(&format!("host{number}")),
        allowed: format!("10.0.0.{number}/32"),
        endpoint,
        keepalive: 25,
    });
    (vec(peer, 0..3), select(vec!["wg0", "wg1"]), 1..3u16).prop_map(|(peers, interface, port)| {
        kind::Wireguard { peers, interface: interface.into(), port, ..super::mesh() }.into()
    })
}

fn rule() -> impl Strategy<Value = Resource> {
    let action = select(vec![Action::Allow, Action::Deny, Action::Reject, Action::Limit]);
    let protocol = option::of(select(vec![Protocol::Tcp, Protocol::Udp]));
    let ports = option::of((select(vec![22u16, 222, 9100]), 0..2u16));
    let from = option::of(select(vec!["10.0.0.0/24", "fd00::/64"]));
    let why = option::of("[a-z]{0,4}");
    (action, protocol, ports, from, option::of(Just("eth0".to_owned())), why).prop_map(
        |(action, protocol, ports, from, interface, comment)| {
            let ports = ports.map(|(first, more)| Ports { first, last: first + more });
            let from = from.map(|range| range.parse().expect("a range"));
            kind::FilterRule { action, protocol, ports, from, to: None, interface, comment }.into()
        },
    )
}

fn policy() -> impl Strategy<Value = Resource> {
    let policy = || select(vec![Policy::Allow, Policy::Deny, Policy::Reject]);
    let only = option::of(btree_set("allow [0-9]{2}/tcp", 0..3));
    (policy(), policy(), only)
        .prop_map(|(incoming, outgoing, only)| kind::FilterPolicy { incoming, outgoing, only }.into())
}

fn sshd() -> impl Strategy<Value = Resource> {
    let settings = btree_map(
        select(["AllowUsers", "PermitRootLogin", "MaxAuthTries", "Ciphers"].map(String::from).to_vec()),
        select(["no", "3", "adminclaw", "+aes128-cbc"].map(String::from).to_vec()),
        0..4,
    );
    (btree_set(select(vec![22u16, 222, 2222]), 1..3), settings, any::<bool>()).prop_map(|(ports, settings, socket)| {
        kind::Sshd { settings: settings.into_iter().collect(), socket, ..super::sshd(ports) }.into()
    })
}
