//! What two of one host cannot both have is refused with both lines: ports, and ranges of addresses.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "tests, also outside of their #[test] functions")]

mod site;

use piton_catalog::{CatalogProblem, blueprint, service_texts};
use piton_config::{LabOverlay, Site, Sources, for_lab, resolve};
use site::{Fleet, KEY, facts};
use std::fmt::Write;

/// One host with Docker and ssh on 222, and these compose files, each a service of its own.
fn site_with(more: &str, composes: &[(&str, &str)]) -> Site {
    let mut text = String::from(
        "[site]\nname = \"t\"\n[access]\nadmin = \"ops\"\nkeys = [\"keys/operator.pub\"]\n[ssh]\nport = 222\n[docker]\n\
         [hosts.one]\naddress = \"203.0.113.10\"\n",
    );
    let mut sources = Sources::new();
    sources.insert("keys/operator.pub", format!("{KEY}\n"));
    for (name, content) in composes {
        let file = format!("{name}.yml");
        writeln!(text, "[services.{name}]\nis = \"compose\"\ntemplates = {{ \"docker-compose.yml\" = \"{file}\" }}")
            .unwrap();
        sources.insert(file, (*content).to_owned());
    }
    text.push_str(more);
    resolve(&text, "home/site.toml", &sources)
        .unwrap_or_else(|found| panic!("{}", found.iter().map(|it| it.to_text(&text)).collect::<String>()))
}

fn problems(site: &Site) -> Vec<CatalogProblem> {
    let fleet = Fleet::of(site, facts("debian", "13"));
    blueprint(site, &site.hosts[0], &fleet.known()).err().unwrap_or_default()
}

/// Each with its sentence, and the places with what stands there.
fn told(site: &Site) -> String {
    let texts = service_texts(site);
    let mut told = String::new();
    for problem in problems(site).into_iter().filter_map(|problem| problem.detail) {
        writeln!(told, "{}: {}", problem.code, problem.what).unwrap();
        for label in problem.label.iter().chain(&problem.related) {
            let text = texts.iter().find(|(file, _)| *file == label.span.file);
            let there = text.map_or("", |(_, text)| &text[label.span.range.clone()]);
            writeln!(told, "  {} {there:?} {}", label.span.file, label.text).unwrap();
        }
    }
    told
}

fn codes(site: &Site) -> Vec<&'static str> {
    problems(site).into_iter().map(|problem| problem.code).collect()
}

/// A compose file with one service of this name, and these lines in it.
fn compose(name: &str, lines: &str, more: &str) -> String {
    let healthy = "    image: nginx:1.27\n    healthcheck: { test: [CMD, \"true\"] }\n";
    format!("services:\n  {name}:\n{healthy}{lines}{more}")
}

fn publishing(ports: &str) -> String {
    compose("web", &format!("    ports: {ports}\n"), "")
}

#[test]
fn two_that_want_one_port_of_the_host_are_refused_with_both_lines() {
    let one = publishing("[\"8080:80\", \"127.0.0.1:9000-9002:9000-9002\"]");
    let two = publishing("[\"127.0.0.1:8080:80\", \"222:22\", \"9000-9001:9000-9001\"]");
    insta::assert_snapshot!(told(&site_with("", &[("one", &one), ("two", &two)])));
}

#[test]
fn a_program_on_the_host_s_own_network_wants_its_port_for_itself() {
    let two = publishing("[\"9100:80\"]");
    let told = told(&site_with("[services.node-exporter]\n", &[("two", &two)]));
    assert!(told.contains("`node-exporter`") && told.contains("9100/tcp"), "{told}");
}

#[test]
fn ports_that_do_not_meet_are_left_alone() {
    let none = |one: &str, two: &str| {
        let (one, two) = (publishing(one), publishing(two));
        assert_eq!(codes(&site_with("", &[("one", &one), ("two", &two)])), Vec::<&str>::new(), "{one}{two}");
    };
    none("[\"127.0.0.1:8080:80\"]", "[\"10.0.0.2:8080:80\"]");
    none("[\"8080:80\"]", "[\"8080:80/udp\"]");
    none("[\"8080:80\"]", "[\"${PORT:-8080}:80\"]");
    // Docker takes any one of them.
    none("[\"8080:80\"]", "[\"8080-8090:80\"]");
    // Compose takes what is said twice once.
    none("[\"8080:80\", \"8080:80\"]", "[\"8081:80\"]");
    let profiled = compose("web", "    profiles: [other]\n    ports: [\"8080:80\"]\n", "");
    let usual = publishing("[\"8080:80\"]");
    assert_eq!(codes(&site_with("", &[("one", &usual), ("two", &profiled)])), Vec::<&str>::new());
}

#[test]
fn a_network_with_addresses_of_somebody_else_is_refused() {
    let network = |subnet: &str| {
        let lines = format!("networks:\n  inner:\n    ipam:\n      config:\n        - subnet: {subnet}\n");
        compose("web", "    networks: [inner]\n", &lines)
    };
    for subnet in ["203.0.113.0/24", "203.0.113.10/32", "0.0.0.0/0", "127.0.0.0/8", "224.0.0.0/4", "172.17.5.0/24"] {
        let of_the_file = site_with("", &[("one", &network(subnet))]);
        assert_eq!(codes(&of_the_file), ["plan/networks-overlap"], "{subnet}");
        let of_the_site = site_with(&format!("[networks.backend]\nsubnet = \"{subnet}\"\n"), &[]);
        assert_eq!(codes(&of_the_site), ["plan/networks-overlap"], "{subnet}");
    }
    for subnet in ["10.5.0.0/16", "172.18.0.0/16", "192.168.3.0/24"] {
        assert_eq!(codes(&site_with("", &[("one", &network(subnet))])), Vec::<&str>::new(), "{subnet}");
    }
    let (one, two) = (network("10.5.0.0/16"), network("10.5.7.0/24"));
    insta::assert_snapshot!(told(&site_with(
        "",
        &[("one", &one), ("two", &two), ("three", &network("203.0.113.0/24"))]
    )));
}

#[test]
fn what_the_site_gives_docker_s_first_network_counts() {
    let backend = "[networks.backend]\nsubnet = \"172.17.5.0/24\"\n";
    let with = |daemon: &str| codes(&site_with(&format!("{backend}[hosts.one.docker.daemon]\n{daemon}"), &[]));
    assert_eq!(with("bip = \"10.9.0.1/24\"\n"), Vec::<&str>::new());
    assert_eq!(with("bip = \"172.17.0.1/16\"\n"), ["plan/networks-overlap"]);
    assert_eq!(with("default-address-pools = [{ base = \"10.8.0.0/16\", size = 24 }]\n"), Vec::<&str>::new());
    assert_eq!(with("default-address-pools = [{ base = \"172.17.0.0/16\", size = 20 }]\n"), ["plan/networks-overlap"]);
}

#[test]
fn a_stand_in_s_address_in_the_lab_says_nothing_about_the_site() {
    let site = site_with("[networks.backend]\nsubnet = \"10.64.0.0/12\"\n", &[]);
    let lab =
        LabOverlay { addresses: [("one".to_owned(), "10.77.0.2".parse().unwrap())].into(), ..LabOverlay::default() };
    assert_eq!(codes(&for_lab(&site, &lab)), Vec::<&str>::new());
}

#[test]
fn a_mistake_in_a_compose_file_is_told_at_its_own_line() {
    let without = "services:\n  web:\n    image: nginx:1.27\n";
    let moving = "services:\n  web:\n    image: nginx:latest\n    healthcheck: { test: [CMD, \"true\"] }\n";
    for (content, code, line) in
        [(without, "service/no-health", "web:"), (moving, "service/moving-image", "nginx:latest")]
    {
        let site = site_with("", &[("one", content)]);
        let problem = problems(&site).remove(0);
        let span = problem.origin.as_ref().and_then(|origin| origin.span()).unwrap();
        assert_eq!((problem.code, span.file.as_str()), (code, "home/one.yml"));
        assert_eq!(&content[span.range.clone()], line);
    }
}
