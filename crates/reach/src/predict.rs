//! What a step of a plan does to a host's network and to its ways in.
//!
//! One `match`, one arm for each kind of resource. What a step may do that cannot be foretold is
//! noted in words; the proof then says that it rests on a guess, and leaves the rest to the guard.

pub(crate) mod docker;
mod rules;
mod stack;

use crate::access::Line;
use crate::packet::Protocol;
use crate::state::{LinkKind, Listener, Route, RouteKind, State, TABLE_MAIN, Tunnel};
use crate::ufw::{self, Ufw};
use ipnet::IpNet;
use piton_plan::kind::{self, AuthorizedKeys, FilterPolicy, Kind, Sshd, Wireguard};
use piton_plan::ways_in::{self, Role};
use piton_plan::{Mode, Resource, Step, Verb};
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Does the step to the state. Gives what cannot be foretold.
pub(crate) fn step(state: &mut State, step: &Step) -> Vec<String> {
    let gone = step.verb == Verb::Remove;
    match &step.resource {
        Resource::Package(package) => return package_step(state, &package.name, gone),
        Resource::User(user) => user_step(state, user, gone),
        Resource::AuthorizedKeys(keys) => keys_step(state, keys, gone),
        Resource::Sudoers(sudoers) => sudo_step(state, &sudoers.file().path, (!gone).then_some(&sudoers.content)),
        Resource::Directory(directory) => {
            mode_step(state, &directory.path, directory.mode, &directory.owner);
        }
        Resource::File(file) => return file_step(state, file, gone),
        Resource::Link(link) => return unforeseen(&link.path),
        Resource::Sysctl(sysctl) if !gone => {
            sysctl.values.iter().for_each(|(key, value)| sysctl_step(state, key, value))
        }
        Resource::Wireguard(mesh) => mesh_step(state, mesh, gone),
        Resource::DockerDaemon(daemon) if !gone => docker::start(state, &daemon.content),
        Resource::Unit(unit) => return unit_step(state, unit, gone),
        Resource::FilterRule(rule) => {
            let ufw = state.ufw.get_or_insert_with(Ufw::fresh);
            match gone {
                true => ufw.remove(&rule.name()),
                false => ufw.add(rule),
            }
            return reload(state);
        }
        Resource::FilterPolicy(policy) => return policy_step(state, policy, gone),
        Resource::Sshd(sshd) => return sshd_step(state, sshd, gone),
        Resource::Stack(stack) => return stack::step(state, stack, gone),
        // Nothing of these has to do with who gets in; a jail bans only who fails to.
        Resource::Group(_)
        | Resource::Sysctl(_)
        | Resource::TimeZone(_)
        | Resource::Updates(_)
        | Resource::Cron(_)
        | Resource::Timer(_)
        | Resource::DockerDaemon(_)
        | Resource::Jail(_) => {}
    }
    Vec::new()
}

/// Whether the step could make any difference to the answers; those that cannot need no new proof.
pub(crate) fn matters(step: &Step) -> bool {
    match &step.resource {
        Resource::Package(package) => !matches!(package_effect(&package.name), PackageEffect::None),
        Resource::Link(link) => ways_in::decides(&link.path),
        Resource::Group(_)
        | Resource::TimeZone(_)
        | Resource::Updates(_)
        | Resource::Cron(_)
        | Resource::Timer(_)
        | Resource::Jail(_) => false,
        _ => true,
    }
}

enum PackageEffect {
    Ufw,
    Docker,
    Ssh,
    Sudo,
    /// It comes with a filter of its own, and turns it on.
    Filter,
    None,
}

fn package_effect(name: &str) -> PackageEffect {
    match name {
        "ufw" => PackageEffect::Ufw,
        "docker.io" | "docker-ce" | "docker" | "moby-engine" => PackageEffect::Docker,
        "openssh-server" | "ssh" => PackageEffect::Ssh,
        "sudo" => PackageEffect::Sudo,
        other if ways_in::changes_network(other) => PackageEffect::Filter,
        _ => PackageEffect::None,
    }
}

fn package_step(state: &mut State, name: &str, gone: bool) -> Vec<String> {
    match (package_effect(name), gone) {
        (PackageEffect::Ufw, false) => _ = state.ufw.get_or_insert_with(Ufw::fresh),
        (PackageEffect::Ufw, true) => {
            ufw::unload(&mut state.filter);
            state.ufw = None;
        }
        (PackageEffect::Docker, false) => docker::start(state, "{}"),
        (PackageEffect::Ssh, true) => {
            state.sockets.retain(|listener| listener.program.as_deref() != Some("sshd"));
            state.access.ssh = None;
        }
        (PackageEffect::Sudo, true) => state.access.sudo.clear(),
        (PackageEffect::Filter, _) => return vec![format!("what the package {name} does to the network")],
        _ => {}
    }
    Vec::new()
}

fn user_step(state: &mut State, user: &kind::User, gone: bool) {
    if gone {
        state.access.accounts.retain(|account| account.name != user.name);
        return;
    }
    let account = state.access.account_mut(&user.name);
    account.shell.clone_from(&user.shell);
    account.home.clone_from(&user.home);
    account.groups.extend(user.groups.iter().cloned());
    account.groups.retain(|group| !user.forbidden_groups.contains(group));
    mode_step(state, &user.home, user.home_mode, &user.name);
}

/// A home, its `.ssh` or the keys' file with a new mode: what StrictModes thinks of it.
fn mode_step(state: &mut State, path: &str, mode: Mode, owner: &str) {
    for account in &mut state.access.accounts {
        let home = account.home.trim_end_matches('/');
        if home.is_empty() || ![home, &format!("{home}/.ssh"), &format!("{home}/.ssh/authorized_keys")].contains(&path)
        {
            continue;
        }
        account.faults.retain(|fault| fault.split_whitespace().next() != Some(path));
        if mode.0 & 0o022 != 0 {
            account.faults.push(format!("{path} would be {mode}: others may write it"));
        }
        if owner != account.name && owner != "root" {
            account.faults.push(format!("{path} would belong to {owner}"));
        }
    }
}

fn keys_step(state: &mut State, keys: &AuthorizedKeys, gone: bool) {
    let account = state.access.account_mut(&keys.user);
    if gone {
        account.keys.retain(|line| !kind::authorized_keys::has(&keys.keys, line));
        return;
    }
    let seen = kind::authorized_keys::Observed { keys: Some(std::mem::take(&mut account.keys)), faults: Vec::new() };
    account.keys = keys.settled(&seen).keys.unwrap_or_default();
    // It gives the file and its folder the modes that sshd asks for; the home is the user's step.
    let home = account.home.trim_end_matches('/').to_owned();
    account.faults.retain(|fault| fault.split_whitespace().next() == Some(home.as_str()));
}

/// A file of sudo's with a new content, or gone.
fn sudo_step(state: &mut State, path: &str, content: Option<&String>) {
    let start = format!("{path}:");
    state.access.sudo.retain(|line| !line.place.starts_with(&start));
    for (number, text) in (1..).zip(content.map(String::as_str).unwrap_or_default().lines()) {
        let text = text.trim();
        if !text.is_empty() && !text.starts_with(['#', '@']) && !text.starts_with("Defaults") {
            state.access.sudo.push(Line { place: format!("{path}:{number}"), text: text.to_owned() });
        }
    }
    // The order in which sudo reads them decides.
    let rank = |line: &Line| {
        (line.place.starts_with("/etc/sudoers.d/"), line.place.rsplit_once(':').map(|(file, _)| file.to_owned()))
    };
    state.access.sudo.sort_by_key(rank);
}

fn file_step(state: &mut State, file: &kind::File, gone: bool) -> Vec<String> {
    let path = file.file.path.as_str();
    if path.starts_with("/etc/sudoers.d/") {
        sudo_step(state, path, (!gone).then_some(&file.file.content));
        return Vec::new();
    }
    if let Some(account) =
        state.access.accounts.iter_mut().find(|account| format!("{}/.ssh/authorized_keys", account.home) == path)
    {
        let lines = file.file.content.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        account.keys = if gone { Vec::new() } else { lines.map(str::to_owned).collect() };
        mode_step(state, path, file.file.mode, &file.file.owner);
        return Vec::new();
    }
    unforeseen(path)
}

/// A program, a shell or a library has no meaning of its own, and yet nobody gets in with a wrong one.
fn unforeseen(path: &str) -> Vec<String> {
    match (ways_in::is_a_guess(path), ways_in::decides(path)) {
        (true, _) => vec![format!("what {path} does to the ways in")],
        (false, true) => vec![format!("whether one still gets in with another {path}")],
        (false, false) => Vec::new(),
    }
}

fn unit_step(state: &mut State, unit: &kind::Unit, gone: bool) -> Vec<String> {
    let Some(active) = unit.active.filter(|_| !gone) else { return Vec::new() };
    match (ways_in::role(&unit.name), active) {
        (Some(Role::Ssh), false) => {
            state.sockets.retain(|listener| listener.program.as_deref() != Some("sshd"));
        }
        (Some(Role::Network | Role::Filter), _) => return vec![format!("what {} does to the network", unit.name)],
        _ if active && matches!(unit.name.as_str(), "docker" | "docker.service" | "docker.socket") => {
            docker::start(state, "{}");
        }
        _ => {}
    }
    Vec::new()
}

fn sysctl_step(state: &mut State, key: &str, value: &str) {
    let on = value.trim() != "0";
    match key.replace('/', ".").as_str() {
        "net.ipv4.ip_forward" | "net.ipv4.conf.all.forwarding" => state.kernel.forward_v4 = on,
        "net.ipv6.conf.all.forwarding" => state.kernel.forward_v6 = on,
        "net.ipv6.conf.all.disable_ipv6" if on => {
            state.addresses.retain(|address| address.net.addr().is_ipv4());
            state.routes.retain(|route| route.to.addr().is_ipv4());
        }
        other => {
            let interface = other.strip_prefix("net.ipv4.conf.").and_then(|rest| rest.strip_suffix(".rp_filter"));
            if let (Some(interface), Ok(mode)) = (interface, value.trim().parse()) {
                state.kernel.reverse_path.insert(interface.to_owned(), mode);
            }
        }
    }
}

/// As `wg-quick` brings an interface up: its address, and a route for every range that a peer may use.
fn mesh_step(state: &mut State, mesh: &Wireguard, gone: bool) {
    let name = mesh.interface.as_str();
    state.remove_link(name);
    state.tunnels.retain(|tunnel| tunnel.interface != name);
    let own = format!("WireGuard {name}");
    state.sockets.retain(|listener| listener.program.as_ref() != Some(&own));
    if gone {
        return;
    }
    state.add_link(name, LinkKind::Wireguard);
    let own = mesh.address.parse::<IpNet>().ok();
    if let Some(net) = own {
        state.add_address(name, net);
    }
    let allowed: Vec<IpNet> =
        mesh.peers.iter().flat_map(|peer| peer.allowed.split(',')).filter_map(|net| net.trim().parse().ok()).collect();
    for net in &allowed {
        if own.is_some_and(|own| own.contains(net)) {
            continue;
        }
        let route = |to| Route {
            table: TABLE_MAIN,
            kind: RouteKind::Unicast,
            to,
            via: None,
            interfaces: vec![name.to_owned()],
            metric: 0,
        };
        // For everything wg-quick has a table of its own that comes before the main one's default:
        // the same as two halves that are longer than it.
        match (net.prefix_len(), net.addr()) {
            (0, IpAddr::V4(_)) => state.routes.extend(halves("0.0.0.0/1", "128.0.0.0/1").map(route)),
            (0, IpAddr::V6(_)) => state.routes.extend(halves("::/1", "8000::/1").map(route)),
            _ => state.routes.push(route(net.trunc())),
        }
    }
    state.tunnels.push(Tunnel { interface: name.to_owned(), port: mesh.port, allowed });
    state.listen_for_tunnels();
}

fn halves(low: &str, high: &str) -> impl Iterator<Item = IpNet> {
    [low.parse(), high.parse()].into_iter().flatten()
}

fn policy_step(state: &mut State, policy: &FilterPolicy, gone: bool) -> Vec<String> {
    let ufw = state.ufw.get_or_insert_with(Ufw::fresh);
    if gone {
        ufw.enabled = false;
        ufw::unload(&mut state.filter);
        return Vec::new();
    }
    if let Some(only) = &policy.only {
        ufw.rules.retain(|rule| only.contains(&rule.name));
    }
    ufw.incoming = policy.incoming;
    ufw.outgoing = policy.outgoing;
    ufw.enabled = true;
    reload(state)
}

fn reload(state: &mut State) -> Vec<String> {
    let Some(ufw) = state.ufw.as_ref().filter(|ufw| ufw.enabled) else { return Vec::new() };
    match ufw.load(&mut state.filter) {
        Ok(()) => Vec::new(),
        Err(why) => vec![format!("what ufw would load: {why}")],
    }
}

/// What Debian's and Ubuntu's sshd does where nothing is said.
const USUAL: [(&str, &str); 3] =
    [("permitrootlogin", "without-password"), ("pubkeyauthentication", "yes"), ("authenticationmethods", "any")];

fn sshd_step(state: &mut State, sshd: &Sshd, gone: bool) -> Vec<String> {
    let ssh = state.access.ssh.get_or_insert_with(Default::default);
    let settings = sshd.effective();
    let ports: BTreeSet<u16> = match gone {
        true => {
            for keyword in settings.keys() {
                ssh.effective.remove(keyword);
            }
            for (keyword, value) in USUAL.iter().filter(|(keyword, _)| settings.contains_key(*keyword)) {
                ssh.effective.insert((*keyword).to_owned(), (*value).to_owned());
            }
            [22].into()
        }
        false => {
            ssh.effective.extend(settings);
            sshd.ports.clone()
        }
    };
    // sshd's own ports open nothing while the socket unit holds them; the step would be refused.
    if ssh.socket != sshd.socket {
        let (holds, written) = if ssh.socket { ("ssh.socket", "sshd") } else { ("sshd", "ssh.socket") };
        return vec![format!("{holds} holds the port, and the new one is written for {written}")];
    }
    ssh.ports.clone_from(&ports);
    let addresses = listening_addresses(ssh.effective.get("listenaddress"), sshd.socket);
    state.sockets.retain(|listener| listener.program.as_deref() != Some("sshd"));
    for port in ports {
        for address in &addresses {
            state.sockets.push(Listener {
                protocol: Protocol::Tcp,
                address: *address,
                port,
                v6_only: true,
                interface: None,
                program: Some("sshd".into()),
                container: None,
            });
        }
    }
    Vec::new()
}

/// The addresses that sshd binds: all of them, unless it is told which.
fn listening_addresses(setting: Option<&String>, socket: bool) -> Vec<IpAddr> {
    let all = vec![Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()];
    let Some(setting) = setting.filter(|_| !socket) else { return all };
    let address = |word: &str| -> Option<IpAddr> {
        let bare = word.trim_start_matches('[');
        let bare = bare.split(']').next().unwrap_or(bare);
        bare.parse().ok().or_else(|| bare.rsplit_once(':')?.0.parse().ok())
    };
    let mut found: Vec<IpAddr> = setting.split_whitespace().filter_map(address).collect();
    found.sort();
    found.dedup();
    if found.is_empty() { all } else { found }
}
