//! Each violation: a wanted state that has it, and the nearest one that has not.
#![allow(clippy::expect_used, reason = "tests, also outside of their #[test] functions")]

mod sample;

use piton_plan::kind::filter_policy::Policy;
use piton_plan::kind::filter_rule::{Action, Protocol};
use piton_plan::kind::{AuthorizedKeys, FilterPolicy, FilterRule, Sshd, Sudoers};
use piton_plan::stack::{Network, Phase, Stack};
use piton_plan::{Login, Resource, Wanted, lint};

/// A small state in which nothing is wrong; each test breaks one thing of it.
struct Sound {
    login: Login,
    sshd: Option<Sshd>,
    policy: FilterPolicy,
    rules: Vec<FilterRule>,
    keys: Option<AuthorizedKeys>,
    sudoers: Option<Sudoers>,
    more: Vec<Resource>,
}

impl Sound {
    fn new() -> Sound {
        let content = "adminclaw ALL=(ALL) NOPASSWD:ALL\n".to_owned();
        Sound {
            login: sample::wanted(Vec::new()).login,
            sshd: Some(sample::sshd([222].into())),
            policy: FilterPolicy { incoming: Policy::Deny, outgoing: Policy::Allow, only: None },
            rules: vec![FilterRule::allow(Protocol::Tcp, 222)],
            keys: Some(sample::keys("adminclaw")),
            sudoers: Some(Sudoers { name: "90-piton-adminclaw".into(), content }),
            more: vec![sample::user("adminclaw").into()],
        }
    }

    fn codes(self) -> Vec<&'static str> {
        let mut resources: Vec<Resource> = vec![self.policy.into()];
        resources.extend(self.sshd.map(Resource::from));
        resources.extend(self.rules.into_iter().map(Resource::from));
        resources.extend(self.keys.map(Resource::from));
        resources.extend(self.sudoers.map(Resource::from));
        resources.extend(self.more);
        let wanted = Wanted { login: self.login, ..sample::wanted(resources) };
        let found = lint::check(&wanted);
        assert!(found.iter().all(|it| it.host == "openclaw" && !it.what.is_empty() && !it.help.is_empty()));
        found.iter().map(|it| it.code).collect()
    }

    fn with_setting(mut self, keyword: &str, value: &str) -> Sound {
        let sshd = self.sshd.as_mut().expect("it is there");
        sshd.settings.retain(|(key, _)| key != keyword);
        sshd.settings.push((keyword.into(), value.into()));
        self
    }
}

const NONE: [&str; 0] = [];

#[test]
fn a_sound_state_has_no_violation() {
    assert_eq!(Sound::new().codes(), NONE);
    assert_eq!(lint::check(&sample::wanted(sample::every_kind())), []);
    assert_eq!(lint::check(&sample::wanted(Vec::new())), []);
}

#[test]
fn one_resource_wanted_twice() {
    let twice = Sound { more: vec![sample::user("openclaw").into(), sample::user("openclaw").into()], ..Sound::new() };
    assert_eq!(twice.codes(), ["plan/twice"]);
    let two = Sound { more: vec![sample::user("openclaw").into(), sample::user("other").into()], ..Sound::new() };
    assert_eq!(two.codes(), NONE);
}

#[test]
fn two_rules_for_the_same_packets() {
    let allow = |port| FilterRule::allow(Protocol::Tcp, port);
    let limit = |port| FilterRule { action: Action::Limit, ..allow(port) };
    let clash = Sound { rules: vec![allow(222), limit(222)], ..Sound::new() };
    assert_eq!(clash.codes(), ["plan/filter-clash"]);
    let ban = FilterRule { action: Action::Deny, ..sample::allow_from(222, "10.0.0.0/24") };
    assert_eq!(Sound { rules: vec![allow(222), limit(443), ban], ..Sound::new() }.codes(), NONE);
}

#[test]
fn the_ssh_port_behind_a_closed_filter() {
    assert_eq!(Sound { rules: Vec::new(), ..Sound::new() }.codes(), ["plan/ssh-port-closed"]);
    let open = FilterPolicy { incoming: Policy::Allow, ..Sound::new().policy };
    assert_eq!(Sound { rules: Vec::new(), policy: open, ..Sound::new() }.codes(), NONE);
}

#[test]
fn rules_that_let_nobody_in_by_ssh_do_not_count() {
    let allow = || FilterRule::allow(Protocol::Tcp, 222);
    let beside = [
        FilterRule::allow(Protocol::Tcp, 22),
        FilterRule::allow(Protocol::Udp, 222),
        FilterRule { action: Action::Deny, ..allow() },
    ];
    for rule in beside {
        let name = rule.to_string();
        assert_eq!(Sound { rules: vec![rule], ..Sound::new() }.codes(), ["plan/ssh-port-closed"], "{name}");
    }
    let enough = [
        FilterRule { action: Action::Limit, ..allow() },
        FilterRule { protocol: None, ..allow() },
        sample::allow_from(222, "10.0.0.0/24"),
        FilterRule { interface: Some("wg0".into()), ..allow() },
    ];
    for rule in enough {
        let name = rule.to_string();
        assert_eq!(Sound { rules: vec![rule], ..Sound::new() }.codes(), NONE, "{name}");
    }
}

#[test]
fn every_port_of_sshd_must_be_let_in() {
    let two = Sound { sshd: Some(sample::sshd([222, 2222].into())), ..Sound::new() };
    assert_eq!(two.codes(), ["plan/ssh-port-closed"]);
}

#[test]
fn where_sshd_is_not_managed_the_login_port_must_be_let_in() {
    assert_eq!(Sound { sshd: None, ..Sound::new() }.codes(), NONE);
    assert_eq!(Sound { sshd: None, rules: Vec::new(), ..Sound::new() }.codes(), ["plan/ssh-port-closed"]);
    let usual = Login { port: None, ..Sound::new().login };
    let rules = vec![FilterRule::allow(Protocol::Tcp, 22)];
    assert_eq!(Sound { sshd: None, login: usual, rules, ..Sound::new() }.codes(), NONE);
}

#[test]
fn a_login_by_a_port_where_nobody_listens() {
    let rules = vec![FilterRule::allow(Protocol::Tcp, 2222)];
    let moved = Sound { sshd: Some(sample::sshd([2222].into())), rules, ..Sound::new() };
    assert_eq!(moved.codes(), ["plan/login-port"]);
}

#[test]
fn a_login_that_allow_users_leaves_out() {
    assert_eq!(Sound::new().with_setting("AllowUsers", "bob").codes(), ["plan/login-not-allowed"]);
    assert_eq!(Sound::new().with_setting("AllowUsers", "bob adminclaw").codes(), NONE);
    let anyone = Sound { login: Login { user: None, ..Sound::new().login }, ..Sound::new() };
    assert_eq!(anyone.with_setting("AllowUsers", "bob").codes(), NONE);
}

#[test]
fn a_login_as_root_where_root_may_not() {
    let root = || Sound { login: Login { user: Some("root".into()), ..Sound::new().login }, ..Sound::new() };
    let as_root = root().with_setting("AllowUsers", "root");
    assert_eq!(as_root.codes(), ["plan/login-not-allowed"]);
    let by_key = root().with_setting("AllowUsers", "root").with_setting("PermitRootLogin", "prohibit-password");
    assert_eq!(by_key.codes(), NONE);
}

#[test]
fn an_admin_without_a_key() {
    assert_eq!(Sound { keys: None, ..Sound::new() }.codes(), ["plan/login-without-key"]);
    let empty = AuthorizedKeys { keys: Vec::new(), ..sample::keys("adminclaw") };
    assert_eq!(Sound { keys: Some(empty), ..Sound::new() }.codes(), ["plan/login-without-key"]);
    let others = Sound { keys: Some(sample::keys("openclaw")), ..Sound::new() };
    assert_eq!(others.codes(), ["plan/login-without-key"]);
    // A user whom piton does not make has a key already: that is how piton comes in.
    assert_eq!(Sound { keys: None, more: Vec::new(), ..Sound::new() }.codes(), NONE);
}

#[test]
fn an_admin_who_could_not_become_root() {
    assert_eq!(Sound { sudoers: None, ..Sound::new() }.codes(), ["plan/login-without-sudo"]);
    let others = Sudoers { name: "90-piton-bob".into(), content: "bob ALL=(ALL) NOPASSWD:ALL\n".into() };
    assert_eq!(Sound { sudoers: Some(others), ..Sound::new() }.codes(), ["plan/login-without-sudo"]);
    assert_eq!(Sound { sudoers: None, more: Vec::new(), ..Sound::new() }.codes(), NONE);
}

#[test]
fn networks_of_one_host_with_common_addresses() {
    let stack = |name: &str, network: &str, subnet: &str| {
        let mut stack = sample::stack(name, Phase::Application);
        stack.networks[0].name = network.into();
        stack.networks[0].subnet = subnet.parse().expect("a network");
        stack
    };
    let codes = |stacks: Vec<Stack>| {
        let stacks = stacks.into_iter().map(Resource::from);
        Sound {
            more: [Resource::from(sample::user("adminclaw")), sample::mesh().into()]
                .into_iter()
                .chain(stacks)
                .collect(),
            ..Sound::new()
        }
        .codes()
    };
    let one = stack("one", "backend", "172.20.2.0/24");
    assert_eq!(codes(vec![one.clone(), stack("two", "backend", "172.20.2.0/24")]), NONE, "both are in one network");
    assert_eq!(codes(vec![one.clone(), stack("two", "other", "172.20.3.0/24")]), NONE);
    assert_eq!(codes(vec![one.clone(), stack("two", "other", "172.20.2.128/25")]), ["plan/networks-overlap"]);
    assert_eq!(codes(vec![stack("one", "backend", "10.0.0.0/16")]), ["plan/networks-overlap"], "the mesh is in it");
    // What a compose file makes by itself counts like what piton makes for it.
    let mut own = stack("two", "other", "172.20.3.0/24");
    own.own_networks = vec![Network { name: "two_inner".into(), ..one.networks[0].clone() }];
    assert_eq!(codes(vec![one, own]), ["plan/networks-overlap"]);
}
