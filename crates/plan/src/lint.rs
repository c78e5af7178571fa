//! The plan's own invariants, checked on every plan however it was made.
//!
//! These hold before anything is touched. Whether the operator's *path* survives every prefix of
//! the steps is the reach model's proof; this is what can be seen from the wanted state alone.

use crate::kind::FilterRule;
use crate::kind::filter_policy::Policy;
use crate::{Key, Resource, Wanted};
use ipnet::IpNet;
use std::collections::BTreeSet;

/// A wanted state that would break a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub host: String,
    /// Stable, for `piton explain` and for tests.
    pub code: &'static str,
    pub what: String,
    pub help: String,
}

pub fn check(wanted: &Wanted) -> Vec<Violation> {
    let checks = [
        twice,
        rules_clash,
        port_not_let_in,
        login_not_on_port,
        login_not_allowed,
        login_without_key,
        login_without_sudo,
        networks_overlap,
    ];
    let found = checks.iter().flat_map(|check| check(wanted));
    found.map(|(code, what, help)| Violation { host: wanted.host.clone(), code, what, help }).collect()
}

/// Two networks of one host with common addresses: a route to two places is a route to one of them. Those of two stacks, of a
/// compose file's own and of the mesh alike. The catalog refuses this first, with the site's lines; a plan is held to it whoever made it.
fn networks_overlap(wanted: &Wanted) -> Found {
    let mut nets: Vec<(&str, String, IpNet)> = Vec::new();
    for resource in &wanted.resources {
        match resource {
            Resource::Stack(stack) => {
                nets.extend(stack.networks.iter().chain(&stack.own_networks).map(|network| {
                    let whose = format!("the network {} of the stack {}", network.name, stack.name);
                    (network.name.as_str(), whose, network.subnet)
                }));
            }
            Resource::Wireguard(mesh) => {
                let net = mesh.address.parse::<IpNet>().ok();
                nets.extend(net.map(|net| (mesh.interface.as_str(), "the mesh".to_owned(), net.trunc())));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    for (index, (name, whose, net)) in nets.iter().enumerate() {
        // One network may be in several stacks.
        let others = nets.iter().take(index).filter(|(other, ..)| other != name);
        for (_, others, other) in others.filter(|(.., other)| other.contains(net) || net.contains(other)) {
            let what = format!("{whose} has {net}, and {others} has {other}");
            found.push(("plan/networks-overlap", what, "give each a range of its own".into()));
        }
    }
    found
}

type Found = Vec<(&'static str, String, String)>;

fn twice(wanted: &Wanted) -> Found {
    let mut seen: BTreeSet<Key> = BTreeSet::new();
    let keys = wanted.resources.iter().map(Resource::key);
    let double = keys.filter(|key| !seen.insert(key.clone()));
    double.map(|key| ("plan/twice", format!("{key} is wanted twice"), "keep one of the two".into())).collect()
}

/// Two rules that differ only in what they do: ufw would keep the last one, whichever that is.
fn rules_clash(wanted: &Wanted) -> Found {
    let rules = wanted.resources.iter().filter_map(|resource| match resource {
        Resource::FilterRule(rule) => Some(rule),
        _ => None,
    });
    let rules: Vec<&FilterRule> = rules.collect();
    let mut found = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        let others = rules.iter().skip(index + 1).filter(|other| rule.action != other.action);
        found.extend(others.filter(|other| rule.is_same_but_action(other)).map(|other| {
            let what = format!("the filter shall `{rule}` and `{other}`, which is one rule to ufw");
            ("plan/filter-clash", what, "keep one of the two".into())
        }));
    }
    found
}

/// A default deny without a rule for a port that sshd listens on. A rule for one place is enough:
/// who may come in is the site's to say, and that piton still may is proved by a new connection.
fn port_not_let_in(wanted: &Wanted) -> Found {
    let denies = wanted.resources.iter().any(|resource| match resource {
        Resource::FilterPolicy(policy) => policy.incoming != Policy::Allow,
        _ => false,
    });
    if !denies {
        return Vec::new();
    }
    let let_in = |port: u16| {
        wanted.resources.iter().any(|resource| match resource {
            Resource::FilterRule(rule) => rule.lets_tcp_in(port),
            _ => false,
        })
    };
    let closed = ssh_ports(wanted).into_iter().filter(|port| !let_in(*port));
    closed
        .map(|port| {
            let what = format!("sshd listens on {port}, and the filter would let nobody in there");
            ("plan/ssh-port-closed", what, format!("allow {port}/tcp, or move ssh to a port that is allowed"))
        })
        .collect()
}

fn ssh_ports(wanted: &Wanted) -> Vec<u16> {
    let sshd = wanted.resources.iter().find_map(|resource| match resource {
        Resource::Sshd(sshd) => Some(sshd.ports.iter().copied().collect()),
        _ => None,
    });
    sshd.unwrap_or_else(|| vec![wanted.login.port.unwrap_or(22)])
}

fn login_not_on_port(wanted: &Wanted) -> Found {
    let ports = ssh_ports(wanted);
    match wanted.login.port {
        Some(port) if !ports.contains(&port) => {
            let what = format!("piton would come in by port {port}, where sshd would not listen");
            vec![("plan/login-port", what, "let the host's port and ssh's agree".into())]
        }
        _ => Vec::new(),
    }
}

fn login_not_allowed(wanted: &Wanted) -> Found {
    let Some(user) = &wanted.login.user else { return Vec::new() };
    let settings = wanted.resources.iter().find_map(|resource| match resource {
        Resource::Sshd(sshd) => Some(&sshd.settings),
        _ => None,
    });
    let value = |keyword: &str| {
        let found = settings?.iter().find(|(key, _)| key.eq_ignore_ascii_case(keyword))?;
        Some(found.1.as_str())
    };
    let mut found = Vec::new();
    if value("AllowUsers").is_some_and(|allowed| !allowed.split_whitespace().any(|name| name == user)) {
        let what = format!("sshd's AllowUsers would not let `{user}` in, as whom piton comes");
        found.push(("plan/login-not-allowed", what, format!("add `{user}` to ssh.allow_users")));
    }
    if user == "root" && value("PermitRootLogin") == Some("no") {
        let what = "PermitRootLogin would be `no`, and piton comes as root".to_owned();
        found.push(("plan/login-not-allowed", what, "name an admin in [access]".into()));
    }
    found
}

/// Keys only count where piton manages the user; otherwise they are there already.
fn login_without_key(wanted: &Wanted) -> Found {
    let Some(user) = &wanted.login.user else { return Vec::new() };
    let made = wanted.resources.iter().any(|resource| matches!(resource, Resource::User(it) if &it.name == user));
    let keyed = wanted.resources.iter().any(|resource| match resource {
        Resource::AuthorizedKeys(keys) => &keys.user == user && !keys.keys.is_empty(),
        _ => false,
    });
    if !made || keyed {
        return Vec::new();
    }
    let what = format!("`{user}` would be made, but has no key to log in with");
    vec![("plan/login-without-key", what, "name a public key in access.keys".into())]
}

fn login_without_sudo(wanted: &Wanted) -> Found {
    let Some(user) = wanted.login.user.as_deref().filter(|user| *user != "root") else { return Vec::new() };
    let made = wanted.resources.iter().any(|resource| matches!(resource, Resource::User(it) if it.name == user));
    let sudo = wanted.resources.iter().any(|resource| match resource {
        Resource::Sudoers(rules) => rules.content.split_whitespace().any(|word| word == user),
        _ => false,
    });
    if !made || sudo {
        return Vec::new();
    }
    let what = format!("`{user}` would be made, but could not become root");
    vec![("plan/login-without-sudo", what, "leave access.sudo as it is for the admin".into())]
}
