//! `piton reach`: who can open which port of a host, and because of which line; or all ports of the site.

mod ports;
mod probe;

pub(crate) use ports::{HostPorts, PortRow};
pub(crate) use probe::Compared;

use crate::arguments::{Aim, ReachArguments};
use crate::errand::{Ground, target};
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::print::progress::Progress;
use crate::print::{Screen, json, reach as view};
use piton_config::Host;
use piton_host::fleet;
use piton_plan::Facts;
use piton_reach::map::{self, Door, Row};
use piton_reach::sources::{CLASSES, Who};
use piton_reach::{Model, Question, State};
use serde_json::json;

pub(super) fn run(arguments: &ReachArguments, screen: &Screen) -> Ended {
    let ground = Ground::prepare(&arguments.site, "piton reach")?;
    let Some(name) = &arguments.host else { return ports::run(&ground, arguments, screen) };
    let names = [name.clone()];
    let selected = ground.selected(&names)?;
    let Some(host) = selected.first() else { return Ok(Exit::Usage) };
    let ports::Told { state, doubts, refused, exit } = match arguments.foretell {
        true => ports::told(&ground, host, screen)?,
        false => {
            let (state, facts) = look(&ground, host, &names, screen)?;
            note_unread(name, &state, screen);
            if arguments.probe {
                return probe::run(&state, &facts, &target(host).login, name, arguments, screen);
            }
            ports::Told { state, doubts: Vec::new(), refused: Vec::new(), exit: Exit::Done }
        }
    };
    let rows = rows(&Model::new(&state), arguments);
    let fields = json!({
        "host": name,
        "foretold": arguments.foretell,
        "rows": json::value(&rows),
        "unread": state.unread,
        "doubts": doubts,
        "refused": refused,
    });
    let mut page = view::map(&rows, arguments.why, screen.width());
    page.push(&view::doubts(name, &doubts, screen.width()));
    screen.answer_or_json(&json::object("piton.reach/1", fields), page);
    Ok(exit)
}

fn look(ground: &Ground, host: &Host, names: &[String], screen: &Screen) -> Result<(State, Facts), Failure> {
    let progress = Progress::begin(screen, names, "looking");
    let looked = fleet::reach(&target(host), &ground.errand).and_then(|mut session| {
        let state = session.network(Vec::new())?;
        let facts = session.greeting.facts.clone();
        Ok((state, facts))
    });
    progress.end();
    looked.map_err(|error| Failure::session(&host.name, &error))
}

fn note_unread(host: &str, state: &State, screen: &Screen) {
    for what in &state.unread {
        screen.say(&format!("note: {host}: could not read {what}; what depends on it is unknown"));
    }
}

/// The map, or the part of it that was asked for.
fn rows(model: &Model, arguments: &ReachArguments) -> Vec<Row> {
    let classes = arguments.from.map_or(CLASSES.to_vec(), |who| vec![who]);
    if let Some(aim) = arguments.to.filter(|aim| aim.address.is_some()) {
        return asked(model, &classes, aim);
    }
    let mut rows = map::rows(model, &classes);
    if let Some(aim) = arguments.to {
        let fits = |door: &Door| door.port == aim.port && aim.protocol.is_none_or(|protocol| protocol == door.protocol);
        rows.retain(|row| fits(&row.door));
        if rows.is_empty() {
            // Nobody listens; why it is closed is still a question.
            let own = own_address(model.state());
            rows = own.map_or_else(Vec::new, |address| asked(model, &classes, Aim { address: Some(address), ..aim }));
        }
    }
    rows
}

fn own_address(state: &State) -> Option<std::net::IpAddr> {
    let mut own = state.addresses.iter().map(|address| address.net.addr());
    own.find(|address| !address.is_loopback() && address.is_ipv4())
}

/// Exactly one address and port, whether or not somebody listens there.
fn asked(model: &Model, classes: &[Who], aim: Aim) -> Vec<Row> {
    let Some(destination) = aim.address else { return Vec::new() };
    let protocol = aim.protocol.unwrap_or(piton_reach::Protocol::Tcp);
    let door = Door { protocol, port: aim.port, bound: [destination].into(), behind: String::new() };
    let mut open_to = Vec::new();
    for who in classes {
        for source in who.places(model.state()) {
            let question = Question { source, destination, protocol, port: aim.port, source_port: None };
            let answer = model.ask(&question);
            open_to.push((*who, answer));
        }
    }
    vec![Row { door, open_to }]
}

/// Where the operator comes from, as the host saw it.
fn caller(facts: &Facts) -> Result<&piton_plan::Connection, Failure> {
    facts.connection.as_ref().ok_or_else(|| {
        let what = "the host does not say how you are connected, so nothing can be compared";
        Failure::new(Exit::Failed, "reach/no-connection", what, "leave `--probe` away")
    })
}
