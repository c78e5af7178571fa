//! `piton reach` without a host: every port of the site, who is behind it, and who can open it.

use crate::arguments::ReachArguments;
use crate::errand::{Ground, explain, foretold, target};
use crate::exit::Exit;
use crate::failure::{Ended, Failure, session_problem};
use crate::print::progress::Progress;
use crate::print::{Screen, json, reach as view};
use piton_catalog::Page;
use piton_config::Host;
use piton_host::fleet;
use piton_reach::map::{self, Row};
use piton_reach::{Model, Protocol, State};
use serde::Serialize;
use serde_json::json;

/// The ports of one host.
#[derive(Debug, Serialize)]
pub(crate) struct HostPorts {
    pub(crate) host: String,
    /// Nobody asked the host: so it would be if the site were carried out on a fresh server.
    pub(crate) foretold: bool,
    pub(crate) rows: Vec<PortRow>,
}

#[derive(Debug, Serialize)]
pub(crate) struct PortRow {
    #[serde(flatten)]
    pub(crate) row: Row,
    /// The name under which the edge serves it to people, and which edge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) page: Option<Served>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Served {
    pub(crate) domain: String,
    pub(crate) by: String,
}

pub(super) fn run(ground: &Ground, arguments: &ReachArguments, screen: &Screen) -> Ended {
    let hosts = ground.selected(&[])?;
    let asked = if arguments.foretell { hosts.iter().map(|_| None).collect() } else { ask(ground, &hosts, screen) };
    let mut exit = Exit::Done;
    let mut found = Vec::new();
    for (host, state) in hosts.iter().zip(asked) {
        let foretold = state.is_none();
        if foretold && !arguments.foretell {
            exit = Exit::Unreachable;
        }
        let state = match state {
            Some(state) => state,
            None => {
                let (state, found) = state_of(ground, host, screen)?;
                exit = exit.worse(found);
                state
            }
        };
        found.push(HostPorts { host: host.name.clone(), foretold, rows: rows(ground, host, &state) });
    }
    let fields = json!({ "hosts": json::value(&found) });
    screen.answer_or_json(&json::object("piton.ports/1", fields), view::ports(&found, screen.width()));
    Ok(exit)
}

/// Asks every host how its network is; none for one that does not answer.
fn ask(ground: &Ground, hosts: &[&Host], screen: &Screen) -> Vec<Option<State>> {
    let names: Vec<String> = hosts.iter().map(|host| host.name.clone()).collect();
    let targets: Vec<fleet::Target> = hosts.iter().map(|host| target(host)).collect();
    let progress = Progress::begin(screen, &names, "looking");
    let greeted = fleet::greet(&targets, &ground.errand, |_| false);
    let mut troubles = Vec::new();
    let mut asked = Vec::new();
    for (host, session) in greeted {
        match session {
            Ok(session) => asked.push((host, session, Vec::new())),
            Err(error) => troubles.push(session_problem(&host, &error)),
        }
    }
    let mut answers: Vec<(String, State)> = Vec::new();
    for (host, _session, state) in fleet::networks(asked, ground.errand.jobs) {
        match state {
            Ok(state) => answers.push((host, state)),
            Err(error) => troubles.push(session_problem(&host, &error)),
        }
    }
    progress.end();
    if !troubles.is_empty() {
        screen.problems(&Failure::of(Exit::Unreachable, troubles));
        screen.say("\nWhat follows of hosts that do not answer is foretold from the site.\n");
    }
    let mut of = |name: &String| {
        let at = answers.iter().position(|(host, _)| host == name)?;
        let (host, state) = answers.swap_remove(at);
        super::note_unread(&host, &state, screen);
        Some(state)
    };
    names.iter().map(&mut of).collect()
}

fn rows(ground: &Ground, host: &Host, state: &State) -> Vec<PortRow> {
    let placed = piton_catalog::ports(&ground.site, host);
    let page_of = |row: &Row| {
        let is = |protocol: Protocol, port: u16| (protocol, port) == (row.door.protocol, row.door.port);
        let page = placed.iter().find(|it| is(it.port.protocol.into(), it.port.port) && it.page.is_some());
        page.and_then(|it| it.page.clone()).map(|Page { domain, edge }| Served { domain, by: edge })
    };
    let rows = map::of(&Model::new(state)).into_iter();
    rows.map(|row| PortRow { page: page_of(&row), row }).collect()
}

/// What the site would come to, with a word on what nobody can foretell, and on what `piton apply` would refuse.
pub(super) fn state_of(ground: &Ground, host: &Host, screen: &Screen) -> Result<(State, Exit), Failure> {
    let foretold = foretold(&ground.site, host, &ground.folder)?;
    for guess in &foretold.guesses {
        screen.say(&format!("note: {}: piton cannot foretell {guess}", host.name));
    }
    if foretold.refusals.is_empty() {
        return Ok((foretold.state, Exit::Done));
    }
    let refusals: Vec<_> = foretold.refusals.into_iter().map(|refusal| explain(ground, refusal)).collect();
    screen.problems(&Failure::reach(&refusals));
    Ok((foretold.state, Exit::Failed))
}
