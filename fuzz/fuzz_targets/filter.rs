//! Any text as what `iptables-save` or `nft -j` prints: it must be read or refused, and asking about
//! what was read must end.

#![no_main]

use libfuzzer_sys::fuzz_target;
use piton_reach::filter::{nft, save};
use piton_reach::{Filter, Model, Protocol, Question, Source, State};

fuzz_target!(|text: &str| {
    let tables = save::parse(text, false).or_else(|_| nft::parse(text, &[])).unwrap_or_default();
    let mut state = State { filter: Filter { tables }, rules: State::usual_rules(), ..State::default() };
    if let Ok(net) = "192.0.2.1/24".parse() {
        state.add_address("eth0", net);
    }
    let (Ok(address), Ok(destination)) = ("192.0.2.7".parse(), "192.0.2.1".parse()) else { return };
    let source = Source::Outside { address, interface: Some("eth0".into()) };
    let question = Question { source, destination, protocol: Protocol::Tcp, port: 22, source_port: None };
    assert!(!Model::new(&state).ask(&question).is_open(), "nobody listens");
});
