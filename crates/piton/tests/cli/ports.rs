//! The port table of a site, foretold: no host is asked.

use crate::bench::Bench;

const TWO: &str = include_str!("../../../../examples/two-vps-stack/site.toml");
const ONE: &str = include_str!("../../../../examples/single-vps/site.toml");

#[test]
fn every_port_of_two_servers_is_foretold() {
    insta::assert_snapshot!(Bench::with_site(TWO).piton(&["reach", "--foretell"]).all());
}

#[test]
fn every_port_of_one_server_is_foretold() {
    insta::assert_snapshot!(Bench::with_site(ONE).piton(&["reach", "--foretell"]).all());
}

#[test]
fn a_program_gets_the_table_as_values() {
    let said = Bench::with_site(TWO).piton(&["reach", "--foretell", "--json"]);
    let value = said.json();
    assert_eq!(value["schema"], "piton.ports/1");
    let openclaw = &value["hosts"][0];
    assert_eq!((&openclaw["host"], &openclaw["foretold"]), (&"openclaw".into(), &true.into()));
    let rows = openclaw["rows"].as_array().unwrap();
    let gateway = rows.iter().find(|row| row["port"] == 18789).unwrap();
    assert_eq!((&gateway["protocol"], &gateway["behind"]), (&"tcp".into(), &"openclaw".into()));
    assert_eq!(gateway["bound"], serde_json::json!(["10.0.0.1", "127.0.0.1"]));
    assert_eq!(gateway["page"], serde_json::json!({ "domain": "claw.example.org", "by": "cloudflared" }));
    let world = gateway["open_to"].as_array().unwrap().iter().find(|pair| pair[0] == "world").unwrap();
    assert_eq!(world[1]["verdict"], "closed");
}

#[test]
fn one_host_is_foretold_with_the_lines_that_decide() {
    let said = Bench::with_site(TWO).piton(&[
        "reach",
        "openclaw",
        "--foretell",
        "--from",
        "world",
        "--to",
        "10.0.0.1:9100",
        "--why",
    ]);
    assert_eq!(said.code, Some(0), "{}", said.all());
    assert!(said.out.contains("from the world: closed") && said.out.contains("policy drop"), "{}", said.out);
}

const COMPOSE: &str = "services:
  gateway:
    image: openclaw:2026.2.17
    ports:
      - \"18789:18789\"
    healthcheck: { test: [CMD, \"true\"] }
";

#[test]
fn a_published_port_that_passes_the_filter_by_is_named_with_its_line() {
    let site = "[site]\nname = \"one\"\nprofile = \"hardened\"\n\n[access]\nadmin = \"boss\"\nkeys = [\"keys/operator.pub\"]\n\n[docker]\n\n\
                [hosts.openclaw]\naddress = \"203.0.113.10\"\n\n\
                [services.gateway]\nis = \"compose\"\ntemplates = { \"docker-compose.yml\" = \"overrides/gateway.yml\" }\n";
    let bench = Bench::with_site(site);
    bench.write("overrides/gateway.yml", COMPOSE);
    insta::assert_snapshot!(bench.piton(&["reach", "openclaw", "--foretell", "--to", "18789"]).all());
}

#[test]
fn hosts_that_do_not_answer_are_foretold_and_it_is_said() {
    let site = "[site]\nname = \"one\"\nprofile = \"hardened\"\n\n[access]\nadmin = \"boss\"\nkeys = [\"keys/operator.pub\"]\n\n[ssh]\nport = 1\n\n\
                [hosts.one]\naddress = \"127.0.0.1\"\nfirst = \"root@:1\"\n";
    let said = Bench::with_site(site).piton(&["reach"]);
    assert_eq!(said.code, Some(4), "{}", said.all());
    assert!(said.out.contains("Foretold from the site for one"), "{}", said.all());
    assert!(said.err.contains("127.0.0.1"), "{}", said.all());
}

#[test]
fn two_stacks_with_one_subnet_are_refused_before_any_host_is_asked() {
    let compose = |name: &str| {
        format!("[services.{name}]\nis = \"compose\"\ntemplates = {{ \"docker-compose.yml\" = \"{name}.yml\" }}\n\n")
    };
    let site = format!(
        "[site]\nname = \"one\"\n\n[docker]\n\n[hosts.one]\naddress = \"127.0.0.1\"\n\n{}{}",
        compose("one"),
        compose("two")
    );
    let bench = Bench::with_site(&site);
    for (name, subnet) in [("one", "172.29.0.0/16"), ("two", "172.29.3.0/24")] {
        let networks = format!("networks: {{ inner: {{ ipam: {{ config: [{{ subnet: {subnet} }}] }} }} }}\n");
        bench.write(&format!("{name}.yml"), &format!("{COMPOSE}{networks}").replace("18789:18789", "127.0.0.1:1:1"));
    }
    let said = bench.piton(&["reach", "--foretell"]);
    assert_eq!(said.code, Some(2), "{}", said.all());
    let networks = "error[plan/networks-overlap]: the network two_inner has 172.29.3.0/24, which overlaps 172.29.0.0/16: the network one_inner";
    let ports = "error[catalog/port-taken]: `gateway` of `one` and `gateway` of `two` both want 1/tcp of the host";
    for words in [networks, " --> one.yml:7:49", " --> two.yml:7:49", ports, " --> one.yml:5:9", " --> two.yml:5:9"] {
        assert!(said.err.contains(words), "{words}: {}", said.all());
    }
    // The same by `check`, at the same lines.
    let said = bench.piton(&["check", "."]);
    let place =
        "error[site-invalid]: `gateway` of `one` and `gateway` of `two` both want 1/tcp of the host\n --> two.yml:5:9";
    assert!(said.out.contains(place), "{}", said.all());
    // What a rule says of a file by itself is not said of the site once more.
    let one = std::fs::read_to_string(bench.path().join("one.yml")).unwrap();
    let other =
        "  other: { image: \"acme/other:1\", healthcheck: { test: [CMD, other] }, ports: [\"127.0.0.1:1:1\"] }\n";
    bench.write("one.yml", &one.replacen("services:\n", &format!("services:\n{other}"), 1));
    let out = bench.piton(&["check", "."]).out;
    assert!(out.contains("error[compose-duplicate-host-port]: port 1 of the host is taken by"), "{out}");
    assert!(!out.contains("`other` of `one` and `gateway` of `one` both want"), "{out}");
}

#[test]
fn a_range_of_ports_is_one_line_and_one_refusal() {
    let site = "[site]\nname = \"one\"\n\n[docker]\n\n[hosts.one]\naddress = \"203.0.113.10\"\n\n\
                [services.one]\nis = \"compose\"\ntemplates = { \"docker-compose.yml\" = \"one.yml\" }\n";
    let bench = Bench::with_site(site);
    bench.write("one.yml", &COMPOSE.replace("18789:18789", "8000-8099:8000-8099"));
    let said = bench.piton(&["reach", "--foretell"]);
    assert_eq!(said.code, Some(1), "{}", said.all());
    assert!(said.out.contains("8000-8099/tcp"), "{}", said.all());
    assert_eq!(said.err.matches("would become open to the world").count(), 1, "{}", said.all());
    assert!(said.err.contains("8000-8099/tcp (one-gateway-1)"), "{}", said.all());
}
