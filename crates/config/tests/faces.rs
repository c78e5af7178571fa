//! What others make of a site: the explanation, the lab's view, the digest, the schema, the reference page.

#![allow(clippy::unwrap_used, reason = "tests, also outside of their #[test] functions")]

mod samples;

use piton_config::{
    LabOverlay, Site, digest_input, examples, explain, for_lab, reference, references, resolve, schema,
};
use samples::{sites, sources};

fn two_vps() -> (&'static str, Site) {
    let text = examples()[0].files[0].1;
    (text, resolve(text, "site.toml", &sources()).unwrap())
}

fn every_section() -> String {
    sites("good").into_iter().find(|(name, _)| name == "every-section").unwrap().1
}

fn table(site: &Site, text: &str, host: Option<&str>) -> String {
    let lines = explain(site, text, host);
    lines.iter().map(|line| format!("{} | {} = {} | {}\n", line.host, line.key, line.value, line.origin)).collect()
}

#[test]
fn every_value_is_explained_with_its_origin() {
    let (text, site) = two_vps();
    insta::assert_snapshot!(table(&site, text, Some("openclaw")));
    assert!(explain(&site, text, None).len() > 2 * explain(&site, text, Some("observe")).len() - 5);
    assert!(explain(&site, text, Some("nobody")).is_empty());
}

#[test]
fn every_section_is_explained_without_the_content_of_files() {
    let text = every_section();
    let site = resolve(&text, "site.toml", &sources()).unwrap();
    let table = table(&site, &text, None);
    assert!(!table.contains("Welcome."), "a file may hold a secret");
    insta::assert_snapshot!(table);
}

#[test]
fn the_lab_has_its_own_addresses_and_key_and_the_same_settings() {
    let (text, site) = two_vps();
    let lab = LabOverlay {
        addresses: [("openclaw".into(), "10.9.0.2".parse().unwrap()), ("observe".into(), "10.9.0.3".parse().unwrap())]
            .into(),
        key: "ssh-ed25519 AAAA lab".into(),
        ..LabOverlay::default()
    };
    let rehearsed = for_lab(&site, &lab);
    let observe = &rehearsed.hosts[1];
    assert_eq!((observe.address.as_str(), observe.first.user.as_str(), observe.first.port), ("10.9.0.3", "root", 22));
    assert_eq!(observe.mesh_endpoint.as_ref().unwrap().value, "10.9.0.3");
    let keys: Vec<&str> = observe.settings.access.as_ref().unwrap().keys.iter().map(|key| key.as_str()).collect();
    assert_eq!(keys, [samples::KEY, "ssh-ed25519 AAAA lab"]);
    assert_eq!(*observe.settings.ssh.as_ref().unwrap().port, 222);
    assert!(table(&rehearsed, text, None).contains("observe | address = 10.9.0.3 | lab"));
}

#[test]
fn a_first_login_that_is_written_is_rehearsed_as_well() {
    let (text, _) = two_vps();
    let text = text.replacen("[hosts.openclaw]", "[hosts.openclaw]\nfirst = \"adminclaw@:222\"", 1);
    let site = resolve(&text, "site.toml", &sources()).unwrap();
    let address = "10.9.0.2".parse().unwrap();
    let addresses = site.hosts.iter().map(|host| (host.name.clone(), address)).collect();
    let rehearsed = for_lab(&site, &LabOverlay { addresses, ..LabOverlay::default() });
    let of = |name: &str| rehearsed.hosts.iter().find(|host| host.name == name).unwrap().first.value.clone();
    assert_eq!((of("openclaw").user.as_str(), of("openclaw").port), ("adminclaw", 222));
    assert_eq!((of("observe").user.as_str(), of("observe").port), ("root", 22));
}

#[test]
fn a_host_without_a_stand_in_is_not_part_of_a_rehearsal() {
    let (_, site) = two_vps();
    let lab =
        LabOverlay { addresses: [("observe".into(), "10.9.0.3".parse().unwrap())].into(), ..LabOverlay::default() };
    let names: Vec<String> = for_lab(&site, &lab).hosts.into_iter().map(|host| host.name).collect();
    assert_eq!(names, ["observe"]);
}

#[test]
fn the_digest_does_not_see_comments_order_or_defaults_written_out() {
    let (text, site) = two_vps();
    let same = format!("# a comment\n\n{}\n", text.replace("range = ", "port = 51820\nrange = "));
    assert_eq!(digest_input(&site), digest_input(&resolve(&same, "other.toml", &sources()).unwrap()));
    let (head, openclaw) = text.split_once("[hosts.openclaw]").unwrap();
    let (openclaw, observe) = openclaw.split_once("[hosts.observe]").unwrap();
    let swapped = format!("{head}[hosts.observe]{observe}\n[hosts.openclaw]{openclaw}");
    assert_eq!(digest_input(&site), digest_input(&resolve(&swapped, "site.toml", &sources()).unwrap()));
}

#[test]
fn the_digest_sees_every_change_of_a_value() {
    let (text, site) = two_vps();
    for (old, new) in
        [("222", "223"), ("10.0.0.2\"", "10.0.0.3\""), ("\"UTC\"", "\"Europe/Berlin\""), (", \"openclaw\"]", "]")]
    {
        let other = resolve(&text.replacen(old, new, 1), "site.toml", &sources()).unwrap();
        assert_ne!(digest_input(&site), digest_input(&other), "{old} → {new}");
    }
    assert!(!digest_input(&site).contains("origin\""), "origins are left out");
}

#[test]
fn everything_that_must_be_read_is_named_with_its_place() {
    let text = every_section();
    let named = references(&text, "site.toml");
    let paths: Vec<&str> = named.iter().map(|reference| reference.path.as_str()).collect();
    assert_eq!(paths, ["keys/operator.pub", "keys/operator.pub", "files/motd"]);
    assert_eq!(&text[named[2].span.range.clone()], "\"files/motd\"");
    assert!(references("[site", "site.toml").is_empty());
}

#[test]
fn the_schema_describes_every_key_and_allows_no_other() {
    let schema = schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["additionalProperties"], false);
    let port = &schema["properties"]["ssh"]["anyOf"][0]["properties"]["port"];
    assert_eq!((port["type"].as_str(), port["maximum"].as_i64()), (Some("integer"), Some(65535)));
    assert!(port["description"].as_str().unwrap().contains("sshd listens"));
    let host = &schema["properties"]["hosts"]["additionalProperties"];
    assert_eq!(host["required"], serde_json::json!(["address"]));
    assert_eq!(host["properties"]["ssh"]["$ref"], "#/properties/ssh");
    insta::assert_snapshot!(serde_json::to_string_pretty(&schema).unwrap());
}

#[test]
fn the_reference_page_tells_every_key_with_its_default() {
    insta::assert_snapshot!(reference());
}

#[test]
fn the_example_names_only_files_that_its_reader_is_told_to_add() {
    for example in examples() {
        let (_, text) = example.files.iter().find(|(path, _)| *path == "site.toml").unwrap();
        let named: Vec<String> = references(text, "site.toml").into_iter().map(|reference| reference.path).collect();
        assert_eq!(named, ["keys/operator.pub"], "{}", example.name);
    }
}
