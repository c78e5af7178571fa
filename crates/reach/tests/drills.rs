//! The drills that must be refused before anything is touched, each as a plan that would do it.
//!
//! Numbers and names are those of the list of drills. Several of them the site's checks stop as
//! well; here the proof alone must, whatever made the plan.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests, also outside of their #[test] functions")]

mod stand;

use piton_plan::FileSpec;
use piton_plan::kind;
use piton_plan::kind::filter_policy::Policy;
use piton_plan::kind::filter_rule::{FilterRule, Protocol};
use piton_reach::prove::Cause;
use piton_reach::{Refusal, prove};
use stand::*;

/// The refusal, and that one of its lines says this.
fn refused(plan: &piton_plan::HostPlan, state: &piton_reach::State, says: &str) -> Refusal {
    let refusal = prove(state, plan, &way_of(state)).expect_err("it must be refused");
    let lines: Vec<String> = refusal.because().iter().map(ToString::to_string).collect();
    assert!(lines.iter().any(|line| line.contains(says)), "{refusal}: {lines:?}");
    refusal
}

#[test]
fn drill_1_a_new_port_without_a_rule() {
    let state = hardened();
    let plan = plan("adminclaw", 2222, vec![], vec![change(sshd(&[2222], &[]))]);
    let refusal = refused(&plan, &state, "policy drop");
    assert!(matches!(*refusal.cause, Cause::NotYet { .. }), "{refusal}");
}

#[test]
fn drill_2_deny_everything_and_no_rule_for_ssh() {
    let state = fresh();
    let plan = plan("root", 22, vec![add(package("ufw"))], vec![add(policy(Policy::Deny))]);
    let refusal = refused(&plan, &state, "policy drop");
    assert_eq!(refusal.to_string(), "after `filter_policy ufw` you would not get in any more as root on port 22");
}

#[test]
fn drill_3_allow_users_without_the_operator() {
    let state = hardened();
    let plan = plan("adminclaw", 222, vec![], vec![change(sshd(&[222], &[("AllowUsers", "deploy")]))]);
    refused(&plan, &state, "AllowUsers deploy");
}

#[test]
fn drill_4_root_off_while_nobody_else_gets_in() {
    let state = fresh();
    let plan = plan("root", 22, vec![], vec![change(sshd(&[22], &[("PermitRootLogin", "no")]))]);
    refused(&plan, &state, "PermitRootLogin no");
}

#[test]
fn drill_5_listening_on_the_mesh_only() {
    let state = hardened();
    let plan = plan("adminclaw", 222, vec![], vec![change(sshd(&[222], &[("ListenAddress", "10.0.0.1")]))]);
    refused(&plan, &state, "nobody listens on 222/tcp");
}

#[test]
fn drill_6_ssh_for_the_mesh_only_while_the_operator_comes_from_outside() {
    let state = hardened();
    let from_mesh = FilterRule { from: "10.0.0.0/24".parse().ok(), ..FilterRule::allow(Protocol::Tcp, 222) };
    let gone = remove(FilterRule::allow(Protocol::Tcp, 222));
    let plan = plan("adminclaw", 222, vec![add(from_mesh)], vec![gone]);
    let refusal = refused(&plan, &state, "policy drop");
    assert!(matches!(*refusal.cause, Cause::CutOff { step: 2, .. }), "{refusal}");
}

#[test]
fn drill_7_the_keys_replaced_by_others() {
    let state = hardened();
    let others = kind::AuthorizedKeys {
        user: "adminclaw".into(),
        home: "/home/adminclaw".into(),
        keys: vec![OTHER_KEY.into()],
        exclusive: true,
    };
    let plan = plan("adminclaw", 222, vec![], vec![change(others)]);
    refused(&plan, &state, "is not in it");
}

#[test]
fn drill_8_a_container_network_that_holds_the_operator() {
    let state = fresh();
    let daemon = kind::DockerDaemon { content: r#"{"bip":"198.51.100.1/24"}"#.into() };
    let plan = plan("root", 22, vec![add(package("docker.io")), add(daemon)], vec![]);
    refused(&plan, &state, "answers to 198.51.100.7 would leave by docker0");
}

/// Nobody told Docker which network to take; it takes the operator's, which no route names.
#[test]
fn drill_8_also_when_docker_picks_the_network() {
    let state = fresh();
    let way = piton_reach::Way { client: "172.17.5.5".parse().unwrap(), ..way_of(&state) };
    let refusal = prove(&state, &plan("root", 22, vec![add(package("docker.io"))], vec![]), &way);
    assert!(refusal.expect_err("refused").because().iter().any(|line| line.line.contains("docker0")));
    // Left another network, it takes that.
    let pools = r#"{"default-address-pools":[{"base":"172.29.0.0/16","size":24}]}"#;
    let daemon = kind::DockerDaemon { content: pools.into() };
    let proof = prove(&state, &plan("root", 22, vec![add(daemon)], vec![]), &way).unwrap();
    assert!(proof.proved, "{:?}", proof.doubts);
}

#[test]
fn drill_9_a_peer_that_takes_the_default_route() {
    let state = fresh();
    let mut everything = mesh();
    everything.peers[0].allowed = "0.0.0.0/0".into();
    let plan = plan("root", 22, vec![add(everything)], vec![]);
    refused(&plan, &state, "would leave by wg0");
}

#[test]
fn drill_10_the_right_end_by_an_order_that_cuts_off() {
    let state = fresh();
    let wanted = hardening();
    let mut wrong = planned(&wanted, &state);
    prove(&state, &wrong, &way_of(&state)).expect("the planner's own order is right");
    // The filter before the rule that lets ssh in, and before the new port.
    let mut steps: Vec<_> = wrong.stages.iter().flat_map(|stage| stage.steps.clone()).collect();
    steps.sort_by_key(|step| !matches!(step.resource, piton_plan::Resource::FilterPolicy(_)));
    wrong.stages = vec![piton_plan::Stage { name: piton_plan::StageName::Open, steps }];
    let refusal = refused(&wrong, &state, "policy drop");
    assert!(matches!(*refusal.cause, Cause::CutOff { step: 1, .. }), "{refusal}");
}

/// The drill may be undone afterwards; to refuse it is better.
#[test]
fn drill_11_the_socket_forgotten() {
    let mut state = hardened();
    state.access.ssh.as_mut().unwrap().socket = true;
    let moved = kind::Sshd { socket: false, ..sshd(&[2222], &[]) };
    let open = vec![add(FilterRule::allow(Protocol::Tcp, 2222))];
    let plan = plan("adminclaw", 2222, open, vec![change(moved)]);
    refused(&plan, &state, "nobody listens on 2222/tcp");
}

#[test]
fn drill_15_a_home_that_others_may_write() {
    let state = hardened();
    let open_home = kind::User { home_mode: piton_plan::Mode(0o775), ..admin() };
    refused(&plan("adminclaw", 222, vec![], vec![change(open_home)]), &state, "others may write it");
}

#[test]
fn drill_16_a_shell_that_lets_nobody_in() {
    let state = hardened();
    let closed = kind::User { shell: "/usr/sbin/nologin".into(), ..admin() };
    refused(&plan("adminclaw", 222, vec![], vec![change(closed)]), &state, "nologin");
}

#[test]
fn drill_17_a_right_that_is_gone() {
    let state = hardened();
    let weak = kind::Sudoers { name: "90-piton-adminclaw".into(), content: "adminclaw ALL=(ALL) ALL\n".into() };
    refused(&plan("adminclaw", 222, vec![], vec![change(weak)]), &state, "adminclaw ALL=(ALL) ALL");
}

#[test]
fn a_port_that_the_site_does_not_declare_is_not_opened_to_the_world() {
    let mut state = hardened();
    listen(&mut state, "redis-server", 6379);
    // The filter goes, and with it what kept the world out.
    let plan = plan("adminclaw", 222, vec![], vec![remove(policy(Policy::Deny))]);
    let refusal = prove(&state, &plan, &way_of(&state)).expect_err("refused");
    assert_eq!(
        refusal.to_string(),
        "6379/tcp (redis-server) would become open to the world, and the site does not say so"
    );
}

#[test]
fn a_port_that_the_site_declares_is_opened_and_told() {
    let mut state = hardened();
    listen(&mut state, "caddy", 443);
    let plan = plan("adminclaw", 222, vec![add(FilterRule::allow(Protocol::Tcp, 443))], vec![]);
    let proof = prove(&state, &plan, &way_of(&state)).unwrap();
    assert!(proof.proved, "{:?}", proof.doubts);
    let told: Vec<String> = proof.opened.iter().map(|opened| format!("{opened} to {}", opened.to)).collect();
    assert!(told.contains(&"443/tcp (caddy) to the world".to_owned()), "{told:?}");
}

#[test]
fn what_cannot_be_foretold_is_said_and_not_refused() {
    let state = hardened();
    let file = FileSpec::of_root("/etc/pam.d/sshd", "auth required pam_permit.so\n");
    let plan = plan("adminclaw", 222, vec![add(kind::File { file, reloads: vec![] })], vec![]);
    let proof = prove(&state, &plan, &way_of(&state)).unwrap();
    assert!(!proof.proved);
    assert_eq!(proof.doubts, ["cannot foretell what /etc/pam.d/sshd does to the ways in"]);
}

#[test]
fn nothing_is_called_proved_where_a_program_or_a_list_of_users_is_another() {
    let state = hardened();
    let link = |path: &str| kind::Link { path: path.into(), target: "/nonexistent".into() };
    let file = |path: &str| kind::File { file: FileSpec::of_root(path, "x"), reloads: vec![] };
    let steps = vec![
        add(link("/bin/sh")),
        change(file("/etc/passwd")),
        change(file("/etc/shadow")),
        change(file("/etc/nsswitch.conf")),
        change(file("/usr/sbin/sshd")),
        add(link("/lib64/ld-linux-x86-64.so.2")),
        add(link("/etc/motd")),
    ];
    let proof = prove(&state, &plan("adminclaw", 222, vec![], steps), &way_of(&state)).expect("no refusal");
    assert_eq!(proof.doubts.len(), 6, "{:?}", proof.doubts);
    assert!(proof.doubts.iter().any(|doubt| doubt.contains("with another /bin/sh")), "{:?}", proof.doubts);
}

#[test]
fn a_host_that_the_model_does_not_understand_is_not_refused_for_it() {
    let mut state = fresh();
    state.sockets.clear();
    let plan = plan("root", 22, vec![add(package("ufw"))], vec![]);
    let proof = prove(&state, &plan, &way_of(&state)).unwrap();
    assert!(proof.doubts.iter().any(|doubt| doubt.contains("cannot explain how you got in")), "{:?}", proof.doubts);
}

#[test]
fn hardening_a_fresh_server_is_proved_step_by_step() {
    let state = fresh();
    let plan = planned(&hardening(), &state);
    let proof = prove(&state, &plan, &way_of(&state)).unwrap();
    assert!(proof.proved, "{:?}", proof.doubts);
    assert_eq!(proof.steps, plan.steps().count());
    assert!(proof.old_way_until.is_some(), "root on port 22 ends");
}

#[test]
fn what_keeps_everybody_out_from_the_next_boot_on_is_refused_although_one_still_gets_in() {
    let state = hardened();
    let turned = |name: &str, on: bool| {
        let unit = kind::Unit { name: name.into(), enabled: Some(on), active: None };
        let mut step = change(unit);
        step.differences = vec![piton_plan::Difference::change("at boot", "", "")];
        step
    };
    let unit = |name: &str| turned(name, false);
    let link = |path: &str, target: &str| change(kind::Link { path: path.into(), target: target.into() });
    let file = |path: &str, reloads: &[&str]| {
        let file = FileSpec {
            path: path.into(),
            content: "new\n".into(),
            mode: piton_plan::Mode(0o644),
            owner: "root".into(),
            group: "root".into(),
        };
        change(kind::File { file, reloads: reloads.iter().map(|unit| (*unit).to_owned()).collect() })
    };
    let made_at_boot = |content: &str| {
        let mut step = file("/etc/tmpfiles.d/x.conf", &[]);
        if let piton_plan::Resource::File(file) = &mut step.resource {
            file.file.content = content.into();
        }
        step
    };
    let drop_in = |reloads: &[&str]| file("/etc/systemd/system/ssh.service.d/x.conf", reloads);
    let dangers = [
        unit("ssh.service"),
        unit("systemd-networkd.service"),
        link("/etc/systemd/system/ssh.service", "/dev/null"),
        link("/etc/systemd/system/default.target", "/lib/systemd/system/rescue.target"),
        drop_in(&[]),
        file("/etc/systemd/network/01-x.network", &[]),
        file("/etc/ufw/after.rules", &[]),
        file("/etc/fstab", &["systemd-remount-fs.service"]),
        turned("nftables.service", true),
        made_at_boot("f /etc/nologin 0644 root root - x\n"),
    ];
    for step in dangers {
        let plan = plan("adminclaw", 222, vec![step], vec![]);
        let refusal = prove(&state, &plan, &way_of(&state)).expect_err("it must be refused");
        assert!(matches!(*refusal.cause, Cause::NextBoot { .. }), "{refusal}");
    }
    let tried = [file("/etc/ufw/after.rules", &["ufw.service"]), file("/etc/pam.d/sshd", &[])];
    for step in tried {
        let plan = plan("adminclaw", 222, vec![], vec![step]);
        prove(&state, &plan, &way_of(&state)).unwrap();
    }
    // The unit of the other form of sshd, any other unit, and what the guard gets to see.
    for step in [unit("ssh.socket"), unit("docker.service"), drop_in(&["ssh.service"]), made_at_boot("d /run/x\n")] {
        let plan = plan("adminclaw", 222, vec![step], vec![]);
        prove(&state, &plan, &way_of(&state)).unwrap();
    }
}
