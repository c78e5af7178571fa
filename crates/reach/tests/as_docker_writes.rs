//! The rules that are foretold of Docker, against those that Docker 26.1.5 wrote on a Debian 13 host for the same stack.
//!
//! Two containers in a network with a way out, one of them in an internal one, too; `userland-proxy` off and on. Left out
//! are ufw's chains and the rules that return at a chain's end, which decide nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests, also outside of their #[test] functions")]

mod stand;

use piton_reach::State;
use piton_reach::prove::foretell;
use stand::*;
use std::collections::BTreeSet;

const SITE: &str = r#"
[site]
name = "try"

[docker.daemon]
userland-proxy = PROXY

[mesh]
range = "10.0.0.0/24"

[hosts.one]
address = "203.0.113.10"
mesh = "10.0.0.1"

[networks.gateway]
subnet = "172.30.0.0/24"

[networks.inner]
subnet = "172.31.0.0/24"
internal = true

[services.open]
is = "container"
values = { image = "page:1" }
override = { containers = { container = { networks = ["gateway", "inner"], ports = { second = { port = 8081, to = ["world"] } } } } }

[services.page]
is = "container"
values = { image = "page:1" }
override = { containers = { container = { networks = ["gateway"], ports = { http = { to = ["host", "mesh"] } } } } }
"#;

/// `iptables-save` on the host, bridges by the names of their networks.
const WITHOUT_PROXY: &str = "\
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -o try_gateway -m addrtype --src-type LOCAL -j MASQUERADE
-A POSTROUTING -s 172.30.0.0/24 ! -o try_gateway -j MASQUERADE
-A POSTROUTING -o docker0 -m addrtype --src-type LOCAL -j MASQUERADE
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A POSTROUTING -s 172.30.0.2/32 -d 172.30.0.2/32 -p tcp -m tcp --dport 8081 -j MASQUERADE
-A POSTROUTING -s 172.30.0.3/32 -d 172.30.0.3/32 -p tcp -m tcp --dport 8080 -j MASQUERADE
-A DOCKER -p tcp -m tcp --dport 8081 -j DNAT --to-destination 172.30.0.2:8081
-A DOCKER -d 10.0.0.1/32 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.30.0.3:8080
-A DOCKER -d 127.0.0.1/32 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.30.0.3:8080
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-ISOLATION-STAGE-1
-A FORWARD -i try_inner -o try_inner -j ACCEPT
-A FORWARD -o try_gateway -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o try_gateway -j DOCKER
-A FORWARD -i try_gateway ! -o try_gateway -j ACCEPT
-A FORWARD -i try_gateway -o try_gateway -j ACCEPT
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o docker0 -j DOCKER
-A FORWARD -i docker0 ! -o docker0 -j ACCEPT
-A FORWARD -i docker0 -o docker0 -j ACCEPT
-A DOCKER -d 172.30.0.2/32 ! -i try_gateway -o try_gateway -p tcp -m tcp --dport 8081 -j ACCEPT
-A DOCKER -d 172.30.0.3/32 ! -i try_gateway -o try_gateway -p tcp -m tcp --dport 8080 -j ACCEPT
-A DOCKER-ISOLATION-STAGE-1 ! -s 172.31.0.0/24 -o try_inner -j DROP
-A DOCKER-ISOLATION-STAGE-1 ! -d 172.31.0.0/24 -i try_inner -j DROP
-A DOCKER-ISOLATION-STAGE-1 -i try_gateway ! -o try_gateway -j DOCKER-ISOLATION-STAGE-2
-A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
-A DOCKER-ISOLATION-STAGE-2 -o try_gateway -j DROP
-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
";

/// What of it is otherwise with `userland-proxy`, on the same host.
const WITH_PROXY: &[(&str, &str)] = &[
    ("-A OUTPUT -m addrtype", "-A OUTPUT ! -d 127.0.0.0/8 -m addrtype"),
    ("-A POSTROUTING -o try_gateway -m addrtype --src-type LOCAL -j MASQUERADE", "-A DOCKER -i try_gateway -j RETURN"),
    ("-A POSTROUTING -o docker0 -m addrtype --src-type LOCAL -j MASQUERADE", "-A DOCKER -i docker0 -j RETURN"),
    ("-A DOCKER -p tcp -m tcp --dport 8081 -j DNAT", "-A DOCKER ! -i try_gateway -p tcp -m tcp --dport 8081 -j DNAT"),
    ("-A DOCKER -d 10.0.0.1/32 -p", "-A DOCKER -d 10.0.0.1/32 ! -i try_gateway -p"),
    ("-A DOCKER -d 127.0.0.1/32 -p", "-A DOCKER -d 127.0.0.1/32 ! -i try_gateway -p"),
];

fn foretold(proxy: bool) -> State {
    let site = resolved(&SITE.replace("PROXY", &proxy.to_string()));
    foretell(&fresh(), &site_plan(&site, "one"))
}

fn rules(state: &State) -> Vec<&str> {
    let chains = state.filter.tables.iter().flat_map(|table| &table.chains);
    let rules = chains.flat_map(|chain| chain.rules.iter().map(|rule| rule.text.as_str()));
    rules.filter(|rule| !rule.contains("ufw")).collect()
}

fn set<'a>(rules: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
    rules.into_iter().collect()
}

/// What is asked first is what Docker asks first: its order matters in FORWARD alone.
fn forward<'a>(rules: &[&'a str]) -> Vec<&'a str> {
    rules.iter().copied().filter(|rule| rule.starts_with("-A FORWARD ") && !rule.contains("docker0")).collect()
}

/// Who keeps the published ports, and where.
fn held(state: &State, by: &str) -> Vec<String> {
    let sockets = state.sockets.iter().filter(|socket| socket.program.as_deref() == Some(by));
    sockets.map(|socket| format!("{} {}", socket.address, socket.port)).collect()
}

#[test]
fn without_a_proxy_all_is_left_to_the_filter() {
    let state = foretold(false);
    let (found, wrote) = (rules(&state), WITHOUT_PROXY.lines().collect::<Vec<_>>());
    assert_eq!(set(found.iter().copied()), set(wrote.iter().copied()));
    assert_eq!(forward(&found), forward(&wrote));
    assert_eq!(held(&state, "dockerd"), ["0.0.0.0 8081", "127.0.0.1 8080", "10.0.0.1 8080"]);
    let loopback: Vec<&str> = state.kernel.route_localnet.keys().map(String::as_str).collect();
    assert_eq!(loopback, ["docker0", "try_gateway", "try_inner"]);
}

#[test]
fn with_a_proxy_the_host_s_own_callers_come_to_it() {
    let state = foretold(true);
    let wrote = WITH_PROXY.iter().fold(WITHOUT_PROXY.to_owned(), |text, (without, with)| text.replace(without, with));
    assert_eq!(set(rules(&state)), set(wrote.lines()));
    assert_eq!(held(&state, "docker-proxy"), ["0.0.0.0 8081", ":: 8081", "127.0.0.1 8080", "10.0.0.1 8080"]);
    assert!(state.kernel.route_localnet.is_empty());
}

#[test]
fn what_leaves_the_site_is_closed_again() {
    let state = foretold(false);
    let plan = plan("adminclaw", 22, vec![], vec![remove(stack_of(&foretold_plan()))]);
    let after = foretell(&state, &plan);
    assert!(after.docker.published.is_empty() && after.docker.containers.is_empty(), "{:?}", after.docker);
    assert_eq!(held(&after, "dockerd"), Vec::<String>::new());
    assert!(!rules(&after).iter().any(|rule| rule.contains("DNAT") || rule.contains("--dport 8081 -j ACCEPT")));
}

fn foretold_plan() -> piton_plan::HostPlan {
    site_plan(&resolved(&SITE.replace("PROXY", "false")), "one")
}

fn stack_of(plan: &piton_plan::HostPlan) -> piton_plan::stack::Stack {
    let stack = plan.steps().find_map(|step| match &step.resource {
        piton_plan::Resource::Stack(stack) => Some(stack.clone()),
        _ => None,
    });
    stack.unwrap()
}

#[test]
fn where_docker_writes_no_chains_nothing_is_claimed() {
    let site = SITE.replace("userland-proxy = PROXY", "iptables = false");
    let foretold = piton_reach::prove::foretell_all(&fresh(), &site_plan(&resolved(&site), "one"));
    assert_eq!(foretold.guesses, ["how Docker sends on what apps publishes: its chains are not there"]);
}
