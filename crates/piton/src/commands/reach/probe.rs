//! `piton reach --probe`: the model and the world held together, from where the operator is.

use super::{caller, rows};
use crate::arguments::ReachArguments;
use crate::exit::Exit;
use crate::failure::Ended;
use crate::print::{Screen, json, reach as view};
use piton_host::network::attempt::{self, Attempt};
use piton_plan::{Facts, Login};
use piton_reach::{Model, Protocol, Question, Source, State, Verdict};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;

/// A port as the model has it, and as it was found.
#[derive(Debug, Serialize)]
pub(crate) struct Compared {
    pub(crate) port: u16,
    pub(crate) model: Verdict,
    pub(crate) found: Attempt,
    /// None: the model cannot tell, so there is nothing to compare.
    pub(crate) agree: Option<bool>,
    pub(crate) because: String,
}

pub(super) fn run(
    state: &State,
    facts: &Facts,
    login: &Login,
    host: &str,
    arguments: &ReachArguments,
    screen: &Screen,
) -> Ended {
    let connection = caller(facts)?;
    let model = Model::new(state);
    let listed = rows(&model, arguments);
    let tcp = listed.iter().filter(|row| row.door.protocol == Protocol::Tcp);
    let ports: BTreeSet<u16> = tcp.map(|row| row.door.port).collect();
    let ports: Vec<u16> = ports.into_iter().collect();
    let found = attempt::all(&login.address, &ports);
    let mut compared = Vec::new();
    for (port, found) in ports.into_iter().zip(found) {
        let source = Source::Outside { address: connection.client, interface: None };
        let destination = connection.server;
        let question = Question { source, destination, protocol: Protocol::Tcp, port, source_port: None };
        let answer = model.ask(&question);
        let agree = match answer.verdict {
            Verdict::Unknown => None,
            Verdict::Open => Some(found == Attempt::Open),
            Verdict::Closed => Some(found != Attempt::Open),
        };
        let because = answer.because.last().map(ToString::to_string).unwrap_or_default();
        compared.push(Compared { port, model: answer.verdict, found, agree, because });
    }
    let differ = compared.iter().any(|row| row.agree == Some(false));
    let fields = json!({ "host": host, "from": connection.client, "compared": json::value(&compared) });
    screen.answer_or_json(&json::object("piton.reach-probe/1", fields), view::compared(&compared, screen.width()));
    Ok(if differ { Exit::Failed } else { Exit::Done })
}
