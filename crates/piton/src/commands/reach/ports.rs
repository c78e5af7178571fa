//! `piton reach` without a host: every port of the site, who is behind it, and who can open it.

use crate::arguments::ReachArguments;
use crate::errand::{Ground, explain_by, foretold, target};
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
    /// What may be open besides, or otherwise, and cannot be foretold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) doubts: Vec<String>,
    /// What `piton apply` would refuse.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) refused: Vec<String>,
}

/// What a site would come to on a host.
pub(super) struct Told {
    pub(super) state: State,
    pub(super) doubts: Vec<String>,
    pub(super) refused: Vec<String>,
    pub(super) exit: Exit,
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
        let told = match state {
            Some(state) => Told { state, doubts: Vec::new(), refused: Vec::new(), exit: Exit::Done },
            None => told(ground, host, screen)?,
        };
        exit = exit.worse(told.exit);
        let rows = rows(ground, host, &told.state);
        let Told { doubts, refused, .. } = told;
        found.push(HostPorts { host: host.name.clone(), foretold, rows, doubts, refused });
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
        screen.say_lines("\nWhat follows of hosts that do not answer is foretold from the site.\n");
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

/// What the site would come to, what of that nobody can foretell, and what `piton apply` would refuse. Either of the two
/// ends with a failure: a table that may be short of a port is not the answer that was asked for.
pub(super) fn told(ground: &Ground, host: &Host, screen: &Screen) -> Result<Told, Failure> {
    let foretold = foretold(&ground.site, host, &ground.folder)?;
    let mut doubts = foretold.guesses;
    doubts.sort();
    doubts.dedup();
    let mut refused = Vec::new();
    if !foretold.refusals.is_empty() {
        let ports = piton_catalog::ports(&ground.site, host);
        let mut refusals: Vec<piton_reach::Refusal> = Vec::new();
        for refusal in foretold.refusals.into_iter().map(|refusal| explain_by(ground, &ports, refusal)) {
            if !refusals.last_mut().is_some_and(|last| last.takes_in(&refusal)) {
                refusals.push(refusal);
            }
        }
        refused.extend(refusals.iter().map(ToString::to_string));
        screen.problems(&Failure::reach(&refusals));
    }
    // A doubt is told and is no mistake: the guard is for what nobody can foretell.
    let exit = if refused.is_empty() { Exit::Done } else { Exit::Failed };
    Ok(Told { state: foretold.state, doubts, refused, exit })
}
