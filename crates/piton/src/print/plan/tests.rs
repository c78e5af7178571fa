//! What people see of a plan, as snapshots.

use super::view;
use piton_plan::fake::FakeHost;
use piton_plan::kind::filter_policy::Policy;
use piton_plan::kind::filter_rule::Protocol;
use piton_plan::kind::{self, FilterPolicy, FilterRule, Package, Sshd, Sysctl, User};
use piton_plan::{Digest, Facts, FileSpec, Key, Login, Mode, Plan, Resource, Unreachable, Wait, Wanted, make};
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
