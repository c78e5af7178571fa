//! The site file: found or not, right or wrong, shown and rendered.

use crate::bench::{Bench, Said};
use std::os::unix::fs::PermissionsExt;

#[test]
fn without_a_site_the_first_step_is_named() {
    insta::assert_snapshot!(Bench::empty().piton(&["plan"]).all());
}

#[test]
fn every_mistake_is_shown_where_it_stands() {
    let bench = Bench::with_site(
        "[site]\nname = \"pair\"\nprofil = \"hardened\"\n\n[ssh]\nport = \"222\"\n\n[hosts.one]\naddress = \"203.0.113.10\"\n",
    );
    insta::assert_snapshot!(bench.piton(&["plan"]).all());
}

#[test]
fn a_program_gets_the_same_mistakes_as_values() {
    let bench = Bench::with_site("[site]\nname = \"pair\"\nprofil = \"hardened\"\n");
    let said = bench.piton(&["plan", "--json"]);
    let value = said.json();
    assert_eq!((value["schema"].as_str(), value["exit"].as_u64()), (Some("piton.error/1"), Some(2)));
    assert!(value["problems"].as_array().is_some_and(|problems| !problems.is_empty()), "{value}");
    assert!(said.err.contains("did you mean"), "people are told as well: {}", said.err);
}

#[test]
fn a_site_is_found_from_a_folder_below_it() {
    let bench = Bench::of_two();
    std::fs::create_dir(bench.path().join("below")).unwrap();
    let output = bench.command(&["show", "openclaw"]).current_dir(bench.path().join("below")).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn each_value_says_where_it_comes_from() {
    let said = Bench::of_two().piton(&["show", "openclaw", "--explain"]);
    let line = |key: &str| said.out.lines().find(|line| line.contains(key)).unwrap_or_default().to_owned();
    assert!(line("ssh.port").contains("site.toml:"), "{}", line("ssh.port"));
    assert!(line("ssh.settings.PermitRootLogin").contains("profile hardened"), "{}", said.out);
    assert!(line("first ").contains("default"), "{}", said.out);
}

#[test]
fn where_no_way_opens_the_old_one_can_be_named() {
    let site =
        "[site]\nname = \"pair\"\n\n[ssh]\nport = 2\n\n[hosts.one]\naddress = \"127.0.0.1\"\nfirst = \"root@:1\"\n";
    let said = Bench::with_site(site).piton(&["plan"]);
    assert_eq!(said.code, Some(4), "{}", said.all());
    let words = said.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("name that: `first = \"user@:port\"` in [hosts.one]"), "{}", said.all());
}

#[test]
fn an_answer_that_cannot_be_written_is_a_failure() {
    for words in [&["show"][..], &["show", "--json"], &["--help"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let said = Said::of(Bench::of_two().command(words).stdout(full).output().unwrap());
        assert_eq!(said.code, Some(1), "{words:?}: {}", said.all());
        assert!(said.err.contains("cannot write the answer to stdout"), "{words:?}: {}", said.err);
    }
}

#[test]
fn a_reader_that_goes_away_has_read_enough() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let said = Said::of(Bench::of_two().command(&["show"]).stdout(writer).output().unwrap());
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
}

#[test]
fn a_host_that_is_not_one_is_wrong_usage() {
    for words in [&["plan", "nobody"][..], &["render", "nobody"], &["show", "nobody"], &["history", "nobody"]] {
        let said = Bench::of_two().piton(words);
        assert_eq!(said.code, Some(2), "{words:?}: {}", said.all());
        assert!(said.err.contains("openclaw, observe"), "{words:?} names the hosts: {}", said.err);
    }
}

#[test]
fn files_are_rendered_below_a_folder_of_ones_own() {
    let bench = Bench::of_two();
    let said = bench.piton(&["render", "--out", "rendered"]);
    assert_eq!(said.code, Some(0), "{}", said.all());
    let file = bench.path().join("rendered/openclaw/etc/wireguard/wg0.conf");
    assert!(std::fs::read_to_string(&file).unwrap().contains("<public key of observe>"));
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o077, 0, "nobody else may read it");
    assert_eq!(bench.piton(&["render", "--json"]).json()["schema"], "piton.render/1");
}

#[test]
fn a_lab_that_is_not_up_says_how_to_boot_it() {
    let bench = Bench::of_two();
    bench.write("site.toml", &include_str!("../../../../examples/two-vps/site.toml").replace("two-vps", "never-up"));
    let said = bench.piton(&["plan", "--lab"]);
    assert_eq!(said.code, Some(2), "{}", said.all());
    assert!(said.err.contains("piton lab up"), "{}", said.err);
}

#[test]
fn hosts_that_do_not_answer_have_an_exit_code_and_a_next_step() {
    let site = "[site]\nname = \"pair\"\n\n[hosts.one]\naddress = \"127.0.0.1\"\nfirst = \"root@:1\"\n\
                [[hosts.one.files]]\npath = \"/etc/motd\"\ncontent = \"hello\"\n";
    let said = Bench::with_site(site).piton(&["plan"]);
    insta::assert_snapshot!(said.all());
    let value = Bench::with_site(site).piton(&["plan", "--json"]).json();
    assert_eq!(value["unreachable"][0]["host"], "one", "never the same as nothing to do");
}

#[test]
fn colours_are_for_terminals_and_for_those_who_ask() {
    let bench = Bench::empty();
    assert!(!bench.piton(&["plan"]).err.contains('\u{1b}'));
    assert!(bench.piton(&["--color", "always", "plan"]).err.contains('\u{1b}'));
    let forced = bench.command(&["plan"]).env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(forced.stderr.contains(&0x1b));
}

#[test]
fn a_lab_needs_a_site_or_names() {
    let said = Bench::empty().piton(&["lab", "up"]);
    assert_eq!(said.code, Some(2), "{}", said.all());
    assert!(said.err.contains("piton lab up a=debian-12"), "{}", said.err);
}

/// An example's folder as somebody has it who has put a key there.
fn example(text: &str) -> Bench {
    let bench = Bench::with_site(text);
    bench.write("keys/operator.pub", include_str!("../../../secrets/tests/data/plain.pub"));
    bench
}

const TWO_VPS_STACK: &str = include_str!("../../../../examples/two-vps-stack/site.toml");

#[test]
fn no_example_has_anything_that_would_keep_it_from_being_applied() {
    for text in [
        TWO_VPS_STACK,
        include_str!("../../../../examples/two-vps/site.toml"),
        include_str!("../../../../examples/single-vps/site.toml"),
    ] {
        let said = example(text).piton(&["check", "site.toml"]);
        assert!(!said.out.contains("error["), "{}", said.all());
    }
}

#[test]
fn a_finding_in_a_rendered_file_is_told_at_the_service_that_it_is_about() {
    let said = example(TWO_VPS_STACK).piton(&["check", "site.toml", "--json"]).json();
    let lines: Vec<&str> = TWO_VPS_STACK.lines().collect();
    let findings = said["findings"].as_array().unwrap();
    let told = findings.iter().find(|finding| finding["rule"] == "am-receiver-empty").unwrap();
    let line = usize::try_from(told["line"].as_u64().unwrap()).unwrap();
    assert_eq!(lines[line - 1], "[services.alertmanager]", "{told}");
}
