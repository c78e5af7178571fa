//! Random sites on a fake host: rendered, planned, applied, and then nothing is left to do.
#![allow(clippy::expect_used, reason = "tests, also outside of their #[test] functions")]

mod site;

use piton_config::Site;
use piton_plan::fake::FakeHost;
use piton_plan::{Digest, Facts, Plan, Wanted, lint, make};
use proptest::collection::{btree_map, btree_set};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use site::{DISTRIBUTIONS, Fleet, KEY, facts, render, resolved};

/// A site of two hosts with any of the sections, each with other values than the profile's.
fn site_text() -> impl Strategy<Value = String> {
    let section = |text: &'static str| option::of(Just(text.to_owned())).prop_map(Option::unwrap_or_default);
    let access = option::of((select(vec!["boss", "adminclaw"]), any::<bool>(), any::<bool>())).prop_map(|found| {
        let written = |(admin, service, exclusive): (&str, bool, bool)| {
            let service = if service { "service = \"apps\"\n" } else { "" };
            format!("[access]\nadmin = \"{admin}\"\n{service}keys = [\"{KEY}\"]\nexclusive_keys = {exclusive}\n")
        };
        found.map(written).unwrap_or_default()
    });
    let ssh = option::of((select(vec![22, 222, 2222]), 1..9u8)).prop_map(|found| {
        found
            .map(|(port, tries)| format!("[ssh]\nport = {port}\nsettings = {{ MaxAuthTries = {tries} }}\n"))
            .unwrap_or_default()
    });
    let rules = btree_set(select(vec!["443/tcp", "9100/tcp from 10.0.0.0/24", "53", "any from observe"]), 0..3);
    let filter = option::of((rules, any::<bool>())).prop_map(|found| {
        found
            .map(|(rules, exclusive)| {
                format!("[filter]\nallow = {:?}\nexclusive = {exclusive}\n", Vec::from_iter(rules))
            })
            .unwrap_or_default()
    });
    let sysctl =
        btree_map(select(vec!["net.ipv4.tcp_syncookies", "kernel.kptr_restrict"]), 0..3u8, 0..3).prop_map(|values| {
            values.iter().map(|(key, value)| format!("[sysctl]\n\"{key}\" = {value}\n")).next().unwrap_or_default()
        });
    let extras = (
        section("[[users]]\nname = \"bob\"\nhome = \"/home/bob\"\nsudo = \"all\"\n"),
        section("[[files]]\npath = \"/etc/motd\"\ncontent = \"hello\"\n"),
        section("[[cron]]\nname = \"backup\"\nschedule = \"@daily\"\ncommand = \"true\"\n"),
        section("[[units]]\nname = \"app.service\"\nenabled = true\nactive = true\n"),
    );
    let profile = option::of(Just("profile = \"hardened\"\n"));
    let more = (section("[fail2ban]\n"), section("[updates]\n"), section("[docker]\n"));
    (profile, access, ssh, filter, sysctl, more, extras).prop_map(|(profile, access, ssh, filter, sysctl, more, extras)| {
        // The profile shuts root out, so it needs somebody else to come in.
        let profile = if access.is_empty() { "" } else { profile.unwrap_or_default() };
        let more = [more.0, more.1, more.2, extras.0, extras.1, extras.2, extras.3].concat();
        format!(
            "[site]\nname = \"random\"\n{profile}{access}{ssh}{filter}{sysctl}{more}[mesh]\nrange = \"10.0.0.0/24\"\n\
             [hosts.openclaw]\naddress = \"203.0.113.10\"\nmesh = \"10.0.0.1\"\n\
             [hosts.observe]\naddress = \"203.0.113.20\"\nmesh = \"10.0.0.2\"\n"
        )
    })
}

fn distribution() -> impl Strategy<Value = Facts> {
    select(DISTRIBUTIONS.to_vec()).prop_map(|(id, version, ..)| facts(id, version))
}

fn wanted(site: &Site, facts: &Facts, peer_answers: bool) -> Wanted {
    let mut fleet = Fleet::of(site, facts.clone());
    if !peer_answers {
        fleet.keys.remove("observe");
    }
    render(site, "openclaw", &fleet.known()).expect("a sound site")
}

fn plan(wanted: &Wanted, host: &FakeHost) -> Plan {
    let view = host.look(&wanted.resources);
    make("random", Digest::of("site"), "0.1.0", &[(wanted.clone(), view)], Vec::new())
}

fn apply(wanted: &Wanted, host: &mut FakeHost) {
    plan(wanted, host).hosts.iter().for_each(|part| host.apply(part));
}

/// Random sites are resolved too, which is most of the work.
fn some_cases() -> ProptestConfig {
    ProptestConfig::with_cases(64)
}

proptest! {
    #![proptest_config(some_cases())]

    #[test]
    fn the_plan_after_an_apply_is_empty(first in site_text(), second in site_text(), facts in distribution()) {
        let mut host = FakeHost::empty(facts.clone());
        for text in [&first, &second] {
            let wanted = wanted(&resolved(text), &facts, true);
            apply(&wanted, &mut host);
            let again = plan(&wanted, &host);
            prop_assert!(again.is_empty(), "{again:#?}");
        }
    }

    #[test]
    fn an_emptied_site_gives_the_host_back(text in site_text(), facts in distribution()) {
        let site = resolved(&text);
        let mut host = FakeHost::empty(facts.clone());
        let whole = wanted(&site, &facts, true);
        apply(&whole, &mut host);
        let nothing = Wanted { resources: Vec::new(), ..whole.clone() };
        apply(&nothing, &mut host);
        prop_assert!(host.look(&[]).owned.is_empty());
        prop_assert_eq!(host.look(&whole.resources).observed, FakeHost::empty(facts).look(&whole.resources).observed);
    }

    #[test]
    fn no_site_that_resolves_is_turned_away_by_the_plans_lint(text in site_text(), facts in distribution()) {
        prop_assert_eq!(lint::check(&wanted(&resolved(&text), &facts, true)), []);
    }

    #[test]
    fn a_peer_that_is_away_changes_nothing_but_the_mesh(text in site_text(), facts in distribution()) {
        let site = resolved(&text);
        let mut host = FakeHost::empty(facts.clone());
        apply(&wanted(&site, &facts, true), &mut host);
        let away = plan(&wanted(&site, &facts, false), &host);
        prop_assert_eq!(away.counts(), (0, 0, 0));
        prop_assert_eq!(away.hosts.iter().map(|part| part.waits.len()).sum::<usize>(), 1);
    }

    #[test]
    fn every_file_is_written_by_one_resource(text in site_text(), facts in distribution()) {
        let files = piton_catalog::render(&wanted(&resolved(&text), &facts, true));
        let mut paths: Vec<_> = files.iter().map(|file| &file.path).collect();
        paths.dedup();
        prop_assert_eq!(paths.len(), files.len());
    }
}
