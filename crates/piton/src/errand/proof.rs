//! The proof over a plan: one more look at each host that has something to do, and at no other.

use piton_host::fleet::{self, Target};
use piton_host::session::{Session, SessionError};
use piton_plan::{HostPlan, Plan};
use piton_reach::{Proof, Shown, State, Way};

type Answered = (Target, Result<Session, SessionError>);

/// Asks how the network of each host with something to do is, and shows what the plan does to it.
pub(crate) fn prove(plan: &Plan, sessions: Vec<Answered>, jobs: usize) -> (Vec<Answered>, Vec<Shown>) {
    let changes = |host: &str| plan.hosts.iter().find(|plan| plan.host == host && !plan.stages.is_empty());
    let mut rest = Vec::new();
    let (mut targets, mut asked) = (Vec::new(), Vec::new());
    for (target, session) in sessions {
        match (session, changes(&target.host)) {
            (Ok(session), Some(host_plan)) => {
                asked.push((target.host.clone(), session, host_plan.login.user.clone().into_iter().collect()));
                targets.push((target, host_plan));
            }
            (session, _) => rest.push((target, session)),
        }
    }
    let mut shown = Vec::new();
    let mut answered = Vec::new();
    for ((target, host_plan), (_, session, state)) in targets.into_iter().zip(fleet::networks(asked, jobs)) {
        shown.push(show(host_plan, &session, state));
        answered.push((target, Ok(session)));
    }
    // Who was not reached, or is left out this time, is not changed either.
    for host_plan in plan.hosts.iter().filter(|host| !host.stages.is_empty()) {
        if !answered.iter().any(|(target, _): &Answered| target.host == host_plan.host) {
            shown.push(Ok(Proof::without(host_plan, "the host was not there to be asked".into())));
        }
    }
    answered.extend(rest);
    (answered, shown)
}

fn show(plan: &HostPlan, session: &Session, state: Result<State, SessionError>) -> Shown {
    let facts = &session.greeting.facts;
    let Some(connection) = &facts.connection else {
        return Ok(Proof::without(plan, "the host does not say how you are connected".into()));
    };
    let way =
        Way { client: connection.client, server: connection.server, port: connection.port, user: facts.login.clone() };
    match state {
        Ok(state) => piton_reach::prove(&state, plan, &way),
        Err(error) => Ok(Proof::without(plan, format!("could not look at the network: {error}"))),
    }
}
