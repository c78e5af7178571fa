//! The way of a new connection through a host, packet by packet.
//!
//! Three packets decide: the first one, the answer, and the one after it, which is the first that
//! belongs to an established connection. Each passes the hooks of the packet filter in the kernel's
//! order, the routes in between. Where a test cannot be told, both ways are followed ([`walk`]); only
//! if they end differently the answer is unknown.

mod connection;
mod walk;

use crate::answer::{Answer, Because, How, Question, Source, Verdict};
use crate::packet::{Ends, Handshake, Packet, Port, Track};
use crate::routing;
use crate::state::State;
use connection::Ended;
use walk::Chains;

/// A state that is ready to be asked.
pub struct Model<'a> {
    state: &'a State,
    chains: Chains<'a>,
}

impl<'a> Model<'a> {
    pub fn new(state: &'a State) -> Model<'a> {
        Model { state, chains: Chains::of(state) }
    }

    pub fn state(&self) -> &'a State {
        self.state
    }

    pub fn ask(&self, question: &Question) -> Answer {
        let Some(first) = self.first_packet(question) else {
            let line = match question.source {
                Source::Outside { address, .. } => format!("nothing says by which interface {address} comes in"),
                Source::Itself => "the host has no address to come from".to_owned(),
            };
            return Answer::unknown(vec![Because::new("route", line)]);
        };
        conclude(connection::follow(self, first, question))
    }

    /// The packet that opens the connection, where it enters the host.
    fn first_packet(&self, question: &Question) -> Option<Packet> {
        let (source, input) = match &question.source {
            Source::Outside { address, interface } => {
                if address.is_ipv6() != question.destination.is_ipv6() {
                    return None;
                }
                let known = || routing::interface_towards(self.state, *address, question.destination);
                (*address, Some(interface.clone().or_else(known)?))
            }
            Source::Itself => (self.own_address(question)?, None),
        };
        let ends = Ends {
            source,
            source_port: question.source_port.map_or(Port::Ephemeral, Port::Known),
            destination: question.destination,
            destination_port: Port::Known(question.port),
        };
        Some(Packet {
            protocol: question.protocol,
            ends,
            original: ends,
            input,
            output: None,
            mark: 0,
            connection_mark: 0,
            track: Track::Invalid,
            forth: true,
            handshake: Handshake::First,
            sent_on: false,
            settled: false,
            masked: false,
            untracked: false,
        })
    }

    /// The address that a program of the host's would come from.
    fn own_address(&self, question: &Question) -> Option<std::net::IpAddr> {
        let to = question.destination;
        if routing::is_own(self.state, to) {
            return Some(to);
        }
        let interface = routing::interface_towards(self.state, to, to)?;
        let mut addresses = self.state.addresses_of(&interface).map(|address| address.net.addr());
        addresses.find(|address| address.is_ipv6() == to.is_ipv6())
    }
}

/// One answer out of every way that the packets may have gone.
fn conclude(ends: Vec<Ended>) -> Answer {
    let verdict = |ended: &Ended| ended.answer.verdict;
    let Some(first) = ends.first() else {
        return Answer::unknown(vec![Because::new("model", "too many ways to follow")]);
    };
    let agree = ends.iter().all(|ended| verdict(ended) == verdict(first));
    if agree {
        let mut answer = first.answer.clone();
        if answer.how.is_some() && ends.iter().any(|ended| ended.answer.how != answer.how) {
            answer.how = Some(How::Silent);
        }
        return answer;
    }
    let mut because: Vec<Because> = ends.iter().flat_map(|ended| ended.doubts.iter().cloned()).collect();
    because.extend(
        ends.iter().filter(|ended| verdict(ended) == Verdict::Unknown).flat_map(|ended| ended.answer.because.clone()),
    );
    because.sort();
    because.dedup();
    Answer::unknown(because)
}
