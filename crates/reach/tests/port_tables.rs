//! The port tables of S4, section 5, row by row against what the model foretells of `examples/two-vps-stack`; and what
//! Docker's published ports do to a filter, seen before anything is done.
//!
//! A row is the document's port, the service behind it, where it is bound here, who can open it, and by which edge people
//! come to it. Where the document says otherwise the row has its word as well, and the reason stands above.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests, also outside of their #[test] functions")]

mod stand;

use piton_reach::map::{self, Row};
use piton_reach::prove::{Cause, foretell_all};
use piton_reach::sources::Who;
use piton_reach::{Model, State, Way, prove};
use stand::*;

const EXAMPLE: &str = include_str!("../../../examples/two-vps-stack/site.toml");

const EVERYONE: &[Who] = &[Who::World, Who::Mesh, Who::Containers, Who::Host];
const MESH: &[Who] = &[Who::Mesh, Who::Host];
const LOCAL: &[Who] = &[Who::Host];
/// A published port is sent on for every caller, so a container of the same network comes to it by the host's address.
const MESH_AND_NEIGHBOURS: &[Who] = &[Who::Mesh, Who::Containers, Who::Host];

struct Line {
    port: &'static str,
    service: &'static str,
    bound: &'static [&'static str],
    open_to: &'static [Who],
    edge: Option<&'static str>,
}

const fn line(
    port: &'static str,
    service: &'static str,
    bound: &'static [&'static str],
    open_to: &'static [Who],
) -> Line {
    Line { port, service, bound, open_to, edge: None }
}

const OPENCLAW: &[Line] = &[
    // "Public (key-only, adminclaw)".
    line("222/tcp", "sshd", &["0.0.0.0", "::"], EVERYONE),
    // "Public (encrypted tunnel)".
    line("51820/udp", "WireGuard wg0", &["0.0.0.0", "::"], EVERYONE),
    // "0.0.0.0, via Cloudflare Tunnel (not directly exposed)": published there it *is* exposed, whatever ufw says: see
    // `the_document_s_own_binding_is_refused`. Its callers come by loopback (the tunnel) and the mesh (2.4).
    Line {
        edge: Some("cloudflared"),
        ..line("18789/tcp", "openclaw", &["10.0.0.1", "127.0.0.1"], MESH_AND_NEIGHBOURS)
    },
    // "0.0.0.0, Local": the same; local is loopback.
    line("18790/tcp", "openclaw", &["127.0.0.1"], LOCAL),
    // "0.0.0.0, WireGuard only (UFW rule)": true there, since it is on the host's own network; here without the rule too.
    line("9100/tcp", "node-exporter", &["10.0.0.1"], MESH),
    // "host, Local debugging": on loopback.
    line("9080/tcp", "promtail", &["127.0.0.1"], LOCAL),
];

const OBSERVE: &[Line] = &[
    line("222/tcp", "sshd", &["0.0.0.0", "::"], EVERYONE),
    line("51820/udp", "WireGuard wg0", &["0.0.0.0", "::"], EVERYONE),
    line("9090/tcp", "prometheus", &["10.0.0.2"], MESH),
    Line { edge: Some("cloudflared"), ..line("3000/tcp", "grafana", &["127.0.0.1"], LOCAL) },
    line("3100/tcp", "loki", &["10.0.0.2"], MESH),
    line("9096/tcp", "loki", &["10.0.0.2"], MESH),
    line("3200/tcp", "tempo", &["127.0.0.1"], LOCAL),
    line("4318/tcp", "tempo", &["10.0.0.2"], MESH),
    line("9093/tcp", "alertmanager", &["127.0.0.1"], LOCAL),
    line("9100/tcp", "node-exporter", &["127.0.0.1"], LOCAL),
    line("8080/tcp", "cadvisor", &["127.0.0.1"], LOCAL),
];

/// What the document's tables leave out: the tunnel's own metrics (2.10 installs it, 5 does not list it).
const LEFT_OUT: &[Line] = &[line("20241/tcp", "cloudflared", &["127.0.0.1"], LOCAL)];

fn foretold(site: &str, host: &str) -> State {
    let foretold = foretell_all(&fresh(), &site_plan(&resolved(site), host));
    assert_eq!(foretold.guesses, Vec::<String>::new(), "{host}");
    foretold.state
}

fn open_to(row: &Row) -> Vec<Who> {
    row.open_to.iter().filter(|(_, answer)| answer.is_open()).map(|(who, _)| *who).collect()
}

#[test]
fn every_row_of_section_5_comes_out_as_it_says() {
    let site = resolved(EXAMPLE);
    for (host, lines) in [("openclaw", OPENCLAW), ("observe", OBSERVE)] {
        let state = foretold(EXAMPLE, host);
        let rows = map::of(&Model::new(&state));
        let placed = piton_catalog::ports(&site, site.hosts.iter().find(|it| it.name == host).unwrap());
        let expected: Vec<&Line> = lines.iter().chain(LEFT_OUT).collect();
        for line in &expected {
            let is = |row: &&Row| format!("{}/{}", row.door.port, row.door.protocol) == line.port;
            let found: Vec<&Row> = rows.iter().filter(is).collect();
            let [row] = found.as_slice() else { panic!("S4 5, {host} {}: {found:?}", line.port) };
            let bound: Vec<String> = row.door.bound.iter().map(ToString::to_string).collect();
            let was = (row.door.behind.as_str(), bound.iter().map(String::as_str).collect(), open_to(row));
            assert_eq!(was, (line.service, line.bound.to_vec(), line.open_to.to_vec()), "S4 5, {host} {}", line.port);
            let page = placed.iter().find(|it| it.port.port == row.door.port && it.page.is_some());
            assert_eq!(page.and_then(|it| it.page.as_ref()).map(|page| page.edge.as_str()), line.edge, "{}", line.port);
        }
        assert_eq!(rows.len(), expected.len(), "S4 5, {host}: nothing else is open: {rows:?}");
    }
}

/// Section 5, "Docker Networks": the gateway's. The other one, for sandboxes, no service of the host's joins: sandboxes run
/// in the gateway's own Docker (3.5), which cannot see networks of the host's, and 3.7 puts them on `bridge` there.
#[test]
fn the_network_of_section_5_is_there() {
    let state = foretold(EXAMPLE, "openclaw");
    let nets: Vec<String> = state.addresses.iter().map(|address| address.net.to_string()).collect();
    assert!(nets.contains(&"172.30.0.1/24".to_owned()), "{nets:?}");
}

/// The example with S4's own lines for the gateway's ports in a compose file.
fn as_the_document_has_it() -> String {
    let (before, after) = EXAMPLE.split_once("[services.openclaw]").unwrap();
    let (_, after) = after.split_once("[services.promtail]").unwrap();
    let compose = "[services.gateway]\nis = \"compose\"\non = \"openclaw\"\ntemplates = { \"docker-compose.yml\" = \"compose.yml\" }\n\n";
    format!("{before}{compose}[services.promtail]{after}")
}

/// S4 5 says of 18789 and 18790 that they are bound to 0.0.0.0 and not directly exposed. Both cannot be: Docker sends what
/// comes in on before ufw's INPUT chain is asked, and lets it through FORWARD before ufw's part of that.
#[test]
fn the_document_s_own_binding_is_refused() {
    let site = resolved(&as_the_document_has_it());
    let plan = site_plan(&site, "openclaw");
    let state = fresh();
    let refusal = prove(&state, &plan, &way_of(&state)).expect_err("it must be refused");
    assert_eq!(refusal.code(), "reach/opens-undeclared");
    let Cause::Opens(opened) = &*refusal.cause else { panic!("{refusal}") };
    assert_eq!(opened.to_string(), "18789/tcp (gateway-openclaw-gateway-1)");
    let lines: Vec<String> = opened.because.iter().map(ToString::to_string).collect();
    assert!(lines.iter().any(|line| line.contains("-j DNAT --to-destination 172.18.0.2:18789")), "{lines:?}");
    assert!(!lines.iter().any(|line| line.contains("ufw")), "the filter was never asked: {lines:?}");
    let placed = piton_catalog::ports(&site, &site.hosts[0]);
    let at = placed.iter().find(|it| it.port.port == 18789).and_then(|it| it.line.clone());
    assert_eq!(at, Some(("docker-compose.yml:5".into(), "- \"18789:18789\"".into())));
}

#[test]
fn a_published_port_that_the_site_allows_is_told_and_not_refused() {
    let allowed = as_the_document_has_it()
        .replace("\"18789/tcp from mesh\"]", "\"18789/tcp from mesh\", \"18789/tcp\", \"18790/tcp\"]");
    let state = fresh();
    let proof = prove(&state, &site_plan(&resolved(&allowed), "openclaw"), &way_of(&state)).expect("it is proved");
    let world: Vec<u16> = proof.opened.iter().filter(|it| it.is_to_the_world()).map(|it| it.port).collect();
    assert_eq!(world, [222, 18789, 18790, 51820]);
}

/// The rule never kept the port shut while it was missing, and its end does not shut it.
#[test]
fn an_allow_that_is_taken_back_leaves_a_published_port_open_and_that_is_told() {
    let allowed = as_the_document_has_it().replace("\"18789/tcp from mesh\"]", "\"18789/tcp\", \"18790/tcp\"]");
    let state = foretold(&allowed, "openclaw");
    let rule = |port| piton_plan::kind::FilterRule::allow(piton_plan::kind::filter_rule::Protocol::Tcp, port);
    let plan = plan("adminclaw", 222, vec![], vec![remove(rule(18790))]);
    let proof = prove(&state, &plan, &Way { user: "adminclaw".into(), port: 222, ..way_of(&state) }).unwrap();
    let still: Vec<String> = proof.still_open.iter().map(ToString::to_string).collect();
    assert_eq!(still, ["18790/tcp (gateway-openclaw-gateway-1)"]);
}

#[test]
fn what_the_examples_do_is_proved_without_a_guess() {
    let state = fresh();
    for host in ["openclaw", "observe"] {
        let proof = prove(&state, &site_plan(&resolved(EXAMPLE), host), &way_of(&state)).expect("it is proved");
        assert_eq!(proof.doubts, Vec::<String>::new(), "{host}");
    }
}

/// A program on the host's own network is no published port: what is told in the site moves where it listens, and the
/// filter decides over it.
#[test]
fn a_program_on_the_host_s_own_network_listens_where_the_site_says() {
    let everywhere = EXAMPLE.replace(
        "[services.cadvisor]",
        "[services.cadvisor]\noverride = { containers = { cadvisor = { ports = { http = { to = [\"mesh\"] } } } } }",
    );
    let state = foretold(&everywhere, "observe");
    let rows = map::of(&Model::new(&state));
    let row = rows.iter().find(|row| row.door.port == 8080).unwrap();
    assert_eq!(open_to(row), MESH);
}
