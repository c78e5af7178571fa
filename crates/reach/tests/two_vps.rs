//! The shipped example on fresh servers: it is proved, and what it opens is what it says.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests, also outside of their #[test] functions")]

mod stand;

use piton_reach::{Proven, prove};
use stand::*;

#[test]
fn hardening_both_servers_is_proved_and_opens_what_the_site_says() {
    let state = fresh();
    for host in ["openclaw", "observe"] {
        let plan = two_vps(host);
        let proof = prove(&state, &plan, &way_of(&state))
            .unwrap_or_else(|refusal| panic!("{refusal}: {:?}", refusal.because()));
        assert_eq!(proof.doubts, Vec::<String>::new(), "{host}");
        assert!(proof.steps > 30, "{}", proof.steps);
        let opened: Vec<String> = proof.opened.iter().map(|opened| format!("{opened} to {}", opened.to)).collect();
        assert!(opened.contains(&"222/tcp (sshd) to the world".to_owned()), "{opened:?}");
        assert!(opened.contains(&"51820/udp (WireGuard wg0) to the world".to_owned()), "{opened:?}");
        assert!(opened.iter().filter(|line| line.ends_with("the world")).count() == 2, "{opened:?}");
    }
}

#[test]
fn a_stop_at_any_step_leaves_a_way_in() {
    let state = fresh();
    let plan = two_vps("openclaw");
    for stop in 0..plan.steps().count() {
        let mut stopped = plan.clone();
        let mut left = stop;
        for stage in &mut stopped.stages {
            stage.steps.truncate(left);
            left -= stage.steps.len();
        }
        // What is left of the plan ends by the old way or by the new one.
        let after = piton_reach::prove::foretell(&state, &stopped);
        let old = way_of(&state);
        let ways = [(old.port, old.user.as_str()), (222, "adminclaw")];
        assert!(
            ways.iter().any(|(port, user)| piton_reach::prove::gets_in(&after, &old, *port, user)),
            "after {stop} steps"
        );
    }
}

#[test]
fn only_a_plan_that_was_shown_can_be_applied() {
    let state = fresh();
    let host = two_vps("openclaw");
    let mut plan = piton_plan::make("two-vps", piton_plan::Digest::of("site"), "0.1.0", &[], Vec::new());
    plan.hosts = vec![host.clone()];
    let proof = prove(&state, &host, &way_of(&state)).unwrap();
    assert!(Proven::of(&plan, &[Ok(proof.clone())]).is_ok());
    assert!(Proven::of(&plan, &[]).is_err(), "nobody looked");
    // A proof is of its own steps.
    plan.hosts[0].stages[0].steps.pop();
    let refusals = Proven::of(&plan, &[Ok(proof)]).unwrap_err();
    assert_eq!(refusals[0].code(), "reach/not-proved");
}
