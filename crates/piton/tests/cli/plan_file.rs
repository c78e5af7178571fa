//! Saved plans: read whole or not at all, and never applied without somebody's word.

use crate::bench::Bench;
use piton_plan::{Aim, Digest, Facts, HostView, Login, Plan, Resource, Wanted, kind};

fn plan() -> Plan {
    let file = piton_plan::FileSpec::of_root("/etc/motd", "hello\n");
    let resource: Resource = kind::File { file, reloads: Vec::new() }.into();
    let login = Login { address: "127.0.0.1".into(), user: Some("root".into()), port: Some(1) };
    let wanted = Wanted { host: "one".into(), login, resources: vec![resource.clone()], waits: Vec::new() };
    let view = HostView {
        facts: Facts::assumed("one"),
        generation: 4,
        owned: Vec::new(),
        observed: vec![(resource.key(), resource.nothing())],
    };
    piton_plan::make("pair", Digest::of("site"), env!("CARGO_PKG_VERSION"), &[(wanted, view)], Vec::new())
}

const SITE: &str = "[site]\nname = \"pair\"\n\n[hosts.one]\naddress = \"127.0.0.1\"\nfirst = \"root@:1\"\n";

fn bench(text: &str) -> Bench {
    let bench = Bench::with_site(SITE);
    bench.write("plan.json", text);
    bench
}

fn saved() -> String {
    serde_json::to_string_pretty(&plan()).unwrap()
}

#[test]
fn a_saved_plan_is_shown_in_words() {
    insta::assert_snapshot!(bench(&saved()).piton(&["show", "plan.json"]).all());
}

#[test]
fn a_plan_that_was_changed_is_refused() {
    let altered = saved().replace("hello", "hullo");
    let said = bench(&altered).piton(&["apply", "plan.json", "--yes"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("error[plan/altered]"), "{}", said.err);
}

#[test]
fn a_plan_of_another_piton_is_refused() {
    let other = Plan { version: "0.0.1".into(), ..plan() };
    let said = bench(&serde_json::to_string(&other).unwrap()).piton(&["apply", "plan.json", "--yes"]);
    assert_eq!(said.code, Some(2), "{}", said.all());
}

#[test]
fn a_plan_for_the_lab_is_never_carried_out_on_the_real_hosts() {
    let of_lab = serde_json::to_string(&plan().aimed_at(Aim::Lab)).unwrap();
    let said = bench(&of_lab).piton(&["apply", "plan.json", "--yes"]);
    assert_eq!(said.code, Some(2), "{}", said.all());
    assert!(said.err.contains("error[plan/for-the-lab]") && said.err.contains("--lab"), "{}", said.err);
    let shown = bench(&of_lab).piton(&["show", "plan.json"]);
    assert!(shown.out.contains("of the lab"), "{}", shown.out);
}

#[test]
fn a_plan_is_not_carried_out_at_an_address_that_the_site_has_for_it_no_more() {
    for site in [SITE.replace("\"127.0.0.1\"", "\"127.0.0.2\""), SITE.replace("hosts.one", "hosts.two")] {
        let bench = Bench::with_site(&site);
        bench.write("plan.json", &saved());
        let said = bench.piton(&["apply", "plan.json", "--yes"]);
        assert_eq!(said.code, Some(2), "{}", said.all());
        assert!(said.err.contains("error[plan/elsewhere]"), "{}", said.err);
        assert!(said.err.contains("127.0.0.1"), "{}", said.err);
    }
}

#[test]
fn what_is_no_plan_is_said_to_be_none() {
    for text in ["", "{}", "[1]", "{\"schema\":\"piton.plan/9\"}"] {
        let said = bench(text).piton(&["apply", "plan.json", "--yes"]);
        assert_eq!(said.code, Some(2), "{text}: {}", said.all());
    }
}

#[test]
fn nothing_is_applied_unless_somebody_agrees() {
    let said = bench(&saved()).piton(&["apply", "plan.json"]);
    assert_eq!(said.code, Some(2), "{}", said.all());
    assert!(said.err.contains("--yes"), "{}", said.err);
}

#[test]
fn a_plan_for_a_host_that_is_gone_ends_as_unreachable_and_in_one_result() {
    let said = bench(&saved()).piton(&["apply", "plan.json", "--yes", "--json"]);
    assert_eq!(said.code, Some(4), "{}", said.all());
    let lines: Vec<serde_json::Value> = said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().all(|line| line["schema"].is_string()), "{}", said.out);
    assert_eq!(lines.iter().filter(|line| line["event"] == "result").count(), 1, "{}", said.out);
    assert_eq!(lines.last().unwrap()["hosts"][0]["outcome"], "unreachable");
}

#[test]
fn whoever_reads_only_the_head_hears_no_complaint() {
    let bench = bench(&saved());
    let mut child = bench
        .command(&["show", "plan.json"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}
