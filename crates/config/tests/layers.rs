//! What wins over what: piton's defaults, the profile, the site, the host.

#![allow(clippy::unwrap_used, reason = "tests, also outside of their #[test] functions")]

mod samples;

use piton_config::{Host, Origin, Policy, RuleAction, Site, SocketActivation, resolve};
use samples::{sites, sources};

fn site(text: &str) -> Site {
    resolve(text, "site.toml", &sources()).unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(|problem| problem.to_text(text)).collect::<String>());
    })
}

/// A site of one host under a profile, with lines added for the site and for the host.
fn host(profile: &str, site_lines: &str, host_lines: &str) -> Host {
    let access = "[access]\nadmin = \"ops\"\nkeys = [\"keys/operator.pub\"]\n";
    let text = format!(
        "[site]\nname = \"one\"\nprofile = \"{profile}\"\n{access}{site_lines}\n[hosts.only]\naddress = \"a\"\n{host_lines}\n"
    );
    site(&text).hosts.remove(0)
}

fn every_section() -> Site {
    site(&sites("good").into_iter().find(|(name, _)| name == "every-section").unwrap().1)
}

#[test]
fn every_good_site_resolves() {
    let sites = sites("good");
    assert!(sites.len() >= 3);
    sites.iter().for_each(|(_, text)| drop(site(text)));
}

#[test]
fn a_value_comes_from_the_nearest_layer_and_says_so() {
    let port = |host: Host| host.settings.ssh.unwrap().port;
    let default = port(host("none", "[ssh]", ""));
    assert_eq!((default.value, default.origin), (22, Origin::Default));
    let profile = port(host("hardened", "", ""));
    assert_eq!((profile.value, profile.origin), (222, Origin::Profile("hardened".into())));
    let written = port(host("hardened", "[ssh]\nport = 2222", ""));
    assert_eq!(written.value, 2222);
    assert!(matches!(written.origin, Origin::Written(_)));
    assert_eq!(port(host("hardened", "[ssh]\nport = 2222", "[hosts.only.ssh]\nport = 2020")).value, 2020);
}

#[test]
fn a_section_that_nobody_has_is_not_managed() {
    let settings = host("none", "", "").settings;
    assert!(settings.ssh.is_none() && settings.filter.is_none() && settings.fail2ban.is_none());
    assert!(settings.updates.is_none() && settings.docker.is_none() && settings.mesh.is_none());
    assert!(settings.sysctl.is_empty() && settings.packages.is_empty());
}

#[test]
fn a_profile_fills_in_docker_but_does_not_bring_it() {
    assert!(host("hardened", "", "").settings.docker.is_none());
    assert!(host("hardened", "[docker]", "").settings.docker.unwrap().daemon.contains_key("live-restore"));
    assert!(host("none", "[docker]", "").settings.docker.unwrap().daemon.is_empty());
}

#[test]
fn false_switches_off_what_came_from_farther_away() {
    assert!(host("hardened", "", "filter = false").settings.filter.is_none());
    assert!(host("hardened", "", "fail2ban = false").settings.fail2ban.is_none());
    assert!(host("hardened", "[docker]", "docker = false").settings.docker.is_none());
    assert!(host("hardened", "", "sysctl = false").settings.sysctl.is_empty());
}

#[test]
fn true_brings_a_section_back_with_its_defaults() {
    let settings = host("hardened", "", "docker = true").settings;
    assert!(settings.docker.unwrap().daemon.contains_key("live-restore"));
}

#[test]
fn a_host_may_choose_another_profile() {
    let site = every_section();
    let plain = &site.hosts[2];
    assert!(plain.settings.fail2ban.is_some(), "[fail2ban] is the site's own");
    assert_eq!(*plain.settings.fail2ban.as_ref().unwrap().bantime, "10m", "without the profile's values");
    assert!(plain.settings.ssh.is_none() && plain.settings.filter.is_none());
}

#[test]
fn lists_of_packages_and_rules_add_up_and_name_each_thing_once() {
    let site = every_section();
    let packages: Vec<&str> = site.hosts[0].settings.packages.iter().map(|package| package.as_str()).collect();
    assert_eq!(packages.iter().filter(|name| **name == "ncdu").count(), 1);
    assert_eq!(packages.last(), Some(&"tree"));
    let rules: Vec<String> =
        site.hosts[0].settings.filter.as_ref().unwrap().rules.iter().map(|rule| rule.to_string()).collect();
    assert_eq!(rules, ["any from 198.51.100.0/24", "limit 25/tcp on eth0", "9100/tcp from fd00::2", "443/tcp"]);
}

#[test]
fn denials_stand_before_allowances_and_the_host_has_the_last_word_on_why() {
    let site = every_section();
    let filter = site.hosts[0].settings.filter.as_ref().unwrap();
    assert_eq!(filter.rules[0].action, RuleAction::Deny);
    assert_eq!(filter.rules[3].why.as_deref(), Some("this host's own words"));
    assert_eq!(*filter.incoming, Policy::Reject);
}

#[test]
fn sshd_keywords_are_merged_whatever_their_case() {
    let site = every_section();
    let setting = |host: usize, name: &str| -> Vec<String> {
        let settings = &site.hosts[host].settings.ssh.as_ref().unwrap().settings;
        settings.iter().filter(|(keyword, _)| keyword == name).map(|(_, value)| value.value.clone()).collect()
    };
    assert_eq!(setting(0, "MaxAuthTries"), ["5"]);
    assert_eq!(setting(1, "MaxAuthTries"), ["2"]);
    assert_eq!(setting(0, "X11Forwarding"), ["yes"]);
    assert_eq!(setting(0, "HostKey"), ["/etc/ssh/a", "/etc/ssh/b"]);
    assert_eq!(setting(0, "AuthenticationMethods"), ["publickey password"]);
    assert_eq!(setting(0, "PasswordAuthentication"), ["no"]);
}

#[test]
fn kernel_parameters_are_the_same_with_and_without_quotes() {
    let site = every_section();
    let sysctl = &site.hosts[0].settings.sysctl;
    assert_eq!(*sysctl["net.ipv4.tcp_syncookies"], "0");
    assert_eq!(*sysctl["net.ipv4.tcp_rmem"], "4096 87380 6291456");
    assert_eq!(*sysctl["kernel.kptr_restrict"], "2");
}

#[test]
fn daemon_json_is_merged_table_by_table() {
    let site = every_section();
    let daemon = &site.hosts[0].settings.docker.as_ref().unwrap().daemon;
    assert_eq!(daemon["log-opts"].value, serde_json::json!({ "max-size": "10m", "max-file": "5" }));
    assert_eq!(daemon["mtu"].value, 1280);
    assert!(site.hosts[1].settings.docker.is_none());
}

#[test]
fn a_member_may_have_a_port_of_its_own() {
    let site = every_section();
    assert_eq!(*site.hosts[0].settings.mesh.as_ref().unwrap().port, 51820);
    assert_eq!(*site.hosts[1].settings.mesh.as_ref().unwrap().port, 51999);
    assert_eq!(*site.hosts[1].settings.mesh.as_ref().unwrap().interface, "mesh0");
    assert!(site.hosts[2].settings.mesh.is_none() && site.hosts[2].mesh_address.is_none());
}

#[test]
fn a_host_entry_stands_in_for_the_site_entry_of_the_same_path() {
    let site = every_section();
    let file = |host: usize| &site.hosts[host].settings.files;
    assert_eq!((file(0).len(), file(0)[0].content.as_str(), *file(0)[0].mode), (1, "Not the site's.\n", 0o600));
    assert_eq!((file(1).len(), file(1)[0].content.as_str(), *file(1)[0].mode), (1, "Welcome.\n", 0o644));
}

#[test]
fn entries_start_from_their_defaults() {
    let site = every_section();
    let user = &site.hosts[0].settings.users[0];
    assert_eq!((user.shell.as_str(), user.home.as_str(), *user.home_mode), ("/bin/bash", "/home/backup", 0o750));
    assert_eq!(user.keys[0].value, samples::KEY);
    assert_eq!(*site.hosts[0].settings.directories[0].mode, 0o2750);
    assert_eq!(*site.hosts[0].settings.cron[0].user, "root");
}

#[test]
fn the_first_login_may_be_told_in_every_form() {
    let first = |line: &str| {
        let first = host("hardened", "", line).first.value;
        (first.user, first.port)
    };
    assert_eq!(first(""), ("root".into(), 22));
    assert_eq!(first("first = \"ubuntu\""), ("ubuntu".into(), 22));
    assert_eq!(first("first = \"ubuntu@:2222\""), ("ubuntu".into(), 2222));
    assert_eq!(first("first = \":2222\""), ("root".into(), 2222));
    assert_eq!(first("first = { user = \"debian\" }"), ("debian".into(), 22));
}

#[test]
fn one_key_named_twice_is_one_key() {
    let site = every_section();
    assert_eq!(site.hosts[0].settings.access.as_ref().unwrap().keys.len(), 1);
    assert_eq!(*site.hosts[1].settings.ssh.as_ref().unwrap().socket, SocketActivation::Off);
}
