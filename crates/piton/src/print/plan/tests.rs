//! What people see of a plan, as snapshots.

use super::view;
use piton_plan::fake::FakeHost;
use piton_plan::kind::filter_policy::Policy;
use piton_plan::kind::filter_rule::Protocol;
use piton_plan::kind::{self, FilterPolicy, FilterRule, Package, Sshd, Sysctl, User};
use piton_plan::{Digest, Facts, FileSpec, Key, Login, Mode, Plan, Resource, Unreachable, Wait, Wanted, make};
use piton_reach::access::{Access, Account, Line, Ssh};
use piton_reach::state::{Link, LinkKind, Listener, Route, RouteKind};
use piton_reach::{Model, Shown, State, Way, prove};
use std::collections::{BTreeMap, BTreeSet};

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

fn login(user: &str, port: u16) -> Login {
    Login { address: "203.0.113.10".into(), user: Some(user.into()), port: Some(port) }
}

fn wanted(host: &str, resources: Vec<Resource>) -> Wanted {
    Wanted { host: host.into(), login: login("adminclaw", 222), resources, waits: Vec::new() }
}

fn sshd(port: u16) -> Sshd {
    Sshd {
        file: "00-piton.conf".into(),
        ports: BTreeSet::from([port]),
        settings: vec![
            ("MaxAuthTries".into(), "3".into()),
            ("PermitRootLogin".into(), "no".into()),
            ("Ciphers".into(), "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com".into()),
        ],
        socket: false,
    }
}

fn policy() -> FilterPolicy {
    FilterPolicy { incoming: Policy::Deny, outgoing: Policy::Allow, only: None }
}

fn rule(port: u16, why: &str) -> FilterRule {
    FilterRule { comment: Some(why.into()), ..FilterRule::allow(Protocol::Tcp, port) }
}

fn user() -> User {
    User {
        name: "adminclaw".into(),
        uid: None,
        shell: "/bin/bash".into(),
        home: "/home/adminclaw".into(),
        home_mode: Mode(0o750),
        groups: BTreeSet::from(["docker".to_owned()]),
        forbidden_groups: BTreeSet::new(),
    }
}

fn motd(text: &str) -> kind::File {
    kind::File { file: FileSpec::of_root("/etc/motd", text), reloads: Vec::new() }
}

fn sysctl(value: &str) -> Sysctl {
    let values = BTreeMap::from([("net.ipv4.tcp_syncookies".to_owned(), value.to_owned())]);
    Sysctl { file: "99-security.conf".into(), values }
}

fn packages() -> Vec<Resource> {
    ["curl", "fail2ban", "git", "htop", "ufw"].map(|name| Package { name: name.into() }.into()).to_vec()
}

/// A host with nothing but an sshd on port 22.
fn fresh() -> FakeHost {
    let mut host = FakeHost::empty(Facts::assumed("openclaw"));
    let seen = kind::sshd::Observed { listening: BTreeSet::from([22]), ..Default::default() };
    host.drift(Resource::from(sshd(222)).key(), seen.into());
    host
}

fn plan(of: &[(Wanted, &FakeHost)], unreachable: Vec<Unreachable>) -> Plan {
    let looked: Vec<_> = of.iter().map(|(wanted, host)| (wanted.clone(), host.look(&wanted.resources))).collect();
    make("two-vps", Digest::of("site"), "0.1.0", &looked, unreachable)
}

fn first_day() -> Vec<Resource> {
    let others: Vec<Resource> = vec![
        user().into(),
        rule(222, "ssh").into(),
        rule(80, "web").into(),
        policy().into(),
        sshd(222).into(),
        sysctl("1").into(),
        motd("hello\n").into(),
    ];
    packages().into_iter().chain(others).collect()
}

/// A host after its first day.
fn settled() -> FakeHost {
    let mut host = fresh();
    let planned = plan(&[(wanted("openclaw", first_day()), &host)], Vec::new());
    host.apply(&planned.hosts[0]);
    host
}

#[test]
fn a_fresh_host_reads_danger_first_and_names_the_way_that_stays() {
    let plan = plan(&[(wanted("openclaw", first_day()), &fresh())], Vec::new());
    insta::assert_snapshot!(plain(&view(&plan, &[], 80, false)));
}

#[test]
fn a_small_change_shows_its_texts_when_asked() {
    let changed = first_day().into_iter().map(|resource| match resource {
        Resource::File(_) => motd("hello\nworld\n").into(),
        other => other,
    });
    let plan = plan(&[(wanted("openclaw", changed.collect()), &settled())], Vec::new());
    insta::assert_snapshot!(plain(&view(&plan, &[], 80, true)));
}

#[test]
fn what_leaves_the_site_is_named_and_what_is_gone_is_forgotten() {
    let mut host = settled();
    host.drift(Key { kind: "file".into(), name: "/etc/motd".into() }, kind::file::Observed::default().into());
    let kept = |resource: &Resource| match resource {
        Resource::FilterRule(rule) => rule.allows_tcp_from_anywhere(222),
        Resource::File(_) => false,
        Resource::Package(package) => package.name != "htop",
        _ => true,
    };
    let kept: Vec<Resource> = first_day().into_iter().filter(kept).collect();
    let plan = plan(&[(wanted("openclaw", kept), &host)], Vec::new());
    insta::assert_snapshot!(plain(&view(&plan, &[], 80, false)));
}

#[test]
fn a_moved_port_says_which_one_closes_and_when() {
    let moved = first_day().into_iter().map(|resource| match resource {
        Resource::Sshd(_) => sshd(2222).into(),
        Resource::FilterRule(old) if old.allows_tcp_from_anywhere(222) => rule(2222, "ssh").into(),
        other => other,
    });
    let mut wanted = wanted("openclaw", moved.collect());
    wanted.login = login("adminclaw", 2222);
    let plan = plan(&[(wanted, &settled())], Vec::new());
    insta::assert_snapshot!(plain(&view(&plan, &[], 80, false)));
}

#[test]
fn hosts_that_wait_and_hosts_that_did_not_answer_are_never_silent() {
    let key = Key { kind: "wireguard".into(), name: "wg0".into() };
    let wait = Wait { key, reason: "waits for `observe`, whose key is not known yet".into() };
    let waiting = Wanted { waits: vec![wait], ..wanted("openclaw", first_day()) };
    let lost = Unreachable { host: "observe".into(), reason: "nothing answers at root@203.0.113.20:22".into() };
    let plan = plan(&[(waiting, &settled())], vec![lost]);
    insta::assert_snapshot!(plain(&view(&plan, &[], 80, false)));
}

#[test]
fn a_narrow_page_loses_nothing() {
    let plan = plan(&[(wanted("openclaw", first_day()), &fresh())], Vec::new());
    let narrow = plain(&view(&plan, &[], 50, false));
    assert!(narrow.lines().all(|line| line.chars().count() <= 50), "{narrow}");
    for word in ["222/tcp", "adminclaw", "htop", "PermitRootLogin"] {
        assert!(narrow.contains(word), "{word} is missing from\n{narrow}");
    }
}

/// A server whose operator comes as root from elsewhere; without keys that anybody could compare.
fn server() -> State {
    let mut state = State { rules: State::usual_rules(), ..State::default() };
    let link = |index, name: &str, kind| Link { index, name: name.into(), kind, up: true, master: None };
    state.links = vec![link(1, "lo", LinkKind::Loopback), link(2, "eth0", LinkKind::Other)];
    state.add_address("lo", "127.0.0.1/8".parse().unwrap());
    state.add_address("eth0", "203.0.113.10/24".parse().unwrap());
    let everywhere = Route {
        table: 254,
        kind: RouteKind::Unicast,
        to: "0.0.0.0/0".parse().unwrap(),
        via: "203.0.113.1".parse().ok(),
        interfaces: vec!["eth0".into()],
        metric: 0,
    };
    state.routes.push(everywhere);
    for (program, port) in [("sshd", 22), ("redis-server", 6379)] {
        state.sockets.push(Listener {
            protocol: piton_reach::Protocol::Tcp,
            address: "0.0.0.0".parse().unwrap(),
            port,
            v6_only: false,
            interface: None,
            program: Some(program.into()),
            container: None,
        });
    }
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA operator";
    let account = |name: &str, home: &str| Account {
        name: name.into(),
        shell: "/bin/bash".into(),
        home: home.into(),
        keys: vec![key.into()],
        ..Account::default()
    };
    state.access = Access {
        ssh: Some(Ssh { ports: [22].into(), seen_by: Some("root".into()), ..Ssh::default() }),
        accounts: vec![account("root", "/root"), account("adminclaw", "/home/adminclaw")],
        sudo: vec![Line { place: "/etc/sudoers.d/90:1".into(), text: "adminclaw ALL=(ALL) NOPASSWD:ALL".into() }],
        key: piton_reach::login::fingerprint(key),
    };
    state
}

fn shown(plan: &Plan) -> Vec<Shown> {
    let way = Way {
        client: "198.51.100.7".parse().unwrap(),
        server: "203.0.113.10".parse().unwrap(),
        port: 22,
        user: "root".into(),
    };
    plan.hosts.iter().map(|host| prove(&server(), host, &way)).collect()
}

fn ends(resources: Vec<Resource>) -> String {
    let mut host = FakeHost::empty(Facts::assumed("openclaw"));
    let listening = kind::sshd::Observed { listening: [22].into(), ..Default::default() };
    host.drift(Resource::from(sshd(222)).key(), listening.into());
    let wanted = wanted("openclaw", resources);
    let view_of = host.look(&wanted.resources);
    let plan = make("site", Digest::of("site"), "0.1.0", &[(wanted, view_of)], Vec::new());
    let page = plain(&view(&plan, &shown(&plan), 80, false));
    page.lines()
        .skip_while(|line| !line.starts_with("Reach") && !line.starts_with("REFUSED"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn a_proved_plan_says_so_and_what_opens() {
    let resources = vec![rule(222, "ssh").into(), policy().into(), sshd(222).into()];
    insta::assert_snapshot!(ends(resources));
}

#[test]
fn a_plan_that_cuts_off_is_refused_with_the_line_that_does_it() {
    insta::assert_snapshot!(ends(vec![policy().into(), sshd(222).into()]));
}

#[test]
fn what_could_not_be_told_is_said() {
    let file = FileSpec::of_root("/etc/pam.d/sshd", "# ours\n");
    insta::assert_snapshot!(ends(vec![
        kind::File { file, reloads: Vec::new() }.into(),
        rule(222, "ssh").into(),
        sshd(222).into()
    ]));
}

#[test]
fn the_map_of_a_host_shows_each_port_and_to_whom_it_is_open() {
    let state = server();
    let rows = piton_reach::map::of(&Model::new(&state));
    insta::assert_snapshot!("map", plain(&crate::print::reach::map(&rows, false, 80)));
    insta::assert_snapshot!("map_explained", plain(&crate::print::reach::map(&rows, true, 80)));
}
