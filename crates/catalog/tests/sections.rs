//! What each section makes of what a site says, beyond the values of the example.
#![allow(clippy::expect_used, reason = "tests, also outside of their #[test] functions")]

mod site;

use piton_catalog::CatalogProblem;
use piton_config::Site;
use piton_plan::kind::{Sshd, User};
use piton_plan::{Facts, Key, Resource, Wait, Wanted};
use site::{Fleet, KEY, codes, facts, file, render, resolved, two_vps_with, wanted};
use std::collections::BTreeSet;

fn debian() -> Facts {
    facts("debian", "12")
}

/// A site of one host, `web`, with nothing but what the text says.
fn alone(text: &str) -> Site {
    resolved(&format!("[site]\nname = \"one\"\n{text}\n[hosts.web]\naddress = \"203.0.113.1\"\n"))
}

fn web(text: &str) -> Wanted {
    wanted(&alone(text), "web", debian())
}

fn example(more: &str) -> Wanted {
    wanted(&two_vps_with(more), "openclaw", debian())
}

fn problems(site: &Site, facts: Facts) -> Vec<CatalogProblem> {
    let first = &site.hosts[0].name;
    render(site, first, &Fleet::of(site, facts).known()).expect_err("a problem")
}

fn names(wanted: &Wanted, kind: &str) -> BTreeSet<String> {
    let keys = wanted.resources.iter().map(Resource::key);
    keys.filter(|key| key.kind == kind).map(|key| key.name).collect()
}

fn sshd(wanted: &Wanted) -> Sshd {
    let found = wanted.resources.iter().find_map(|resource| match resource {
        Resource::Sshd(sshd) => Some(sshd.clone()),
        _ => None,
    });
    found.expect("ssh is managed")
}

fn user(wanted: &Wanted, name: &str) -> User {
    let found = wanted.resources.iter().find_map(|resource| match resource {
        Resource::User(user) if user.name == name => Some(user.clone()),
        _ => None,
    });
    found.expect("a user that piton makes")
}

fn setting(wanted: &Wanted, keyword: &str) -> Option<String> {
    let settings = sshd(wanted).settings;
    settings.into_iter().find(|(name, _)| name == keyword).map(|(_, value)| value)
}

#[test]
fn a_site_that_says_nothing_wants_nothing() {
    let wanted = web("");
    assert_eq!(wanted.resources, []);
    assert_eq!(wanted.login.to_string(), "root@203.0.113.1:22");
}

#[test]
fn the_login_is_the_admin_by_the_new_port() {
    let access = format!("[access]\nadmin = \"boss\"\nkeys = [\"{KEY}\"]\n");
    assert_eq!(web(&access).login.to_string(), "boss@203.0.113.1:22");
    assert_eq!(web("[ssh]\nport = 2222\n").login.to_string(), "root@203.0.113.1:2222");
}

#[test]
fn a_host_of_which_nothing_is_known_is_not_rendered() {
    let site = two_vps_with("");
    let mut known = Fleet::of(&site, debian());
    known.keys.remove("openclaw");
    let found = render(&site, "openclaw", &known.known()).expect_err("unknown");
    assert_eq!(found.iter().map(|it| it.code).collect::<Vec<_>>(), ["catalog/unknown-host"]);
}

#[test]
fn a_distribution_that_piton_does_not_know_is_refused() {
    assert_eq!(codes(&two_vps_with(""), facts("fedora", "42")), ["catalog/unknown-distribution"]);
}

#[test]
fn the_admin_alone_may_log_in_unless_the_site_names_others() {
    assert_eq!(setting(&example(""), "AllowUsers").as_deref(), Some("adminclaw"));
    let two = example("[hosts.openclaw.ssh]\nallow_users = [\"adminclaw\", \"deploy\"]\n");
    assert_eq!(setting(&two, "AllowUsers").as_deref(), Some("adminclaw deploy"));
    assert_eq!(setting(&example("[hosts.openclaw.ssh]\nallow_users = []\n"), "AllowUsers"), None);
    assert_eq!(setting(&web("[ssh]\n"), "AllowUsers"), None);
}

#[test]
fn old_names_of_sshd_keywords_become_the_new_ones() {
    let mut site = alone("[ssh]\n");
    let ssh = site.hosts[0].settings.ssh.as_mut().expect("managed");
    let no = piton_config::Valued { value: "no".to_owned(), origin: piton_config::Origin::Default };
    ssh.settings = vec![("challengeresponseauthentication".to_owned(), no)];
    assert_eq!(setting(&wanted(&site, "web", debian()), "KbdInteractiveAuthentication").as_deref(), Some("no"));
}

#[test]
fn the_unit_that_holds_the_port_is_the_hosts() {
    let (service, socket) = (debian(), facts("ubuntu", "24.04"));
    for (text, facts, holds) in [
        ("[ssh]\n", &service, false),
        ("[ssh]\n", &socket, true),
        ("[ssh]\nsocket = \"off\"\n", &service, false),
        ("[ssh]\nsocket = \"on\"\n", &socket, true),
    ] {
        assert_eq!(sshd(&wanted(&alone(text), "web", facts.clone())).socket, holds, "{text}");
    }
    assert_eq!(codes(&alone("[ssh]\nsocket = \"on\"\n"), service), ["catalog/ssh-socket"]);
    assert_eq!(codes(&alone("[ssh]\nsocket = \"off\"\n"), socket), ["catalog/ssh-socket"]);
}

#[test]
fn the_filter_lets_ssh_in_without_being_told() {
    let rule = |text: &str| names(&web(text), "filter_rule");
    assert_eq!(rule("[filter]\n"), ["allow 22/tcp".to_owned()].into());
    assert_eq!(rule("[filter]\n[ssh]\nport = 2222\n"), ["allow 2222/tcp".to_owned()].into());
    let limited = rule("[filter]\nallow = [\"443/tcp\"]\n[ssh]\nport = 2222\n");
    assert_eq!(limited, ["allow 2222/tcp".to_owned(), "allow 443/tcp".into()].into());
}

#[test]
fn from_everywhere_is_a_rule_without_a_from() {
    let wanted = web("[filter]\nallow = [\"443/tcp from 0.0.0.0/0\", \"443/tcp from ::/0\", \"443/tcp\"]\n");
    assert_eq!(names(&wanted, "filter_rule"), ["allow 22/tcp".to_owned(), "allow 443/tcp".into()].into());
    assert_eq!(piton_plan::lint::check(&wanted), []);
}

#[test]
fn ssh_from_one_place_is_not_opened_to_every_other() {
    for rule in ["22/tcp from 203.0.113.0/24", "20:30/tcp from 203.0.113.7", "22/tcp on wg0"] {
        let wanted = web(&format!("[filter]\nallow = [\"{rule}\"]\n"));
        assert_eq!(names(&wanted, "filter_rule").len(), 1, "{rule}");
        assert_eq!(piton_plan::lint::check(&wanted), [], "{rule}");
    }
    let of_a_network = names(&web("[filter]\nallow = [\"any from 10.0.0.0/24\"]\n"), "filter_rule");
    assert!(of_a_network.contains("allow 22/tcp"), "a network that may do anything says nothing of ssh");
}

#[test]
fn a_rule_of_the_users_own_for_ssh_is_enough() {
    let text = "[filter]\nallow = [{ rule = \"22/tcp\", why = \"the team's way in\" }]\n";
    let wanted = web(text);
    assert_eq!(names(&wanted, "filter_rule"), ["allow 22/tcp".to_owned()].into());
    let comment = wanted.resources.iter().find_map(|resource| match resource {
        Resource::FilterRule(rule) => rule.comment.clone(),
        _ => None,
    });
    // Ufw refuses an apostrophe.
    assert_eq!(comment.as_deref(), Some("the team`s way in"));
}

#[test]
fn an_exclusive_filter_names_every_rule_that_may_stay() {
    let only = |wanted: &Wanted| {
        let mut policies = wanted.resources.iter().filter_map(|resource| match resource {
            Resource::FilterPolicy(policy) => Some(policy.only.clone()),
            _ => None,
        });
        policies.next().expect("a policy")
    };
    assert_eq!(only(&example("")), None);
    let exclusive = example("[hosts.openclaw.filter]\nexclusive = true\n");
    assert_eq!(only(&exclusive), Some(names(&exclusive, "filter_rule")));
    assert_eq!(names(&exclusive, "filter_rule").len(), 4);
}

#[test]
fn fail2ban_reads_the_journal_only_with_its_library() {
    let library = |text: &str| names(&web(text), "package").contains("python3-systemd");
    assert!(library("[fail2ban]\n"));
    assert!(!library("[fail2ban]\nbackend = \"polling\"\n"));
}

#[test]
fn fail2ban_never_bans_the_mesh_or_whom_the_site_names() {
    let ignored = |wanted: &Wanted| {
        let text = file(wanted, "/etc/fail2ban/jail.local").expect("a jail");
        text.lines().find_map(|line| line.strip_prefix("ignoreip = ")).expect("a line").to_owned()
    };
    assert_eq!(ignored(&web("[fail2ban]\n")), "127.0.0.1/8 ::1");
    let more = "[hosts.openclaw.fail2ban]\nignore = [\"198.51.100.7\"]\n";
    assert_eq!(ignored(&example(more)), "127.0.0.1/8 ::1 10.0.0.0/24 198.51.100.7");
}

#[test]
fn updates_without_an_archive_are_refused_with_their_line() {
    let site = alone("[updates]\norigins = [\"esm-apps\"]\n");
    let found = problems(&site, debian());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].code, "catalog/no-origin");
    assert!(matches!(found[0].origin, Some(piton_config::Origin::Written(_))));
    assert_eq!(codes(&site, facts("ubuntu", "24.04")), [""; 0]);
}

#[test]
fn a_package_that_a_distribution_lost_is_left_out_there() {
    let site = two_vps_with("");
    let named = |id, version| names(&wanted(&site, "openclaw", facts(id, version)), "package");
    assert!(named("debian", "12").contains("software-properties-common"));
    assert!(!named("debian", "13").contains("software-properties-common"));
}

#[test]
fn a_package_comes_with_what_a_distribution_split_off_it() {
    let named = |version| names(&wanted(&two_vps_with(""), "openclaw", facts("debian", version)), "package");
    assert!(!named("12").contains("docker-cli"));
    assert!(named("13").contains("docker-cli"));
}

#[test]
fn every_package_is_wanted_once() {
    let text = "[docker]\npackages = [\"docker.io\", \"ufw\"]\n[filter]\n[fail2ban]\n";
    let text = format!("packages = [\"ufw\", \"docker.io\", \"python3-systemd\"]\n{text}");
    let wanted = web(&text);
    assert_eq!(piton_plan::lint::check(&wanted), []);
    let needed = ["docker.io", "fail2ban", "iptables", "python3-systemd", "ufw"].map(str::to_owned);
    assert_eq!(names(&wanted, "package"), needed.into());
}

#[test]
fn resources_bring_the_packages_that_they_need() {
    let text = "[[cron]]\nname = \"backup\"\nschedule = \"@daily\"\ncommand = \"true\"\n";
    assert_eq!(names(&web(text), "package"), ["cron".to_owned()].into());
}

#[test]
fn the_mesh_waits_for_a_peer_that_did_not_answer() {
    let site = two_vps_with("");
    let mut fleet = Fleet::of(&site, debian());
    fleet.keys.remove("observe");
    let wanted = render(&site, "openclaw", &fleet.known()).expect("the rest can be rendered");
    let key = Key { kind: "wireguard".into(), name: "wg0".into() };
    let reason = "waits for `observe`, whose key is not known yet".to_owned();
    assert_eq!(wanted.waits, [Wait { key, reason }]);
    assert!(names(&wanted, "wireguard").is_empty());
    assert!(names(&wanted, "package").contains("wireguard-tools"));
}

#[test]
fn the_mesh_waits_where_a_host_answers_with_the_key_of_another() {
    let site = two_vps_with("");
    let mut fleet = Fleet::of(&site, debian());
    fleet.keys.insert("observe".into(), site::mesh_key("openclaw"));
    let wanted = render(&site, "openclaw", &fleet.known()).expect("the rest can be rendered");
    let reasons: Vec<&str> = wanted.waits.iter().map(|wait| wait.reason.as_str()).collect();
    assert_eq!(reasons, ["waits for `openclaw`, which has the same key as `observe`; one is a copy"]);
    assert!(names(&wanted, "wireguard").is_empty());
}

#[test]
fn a_host_outside_of_the_mesh_has_no_part_in_it() {
    let text = "[mesh]\nrange = \"10.0.0.0/24\"\n[hosts.alone]\naddress = \"203.0.113.9\"\n\
                [hosts.in]\naddress = \"203.0.113.8\"\nmesh = \"10.0.0.1\"\n";
    let site = resolved(&format!("[site]\nname = \"x\"\n{text}"));
    assert!(names(&wanted(&site, "alone", debian()), "wireguard").is_empty());
    let inside = wanted(&site, "in", debian());
    assert_eq!(names(&inside, "wireguard"), ["wg0".to_owned()].into());
    assert!(!file(&inside, "/etc/wireguard/wg0.conf").expect("its file").contains("[Peer]"));
}

#[test]
fn peers_are_found_where_the_site_says() {
    let endpoint = |address: &str, more: &str| {
        let text = format!(
            "[site]\nname = \"x\"\n[mesh]\nrange = \"fd00::/64\"\n[hosts.a]\naddress = \"203.0.113.8\"\n\
             mesh = \"fd00::1\"\n[hosts.b]\naddress = \"{address}\"\nmesh = \"fd00::2\"\n{more}"
        );
        let conf = file(&wanted(&resolved(&text), "a", debian()), "/etc/wireguard/wg0.conf").expect("its file");
        assert!(conf.contains("Address = fd00::1/64") && conf.contains("AllowedIPs = fd00::2/128"), "{conf}");
        conf.lines().find_map(|line| line.strip_prefix("Endpoint = ")).expect("an endpoint").to_owned()
    };
    assert_eq!(endpoint("203.0.113.9", ""), "203.0.113.9:51820");
    assert_eq!(endpoint("2001:db8::9", ""), "[2001:db8::9]:51820");
    assert_eq!(endpoint("b.example.org", ""), "b.example.org:51820");
    assert_eq!(endpoint("b", "endpoint = \"198.51.100.1\"\n"), "198.51.100.1:51820");
}

#[test]
fn a_peer_that_only_ssh_can_name_needs_an_endpoint() {
    let text = "[site]\nname = \"x\"\n[mesh]\nrange = \"10.0.0.0/24\"\n[hosts.a]\naddress = \"203.0.113.8\"\n\
                mesh = \"10.0.0.1\"\n[hosts.b]\naddress = \"backup-box\"\nmesh = \"10.0.0.2\"\n";
    let found = problems(&resolved(text), debian());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].code, "catalog/mesh-endpoint");
    assert!(found[0].help.contains("[hosts.b]"), "{}", found[0].help);
}

#[test]
fn who_is_not_listed_for_docker_leaves_its_group() {
    let wanted = example("[hosts.openclaw.docker]\nusers = [\"openclaw\"]\n");
    assert!(user(&wanted, "openclaw").groups.contains("docker"));
    assert!(!user(&wanted, "openclaw").forbidden_groups.contains("docker"));
    assert!(!user(&wanted, "adminclaw").groups.contains("docker"));
    assert!(user(&wanted, "adminclaw").forbidden_groups.contains("docker"));
}

#[test]
fn the_service_user_is_in_dockers_group_only_where_it_is_named() {
    let access = format!("[access]\nadmin = \"ada\"\nservice = \"app\"\nkeys = [\"{KEY}\"]\n");
    let wanted = web(&format!("{access}[docker]\n"));
    assert!(
        !user(&wanted, "app").groups.contains("docker") && user(&wanted, "app").forbidden_groups.contains("docker")
    );
    assert!(user(&wanted, "ada").groups.contains("docker"), "it becomes root anyway");
}

#[test]
fn a_stranger_cannot_be_listed_for_docker() {
    let site = two_vps_with("[hosts.openclaw.docker]\nusers = [\"ubuntu\"]\n");
    assert_eq!(codes(&site, debian()), ["catalog/docker-user"]);
    let made = two_vps_with("[hosts.openclaw.docker]\nusers = [\"bob\"]\n[[users]]\nname = \"bob\"\n");
    assert_eq!(codes(&made, debian()), [""; 0]);
    assert!(user(&wanted(&made, "openclaw", debian()), "bob").groups.contains("docker"));
}

#[test]
fn the_service_user_is_kept_out_of_every_group_that_is_root() {
    let service = user(&example(""), "openclaw");
    for group in ["sudo", "admin", "wheel", "root", "lxd", "disk"] {
        assert!(service.forbidden_groups.contains(group), "{group}");
    }
    assert!(service.groups.is_disjoint(&service.forbidden_groups));
}

#[test]
fn a_user_of_the_sites_own_gets_what_is_written() {
    let text = format!(
        "[[users]]\nname = \"deploy\"\nhome = \"/srv/deploy\"\ngroups = [\"www-data\"]\nkeys = [\"{KEY}\"]\n\
         sudo = [\"/usr/bin/systemctl restart app\"]\n"
    );
    let wanted = web(&text);
    assert_eq!(user(&wanted, "deploy").groups, ["www-data".to_owned()].into());
    assert_eq!(file(&wanted, "/srv/deploy/.ssh/authorized_keys"), Some(format!("{KEY}\n")));
    let sudoers = file(&wanted, "/etc/sudoers.d/90-piton-deploy").expect("sudo");
    assert_eq!(sudoers, "deploy ALL=(root) NOPASSWD: /usr/bin/systemctl restart app\n");
}

#[test]
fn a_line_break_cannot_make_a_second_cron_entry() {
    let text = "[[cron]]\nname = \"backup\"\nschedule = \"@daily\"\ncommand = \"true\"\n";
    let mut site = alone(text);
    site.hosts[0].settings.cron[0].command.value = "true\n* * * * * root evil".into();
    assert_eq!(codes(&site, debian()), ["catalog/line-break"]);
}

#[test]
fn two_resources_cannot_write_one_file() {
    let text = "[fail2ban]\n[[files]]\npath = \"/etc/fail2ban/jail.local\"\ncontent = \"\"\n";
    let found = problems(&alone(text), debian());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].code, "catalog/same-path");
    assert!(found[0].what.contains("jail jail.local") && found[0].what.contains("file /etc"), "{}", found[0].what);
}

#[test]
fn what_the_site_adds_of_its_own_is_wanted_as_it_says() {
    let text = "[[groups]]\nname = \"apps\"\n[[directories]]\npath = \"/srv/app\"\nmode = \"0700\"\n\
                [[files]]\npath = \"/srv/app/conf\"\ncontent = \"x\"\nmode = \"0600\"\nreloads = [\"app.service\"]\n\
                [[links]]\npath = \"/srv/link\"\ntarget = \"/srv/app\"\n\
                [[timers]]\nname = \"sync\"\ncalendar = \"daily\"\ncommand = \"/bin/true\"\n\
                [[units]]\nname = \"app.service\"\nenabled = true\n";
    let wanted = web(text);
    let kinds = ["group", "directory", "file", "link", "timer", "unit"].map(|kind| names(&wanted, kind).len());
    assert_eq!(kinds, [1; 6]);
    let modes: Vec<_> = piton_catalog::render(&wanted).iter().map(|file| (file.path.clone(), file.mode.0)).collect();
    assert!(modes.contains(&("/srv/app/conf".into(), 0o600)), "{modes:?}");
}
